import { describe, expect, it } from 'vitest';
import type { WorkflowGraph } from '../../shared/graph/graphModel.js';
import { addNode, applyFix, connect, cut, paste, removeNodes, renameNode, wouldLoop } from './graphEdits.js';

const edge = (from: string, to: string, port = 'in') => ({ from: { node: from, port: 'out' }, to: { node: to, port } });
const graph: WorkflowGraph = {
  format: 1,
  family: 'order_line',
  nodes: [
    { id: 'a', step: 'a', params: { size: 2 }, ui: { x: 0, y: 0 } },
    { id: 'b', step: 'b', ui: { x: 200, y: 0, label: 'Second' } },
    { id: 'c', step: 'c', ui: { x: 400, y: 0 } },
  ],
  edges: [edge('a', 'b'), edge('b', 'c')],
};

describe('a graph that is edited', () => {
  it('gives every new node an id of its own, and its version where that is not the first', () => {
    const first = addNode(graph, { step: 'a', version: 1 }, { x: 1.4, y: 2.6 });
    expect(first.nodeId).toBe('a_2');
    expect(first.graph.nodes.at(-1)).toEqual({
      id: 'a_2',
      step: 'a',
      params: {},
      onFailure: 'halt',
      ui: { x: 1, y: 3 },
    });
    const second = addNode(first.graph, { step: 'a', version: 3 }, { x: 0, y: 0 });
    expect(second.graph.nodes.at(-1)).toMatchObject({ id: 'a_3', version: 3 });
  });

  it('loses the edges of what is taken away, and no others', () => {
    const rest = removeNodes(graph, new Set(['a']));
    expect(rest.nodes.map(({ id }) => id)).toEqual(['b', 'c']);
    expect(rest.edges).toEqual([edge('b', 'c')]);
  });

  it('keeps one edge at an input that takes one value, and all at one that takes many', () => {
    expect(connect(graph, edge('a', 'c'), false).edges).toEqual([edge('a', 'b'), edge('a', 'c')]);
    expect(connect(graph, edge('a', 'c'), true).edges).toHaveLength(3);
    expect(connect(graph, edge('a', 'b'), true).edges).toHaveLength(2);
  });

  it('knows which edges would close a circle', () => {
    expect(wouldLoop(graph, 'c', 'a')).toBe(true);
    expect(wouldLoop(graph, 'a', 'a')).toBe(true);
    expect(wouldLoop(graph, 'a', 'c')).toBe(false);
  });

  it('takes copies in with the edges among them and everything else they say', () => {
    const { graph: more, ids } = paste(graph, cut(graph, new Set(['a', 'b'])));
    expect([...ids]).toEqual(['a_2', 'b_2']);
    expect(more.nodes.find(({ id }) => id === 'a_2')).toMatchObject({ params: { size: 2 }, ui: { x: 40, y: 40 } });
    expect(more.nodes.find(({ id }) => id === 'b_2')?.ui?.label).toBe('Second');
    expect(more.edges.at(-1)).toEqual(edge('a_2', 'b_2'));
    expect(more.edges).toHaveLength(3);
  });

  it('names a node, and lets it have its own name again', () => {
    expect(renameNode(graph, 'a', 'Hero').nodes[0]!.ui).toEqual({ x: 0, y: 0, label: 'Hero' });
    expect(renameNode(graph, 'b', '').nodes[1]!.ui).toEqual({ x: 200, y: 0 });
  });

  it('takes a fix for the graph it was made for only', () => {
    const patch = [
      { op: 'test' as const, path: '/nodes/0/id', value: 'a' },
      { op: 'remove' as const, path: '/nodes/0/params/size' },
    ];
    expect(applyFix(graph, patch)?.nodes[0]).toMatchObject({ params: {} });
    expect(applyFix(removeNodes(graph, new Set(['a'])), patch)).toBeNull();
    expect(graph.nodes[0]!.params).toEqual({ size: 2 });
  });
});
