import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalGraph, canonicalGraphJson } from './canonical.js';
import { diffGraphs } from './diff.js';
import type { WorkflowGraph } from './graph.js';
import { anyGraph, graphOf, orderGraph } from './testGraphs.js';

const uniqueIds = ({ nodes }: WorkflowGraph) => new Set(nodes.map(({ id }) => id)).size === nodes.length;
const sound = anyGraph.filter(uniqueIds);
/** A family never changes, so it is not compared. */
const sameFamily = (a: WorkflowGraph, b: WorkflowGraph) => canonicalGraphJson({ ...a, family: b.family });

describe('the difference between two graphs', () => {
  it('is nothing exactly where their canonical forms are equal', () => {
    fc.assert(
      fc.property(sound, sound, (a, b) => {
        expect(diffGraphs(a, a).isSame).toBe(true);
        expect(diffGraphs(a, b).isSame).toBe(sameFamily(a, b) === canonicalGraphJson(b));
      }),
    );
  });

  it('is the same backwards, with before and after changed over', () => {
    fc.assert(
      fc.property(sound, sound, (a, b) => {
        const [there, back] = [diffGraphs(a, b), diffGraphs(b, a)];
        expect(back.nodes.map(({ nodeId }) => nodeId)).toEqual(there.nodes.map(({ nodeId }) => nodeId));
        const values = ({ nodes }: typeof there) => nodes.flatMap(({ fields }) => fields);
        const turned = values(back).map(({ path, before, after }) => ({ path, before: after, after: before }));
        expect(new Set(turned.map((field) => JSON.stringify(field)))).toEqual(
          new Set(values(there).map((field) => JSON.stringify(field))),
        );
      }),
    );
  });

  it('names nodes, values and connections', () => {
    const before = graphOf(
      'order_line',
      { mesh: 'mesh', still: { step: 'render', params: { samples: 64, quality: 'draft' } }, old: 'count' },
      ['mesh.glb -> still.glb'],
    );
    const after = graphOf(
      'order_line',
      { mesh: 'mesh', still: { step: 'render', params: { samples: 128 }, timeoutMs: 60_000 }, young: 'count' },
      [],
    );
    expect(diffGraphs(before, after)).toEqual({
      before: canonicalGraph(before),
      after: canonicalGraph(after),
      nodes: [
        expect.objectContaining({ nodeId: 'old', change: 'removed', step: 'count' }),
        {
          nodeId: 'still',
          change: 'changed',
          step: 'render',
          isLayoutOnly: false,
          fields: [
            { path: '/params/quality', before: 'draft', after: null },
            { path: '/params/samples', before: 64, after: 128 },
            { path: '/timeoutMs', before: null, after: 60_000 },
          ],
        },
        expect.objectContaining({ nodeId: 'young', change: 'added', step: 'count' }),
      ],
      edges: [{ change: 'removed', edge: before.edges[0] }],
      isSame: false,
      isLayoutOnly: false,
    });
  });

  it('tells a moved node from a changed one', () => {
    const moved = orderGraph();
    moved.nodes[0]!.ui = { x: 5, y: 7 };
    expect(diffGraphs(orderGraph(), moved)).toMatchObject({ isSame: false, isLayoutOnly: true });
  });

  it('sees that a port takes its connections in another order', () => {
    const nodes = { z: 'count', a: 'count', sum: 'sum' };
    const before = graphOf('cad_file', nodes, ['z.total -> sum.totals', 'a.total -> sum.totals']);
    const { edges } = diffGraphs(before, { ...before, edges: [...before.edges].reverse() });
    expect(edges.map(({ change, edge }) => [change, edge.from.node])).toEqual([
      ['reordered', 'a'],
      ['reordered', 'z'],
    ]);
  });
});
