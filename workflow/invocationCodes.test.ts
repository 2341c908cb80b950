import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineModule } from '../modules/define.js';
import type { JsonObject, JsonValue } from '../modules/json.js';
import { ArtifactContract } from '../modules/shapes/artifactContract.js';
import { renamed } from '../modules/upgrades.js';
import type { Finding } from './finding.js';
import { lossesOf, type Profile } from './impact.js';
import { resolveParams } from './invocation.js';
import { LEGACY_KINDS, type LegacyRequest, legacyParams } from './legacy/invocation.js';
import { adaptLegacySettings } from './legacy/settings.js';
import { lookupIn } from './nodeDefinition.js';
import type { Restriction } from './restriction.js';
import { anyGraph, graphOf, orderGraph } from './testGraphs.js';
import { TEST_DEFINITIONS, TEST_MODULES } from './testModules.js';

const { render } = TEST_MODULES;
/** Renders like `render`, with fewer choices and names it did not always have. */
const sketch = defineModule({
  ...render.spec,
  key: 'test.sketch',
  version: 2,
  params: z.object({
    samples: z.int().min(1).max(32).default(8).meta({ 'x-invocation': true }),
    format: z.enum(['png', 'webp']).default('png').meta({ 'x-invocation': true }),
    hue: z.number().default(0).meta({ 'x-invocation': true }),
  }),
  upgrades: { 1: [renamed('tint', 'hue')] },
  run: render.spec.run as never,
});
const lookup = lookupIn({
  ...TEST_DEFINITIONS,
  sketch: { ...TEST_DEFINITIONS.render!, step: 'sketch', module: sketch },
});

/** Codes that the sources of a folder name, with one of these beginnings. */
function codesIn(folder: string, beginnings: string): string[] {
  const here = new URL(folder, import.meta.url);
  const files = readdirSync(here).filter((name) => name.endsWith('.ts') && !name.includes('test'));
  const found = files.flatMap((name) =>
    [...readFileSync(new URL(name, here), 'utf8').matchAll(new RegExp(`'((?:${beginnings})_[A-Z_]+)'`, 'g'))].map(
      ([, code]) => code!,
    ),
  );
  return [...new Set(found)].sort();
}
const reached = (findings: readonly Finding[]) => [...new Set(findings.map(({ code }) => code))].sort();

/** The same values without the one that a path leads into. */
function without<T extends object>(values: T, path: string, root: string): T {
  const [first, name] = path
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  expect(first).toBe(root);
  expect(Object.keys(values)).toContain(name);
  return Object.fromEntries(Object.entries(values).filter(([key]) => key !== name)) as T;
}
const has = (findings: readonly Finding[], { code, path, message }: Finding) =>
  findings.some((one) => one.code === code && one.path === path && one.message === message);

const names = fc.constantFrom(
  ...['samples', 'format', 'background', 'quality', 'hue', 'tint', 'still.samples', 'still.format', 'notify.samples'],
  ...['a.samples', 'nothing', 'constructor', '__proto__', 'a/~b', ''],
);
const values = fc.oneof(
  fc.constantFrom<JsonValue>(1, 12, 64, 100, 'png', 'jpeg', 'webp', 'draft', { kind: 'color', hex: '#ffffff' }),
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue),
);
const layer = fc.oneof(
  { weight: 5, arbitrary: fc.dictionary(names, values, { maxKeys: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom({ format: 'webp' }, { 'a.format': 'png', format: 'jpeg' }) },
) as fc.Arbitrary<JsonObject>;
const restriction = fc.record<Restriction>(
  {
    minimum: fc.constantFrom(1, 16, 32, 1e9),
    maximum: fc.constantFrom(0, 16, 64),
    maxLength: fc.constantFrom(0, 3),
    enum: fc.array(values, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: [] },
);

/** Order workflows that differ in one node, and any other. */
const graphs = fc.oneof(
  { weight: 2, arbitrary: anyGraph },
  {
    weight: 5,
    arbitrary: fc
      .record({
        still: fc.constantFrom('render', 'sketch', 'mesh'),
        notify: fc.constantFrom('notify', 'count', 'sketch'),
      })
      .map((steps) => {
        const graph = orderGraph();
        for (const node of graph.nodes) node.step = steps[node.id as keyof typeof steps] ?? node.step;
        return graph;
      }),
  },
  { weight: 1, arbitrary: fc.constant(graphOf('order_line', { still: 'sketch', a: 'render' })) },
);
const profiles: fc.Arbitrary<Profile> = fc.record({
  artifactKind: fc.constantFrom('still_image', 'turntable_video', 'nothing'),
  contract: fc.constantFrom(ArtifactContract.parse({}), ArtifactContract.parse({ mediaTypes: ['image/jpeg'] })),
  overrides: layer,
  callerParams: fc.dictionary(names, restriction, { maxKeys: 3 }),
});

describe('what a workflow is called with', () => {
  it('reaches every code of overrides and callers', () => {
    const cases = fc.sample(fc.tuple(graphs, graphs, profiles, layer), { numRuns: 300, seed: 7 });
    const findings = cases.flatMap(([before, after, profile, orderLine]) => [
      ...resolveParams(after, lookup, { outputType: profile.overrides, orderLine }).findings,
      ...lossesOf(profile, before, after, lookup),
      ...lossesOf(profile, null, after, lookup),
    ]);
    const expected = codesIn('.', 'OVERRIDE|CALLER_PARAM');
    expect(expected.length).toBeGreaterThan(5);
    expect(reached(findings)).toEqual(expect.arrayContaining(expected));
  });

  it('is rid of a finding about a setting when the setting is taken away, whatever the graph', () => {
    fc.assert(
      fc.property(graphs, layer, layer, (graph, outputType, orderLine) => {
        const layers = { outputType, orderLine };
        const { findings } = resolveParams(graph, lookup, layers);
        for (const finding of findings) {
          if (!finding.code.startsWith('OVERRIDE_')) continue;
          const { path = '' } = finding;
          // Several that do not go together are a finding about all of them.
          if (path === '/overrides' || path === '/options') continue;
          const less = path.startsWith('/overrides')
            ? { ...layers, outputType: without(outputType, path, 'overrides') }
            : { ...layers, orderLine: without(orderLine, path, 'options') };
          const after = resolveParams(graph, lookup, less).findings;
          expect(has(after, finding), `${finding.code} ${finding.message}`).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('loses nothing by a version that is the one before, and says of each loss where it is', () => {
    fc.assert(
      fc.property(graphs, graphs, profiles, (before, after, profile) => {
        expect(lossesOf(profile, after, after, lookup)).toEqual([]);
        for (const { code, path = '' } of lossesOf(profile, before, after, lookup)) {
          if (code.startsWith('CALLER_PARAM_')) without(profile.callerParams, path, 'callerParams');
          if (code === 'OVERRIDE_LOST') without(profile.overrides, path, 'overrides');
        }
      }),
      { numRuns: 200 },
    );
  });
});

const OLD_KEYS =
  `width height resolution resolution_percentage samples quality engine renderer transparent bg_color format
  jpeg_quality frames fps duration material_override materials camera_angle elevation template scene hdri lighting_only device
  constructor __proto__ whatever a/~b`.split(/\s+/);
const oldValues = fc.oneof(
  fc.constantFrom<JsonValue>('4k', 2048, '64', 24, 2, 'cycles', 'threejs', 'jpeg', 'mp4', '#fff', true, 'blend', 'top'),
  fc.constantFrom<JsonValue>(
    'a/b.blend',
    { Ring: 'steel' },
    'steel',
    'gold',
    '',
    null,
    1e300,
    -1,
    0.5,
    'sky.hdr',
    'north',
  ),
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue),
);
/** Settings that contradict each other, which others drawn at random seldom do. */
const CONTRADICTIONS: JsonObject[] = [
  { transparent: true, format: 'jpeg' },
  { transparent: true },
  { frames: 24, fps: 24, duration: 5 },
  { frames: 24, fps: 24, duration: 5, format: 'exr' },
];
const bags = fc
  .tuple(fc.constantFrom({}, ...CONTRADICTIONS), fc.dictionary(fc.constantFrom(...OLD_KEYS), oldValues, { maxKeys: 6 }))
  .map(([one, more]) => ({ ...more, ...one })) as fc.Arbitrary<JsonObject>;
const libraries = fc.constantFrom(
  {},
  {
    templateName: (name: string) => (name === 'b' ? 'studio' : undefined),
    materialNames: new Set(['steel']),
    environmentNames: new Set(['sky.hdr']),
  },
);
const oldLayers = fc.dictionary(
  fc.constantFrom('samples', 'blender_still.samples', 'format', 'resolution', 'nothing', '__proto__', 'a/~b'),
  values,
  { maxKeys: 3 },
) as fc.Arbitrary<JsonObject>;
const requests: fc.Arbitrary<LegacyRequest> = fc.record({
  artifactKind: fc.constantFrom(...LEGACY_KINDS),
  settings: bags,
  overrides: oldLayers,
  options: oldLayers,
});

describe('what the legacy pipeline is called with', () => {
  it('reaches every code of old settings', () => {
    const cases = fc.sample(fc.tuple(requests, libraries), { numRuns: 300, seed: 7 });
    const findings = cases.flatMap(([request, library]) => [
      ...adaptLegacySettings(request.settings, { ...library, artifactKind: request.artifactKind }).findings,
      ...legacyParams(request, library).findings,
    ]);
    const expected = codesIn('legacy/', 'LEGACY');
    expect(expected.length).toBeGreaterThan(9);
    expect(reached(findings)).toEqual(expected);
  });

  it('is rid of a finding about a value when the value is taken away', () => {
    fc.assert(
      fc.property(requests, libraries, (request, library) => {
        const { findings } = legacyParams(request, library);
        for (const finding of findings) {
          const { path = '' } = finding;
          if (path === '') continue;
          const field = path.split('/')[1] as 'settings' | 'overrides' | 'options';
          // What the old settings were turned into has other names than theirs.
          if (field === 'settings') continue;
          const less = { ...request, [field]: without(request[field], path, field) };
          const after = legacyParams(less, library).findings;
          expect(has(after, finding), finding.message).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
  });
});
