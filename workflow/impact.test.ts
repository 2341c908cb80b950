import { describe, expect, it } from 'vitest';
import { lossesOf } from './impact.js';
import { orderGraph } from './testGraphs.js';
import { testLookup } from './testModules.js';

const profile = { artifactKind: 'still_image', overrides: { format: 'jpeg' } };
const codes = (findings: ReturnType<typeof lossesOf>) => findings.map(({ code }) => code);

describe('what an output type would lose', () => {
  it('is nothing where its workflow still makes what it sells, as it sells it', () => {
    const after = orderGraph();
    after.nodes.find(({ id }) => id === 'still')!.params = { samples: 8 };
    expect(lossesOf(profile, orderGraph(), after, testLookup)).toEqual([]);
  });

  it('is the file it sells, and the settings that reach nothing any more', () => {
    const after = orderGraph();
    after.nodes = after.nodes.filter(({ id }) => id !== 'still');
    after.edges = after.edges.filter(({ from, to }) => from.node !== 'still' && to.node !== 'still');
    expect(codes(lossesOf(profile, orderGraph(), after, testLookup))).toEqual([
      'OUTPUT_ROLE_MISSING',
      'OVERRIDE_UNUSED',
    ]);
  });

  it('does not count what was wrong before', () => {
    const odd = { artifactKind: 'turntable_video', overrides: { nonsense: 1 } };
    expect(lossesOf(odd, orderGraph(), orderGraph(), testLookup)).toEqual([]);
    expect(codes(lossesOf(odd, null, orderGraph(), testLookup))).toEqual(['OUTPUT_ROLE_MISSING', 'OVERRIDE_UNUSED']);
  });
});
