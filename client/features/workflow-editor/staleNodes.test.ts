import { describe, expect, it } from 'vitest';
import type { GraphNode, WorkflowGraph } from '../../shared/graph/graphModel.js';
import { staleNodes } from './staleNodes.js';

const edge = (from: string, to: string, port = 'in') => ({ from: { node: from, port: 'out' }, to: { node: to, port } });
const CHAIN: WorkflowGraph = {
  format: 1,
  family: 'order_line',
  nodes: [
    { id: 'a', step: 's' },
    { id: 'b', step: 's', params: { samples: 8 } },
    { id: 'c', step: 's' },
    { id: 'd', step: 's' },
  ],
  edges: [edge('a', 'b'), edge('b', 'c'), edge('a', 'd')],
};
const withNode = (id: string, change: Partial<GraphNode>): WorkflowGraph => ({
  ...CHAIN,
  nodes: CHAIN.nodes.map((node) => (node.id === id ? { ...node, ...change } : node)),
});
const stale = (present: WorkflowGraph) => Object.fromEntries(staleNodes(CHAIN, present));

describe('staleNodes', () => {
  it('finds nothing in the graph that ran, wherever its nodes stand and whatever they are called', () => {
    expect(stale(CHAIN)).toEqual({});
    expect(stale(withNode('b', { ui: { x: 3, y: 4, label: 'Hero' } }))).toEqual({});
    expect(stale(withNode('a', { params: {} }))).toEqual({});
    expect(stale({ ...CHAIN, edges: [...CHAIN.edges].reverse() })).toEqual({});
  });

  it('tells a changed node from those that depend on it', () => {
    expect(stale(withNode('b', { params: { samples: 16 } }))).toEqual({ b: 'changed', c: 'fed' });
    expect(stale(withNode('a', { onFailure: 'continue' }))).toEqual({ a: 'changed', b: 'fed', c: 'fed', d: 'fed' });
  });

  it('takes a node whose inputs are connected otherwise for changed, and one that only got another taker not', () => {
    expect(stale({ ...CHAIN, edges: [edge('a', 'b'), edge('d', 'c'), edge('a', 'd')] })).toEqual({ c: 'changed' });
    expect(stale({ ...CHAIN, edges: CHAIN.edges.slice(0, 2) })).toEqual({ d: 'changed' });
  });

  it('minds the order of what a port of many takes', () => {
    const many = { ...CHAIN, edges: [edge('a', 'c', 'parts'), edge('b', 'c', 'parts')] };
    const turned = { ...many, edges: [...many.edges].reverse() };
    expect(Object.fromEntries(staleNodes(many, turned))).toEqual({ c: 'changed' });
  });

  it('says which nodes the run did not have', () => {
    const nodes = [...CHAIN.nodes, { id: 'e', step: 's' }];
    expect(stale({ ...CHAIN, nodes, edges: [...CHAIN.edges, edge('e', 'c', 'more')] })).toEqual({
      c: 'changed',
      e: 'new',
    });
  });
});
