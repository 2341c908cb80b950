import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ArtifactRef } from '../modules/artifacts.js';
import type { JsonObject } from '../modules/json.js';
import { cacheKey, cacheKeyParts } from './cacheKey.js';
import { TEST_MODULES } from './testModules.js';

const { render, sum, label } = TEST_MODULES;

const glb: ArtifactRef = {
  id: 'one',
  role: 'glb_model',
  mediaType: 'model/gltf-binary',
  sha256: 'a'.repeat(64),
  byteSize: 10,
  fileName: 'bearing.glb',
  metadata: { triangleCount: 3 },
};
const template: ArtifactRef = { ...glb, id: 'two', role: 'render_template', mediaType: 'application/json' };
const params = { samples: 64, background: { kind: 'color', hex: '#ffffff' } };
const key = cacheKey(render, params, { glb, template });

function keysReversed<V>(value: V): V {
  if (Array.isArray(value)) return value.map(keysReversed) as V;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([name, inner]) => [name, keysReversed(inner)])) as V;
}

describe('cacheKey', () => {
  it('is made of the hashes of the canonical JSON of what counts: the work, and each input', () => {
    const hash = (text: string) => createHash('sha256').update(text).digest().subarray(0, 24).toString('base64url');
    const work =
      '{"module":"test.render","params":{"background":{"hex":"#ffffff","kind":"color"},"samples":64},"version":1}';
    const file = (mediaType: string, role: string) =>
      hash(`{"mediaType":"${mediaType}","role":"${role}","sha256":"${'a'.repeat(64)}"}`);
    const inputs = [
      `glb:${file('model/gltf-binary', 'glb_model')}`,
      `template:${file('application/json', 'render_template')}`,
    ];
    expect(key).toBe([hash(work), ...inputs].join(','));
    expect(cacheKeyParts(render, params, { template })).toEqual({ work: hash(work), inputs: inputs.slice(1) });
  });

  it.each<[string, string]>([
    ['the module', cacheKey({ ...render, key: 'test.other' }, params, { glb, template })],
    ['its version', cacheKey({ ...render, version: 2 }, params, { glb, template })],
    ['a param', cacheKey(render, { ...params, samples: 65 }, { glb, template })],
    [
      'a nested param',
      cacheKey(render, { ...params, background: { kind: 'color', hex: '#fffffe' } }, { glb, template }),
    ],
    ['another param', cacheKey(render, { ...params, seed: 1 }, { glb, template })],
    ['the content of an input', cacheKey(render, params, { glb: { ...glb, sha256: 'b'.repeat(64) }, template })],
    ['the role of an input', cacheKey(render, params, { glb: { ...glb, role: 'still_image' }, template })],
    ['the media type of an input', cacheKey(render, params, { glb: { ...glb, mediaType: 'image/png' }, template })],
    ['a missing input', cacheKey(render, params, { glb })],
    ['swapped inputs', cacheKey(render, params, { glb: template, template: glb })],
  ])('depends on %s', (_, other) => expect(other).not.toBe(key));

  it('does not depend on which production of a file it is, or what it is called', () => {
    const copy = { ...glb, id: 'three', fileName: 'copy.glb', metadata: {}, byteSize: 11 };
    expect(cacheKey(render, params, { glb: copy, template })).toBe(key);
  });

  it('treats an unbound input like an absent one', () => {
    expect(cacheKey(render, params, { glb, template, other: undefined })).toBe(key);
  });

  it('counts data as itself, even if it looks like an artifact', () => {
    const text = { text: glb as unknown as JsonObject };
    const renamed = { text: { ...glb, fileName: 'other.glb' } as unknown as JsonObject };
    expect(cacheKey(label, {}, text)).not.toBe(cacheKey(label, {}, renamed));
  });

  it('counts the order of many values', () => {
    const [one, two] = [{ total: 1 }, { total: 2 }];
    expect(cacheKey(sum, {}, { totals: [one, two] })).not.toBe(cacheKey(sum, {}, { totals: [two, one] }));
  });

  it('does not depend on the order of keys, and depends on everything else', () => {
    const data = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<JsonObject>;
    fc.assert(
      fc.property(data, data, data, data, (paramsA, inputsA, paramsB, inputsB) => {
        const a = cacheKey(label, paramsA, inputsA);
        expect(cacheKey(label, keysReversed(paramsA), keysReversed(inputsA))).toBe(a);
        const json = (...values: unknown[]) => JSON.stringify(values.map(sorted));
        const isSame = json(paramsA, inputsA) === json(paramsB, inputsB);
        expect(cacheKey(label, paramsB, inputsB) === a).toBe(isSame);
      }),
    );
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, inner]) => [name, sorted(inner)]);
}
