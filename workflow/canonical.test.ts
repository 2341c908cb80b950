import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalGraph, canonicalGraphJson, withoutLayout } from './canonical.js';
import type { WorkflowGraph } from './graph.js';
import { anyGraph, graphOf, orderGraph } from './testGraphs.js';
import { parseGraph } from './validate.js';

const uniqueIds = ({ nodes }: WorkflowGraph) => new Set(nodes.map(({ id }) => id)).size === nodes.length;

/** The same JSON with the keys of every object the other way round. */
function keysReversed<V>(value: V): V {
  if (Array.isArray(value)) return value.map(keysReversed) as V;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, keysReversed(inner)]),
  ) as V;
}

describe('the canonical graph', () => {
  it('gives the same bytes after export and import', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const text = canonicalGraphJson(graph);
        expect(canonicalGraphJson(parseGraph(JSON.parse(text)).graph!)).toBe(text);
      }),
    );
  });

  it('does not depend on the order of nodes and keys', () => {
    fc.assert(
      fc.property(anyGraph.filter(uniqueIds), (graph) => {
        const shuffled = keysReversed({ ...graph, nodes: [...graph.nodes].reverse() });
        expect(canonicalGraphJson(shuffled)).toBe(canonicalGraphJson(graph));
      }),
    );
  });

  it('keeps the order of edges into one port, which is the order of their values', () => {
    const nodes = { z: 'count', a: 'count', sum: 'sum' };
    const graph = graphOf('cad_file', nodes, ['z.total -> sum.totals', 'a.total -> sum.totals']);
    expect(canonicalGraph(graph).edges.map(({ from }) => from.node)).toEqual(['z', 'a']);
    expect(canonicalGraphJson({ ...graph, edges: [...graph.edges].reverse() })).not.toBe(canonicalGraphJson(graph));
  });

  it('is written for people to read and compare', () => {
    const graph = graphOf('cad_file', { a: { step: 'count', ui: { y: 2, x: 1 }, params: { start: 3 } } });
    expect(canonicalGraphJson(graph)).toBe(`{
  "format": 1,
  "family": "cad_file",
  "nodes": [
    {
      "id": "a",
      "step": "count",
      "params": {
        "start": 3
      },
      "onFailure": "halt",
      "ui": {
        "x": 1,
        "y": 2
      }
    }
  ],
  "edges": []
}
`);
  });

  it('changes with anything that counts', () => {
    const graph = orderGraph();
    const moved = { ...graph, nodes: graph.nodes.map((node) => ({ ...node, ui: { x: 1, y: 1 } })) };
    const named = { ...graph, nodes: graph.nodes.map((node) => ({ ...node, timeoutMs: 1000 })) };
    expect(new Set([graph, moved, named].map(canonicalGraphJson)).size).toBe(3);
    expect(canonicalGraphJson(withoutLayout(moved))).toBe(canonicalGraphJson(graph));
  });
});
