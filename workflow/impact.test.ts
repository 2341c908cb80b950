import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineModule } from '../modules/define.js';
import { ArtifactContract } from '../modules/shapes/artifactContract.js';
import type { CallerParams } from './callerParams.js';
import { lossesOf } from './impact.js';
import { type DefinitionLookup, lookupIn } from './nodeDefinition.js';
import { orderGraph } from './testGraphs.js';
import { TEST_DEFINITIONS, TEST_MODULES, testLookup } from './testModules.js';

const profile = {
  artifactKind: 'still_image',
  contract: ArtifactContract.parse({}),
  overrides: { format: 'jpeg', background: { kind: 'color', hex: '#ffffff' } },
  callerParams: { 'still.samples': { minimum: 32 } },
};
const codes = (findings: ReturnType<typeof lossesOf>) => findings.map(({ code }) => code);

/** The order workflow without the node and its connections. */
function without(nodeId: string) {
  const graph = orderGraph();
  graph.nodes = graph.nodes.filter(({ id }) => id !== nodeId);
  graph.edges = graph.edges.filter(({ from, to }) => from.node !== nodeId && to.node !== nodeId);
  return graph;
}

/** Renders like `render`, with fewer choices. */
const sketch = defineModule({
  ...TEST_MODULES.render.spec,
  key: 'test.sketch',
  outputs: { still: { ...TEST_MODULES.render.spec.outputs.still, mediaTypes: ['image/png'] } },
  params: z.object({
    samples: z.int().min(1).max(128).default(64).meta({ 'x-invocation': true }),
    format: z.enum(['png', 'jpeg']).default('png').meta({ 'x-invocation': true }),
    background: z.json().optional().meta({ 'x-invocation': true }),
  }),
  run: TEST_MODULES.render.spec.run as never,
});
const lookup: DefinitionLookup = lookupIn({
  ...TEST_DEFINITIONS,
  sketch: { ...TEST_DEFINITIONS.render!, step: 'sketch', module: sketch },
});
function sketched() {
  const graph = orderGraph();
  graph.nodes.find(({ id }) => id === 'still')!.step = 'sketch';
  return graph;
}

describe('what an output type would lose', () => {
  it('is nothing where its workflow still makes what it sells, as it sells it', () => {
    const after = orderGraph();
    after.nodes.find(({ id }) => id === 'still')!.params = { samples: 96 };
    expect(lossesOf(profile, orderGraph(), after, testLookup)).toEqual([]);
  });

  it('is the file it sells, and the settings that reach nothing any more', () => {
    expect(codes(lossesOf({ ...profile, callerParams: {} }, orderGraph(), without('still'), testLookup))).toEqual([
      'OUTPUT_ROLE_MISSING',
      'OVERRIDE_UNUSED',
      'OVERRIDE_UNUSED',
    ]);
  });

  it('is a file that is made and not delivered any more', () => {
    const after = orderGraph();
    after.edges.find(({ to }) => to.node === 'publish')!.from = { node: 'mesh', port: 'glb' };
    expect(lossesOf(profile, orderGraph(), after, testLookup)).toMatchObject([
      { code: 'CONTRACT_UNMET', path: '/artifactKind' },
    ]);
  });

  it('is everything where no node publishes any more', () => {
    expect(lossesOf(profile, orderGraph(), without('publish'), testLookup)).toMatchObject([
      { code: 'FAMILY_OUTPUT_MISSING', severity: 'warning' },
    ]);
    expect(lossesOf(profile, without('publish'), without('publish'), testLookup)).toEqual([]);
  });

  it('is the kind of file that its contract asks for', () => {
    const jpegs = { ...profile, contract: ArtifactContract.parse({ mediaTypes: ['image/jpeg'] }), callerParams: {} };
    expect(lossesOf(jpegs, orderGraph(), sketched(), lookup)).toMatchObject([
      { code: 'CONTRACT_UNMET', path: '/contract/mediaTypes' },
    ]);
  });

  it('is what callers may set, and the values that they may send', () => {
    const settable = (callerParams: CallerParams) => ({ ...profile, callerParams });
    expect(lossesOf(settable({ 'still.samples': { minimum: 32 } }), orderGraph(), sketched(), lookup)).toMatchObject([
      { code: 'CALLER_PARAM_NARROWED', path: '/callerParams/still.samples' },
    ]);
    expect(
      lossesOf(settable({ 'still.samples': { minimum: 32, maximum: 100 } }), orderGraph(), sketched(), lookup),
    ).toEqual([]);
    expect(lossesOf(settable({ 'still.samples': {} }), sketched(), orderGraph(), lookup)).toEqual([]);
    const gone = lossesOf(settable({ format: {} }), orderGraph(), without('still'), testLookup);
    expect(gone).toContainEqual(expect.objectContaining({ code: 'CALLER_PARAM_UNFIT', path: '/callerParams/format' }));
  });

  it('is a setting that reaches a node no more, though others still take it', () => {
    const sold = { ...profile, overrides: { ...profile.overrides, samples: 8 } };
    const counted = orderGraph();
    counted.nodes.find(({ id }) => id === 'notify')!.step = 'count';
    counted.edges = counted.edges.filter(({ to }) => to.node !== 'notify');
    expect(lossesOf(sold, orderGraph(), counted, testLookup)).toMatchObject([
      { code: 'OVERRIDE_LOST', nodeId: 'notify', path: '/overrides/samples' },
    ]);
    expect(lossesOf(sold, orderGraph(), without('notify'), testLookup)).toEqual([]);
    const alone = { ...profile, overrides: { ...profile.overrides, 'notify.samples': 8 } };
    expect(codes(lossesOf(alone, orderGraph(), counted, testLookup))).toEqual(['OVERRIDE_UNUSED']);
  });

  it('is a setting that is overruled at the only node that still takes it', () => {
    const sold = { ...profile, overrides: { ...profile.overrides, samples: 8, 'still.samples': 32 } };
    expect(lossesOf(sold, orderGraph(), without('notify'), testLookup)).toMatchObject([
      { code: 'OVERRIDE_UNUSED', path: '/overrides/samples' },
    ]);
  });

  it('does not count what was wrong before', () => {
    const odd = {
      ...profile,
      artifactKind: 'turntable_video',
      overrides: { nonsense: 1 },
      callerParams: { more: {} },
    };
    expect(lossesOf(odd, orderGraph(), orderGraph(), testLookup)).toEqual([]);
    expect(codes(lossesOf(odd, null, orderGraph(), testLookup))).toEqual([
      'OUTPUT_ROLE_MISSING',
      'OVERRIDE_UNUSED',
      'CALLER_PARAM_UNFIT',
    ]);
  });
});
