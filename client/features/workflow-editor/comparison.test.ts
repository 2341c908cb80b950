import { expect, it } from 'vitest';
import type { WorkflowGraph } from '../../shared/graph/graphModel.js';
import { comparison } from './comparison.js';

const graph = (ids: string[], edges: [string, string][]): WorkflowGraph => ({
  format: 1,
  family: 'cad_file',
  nodes: ids.map((id) => ({ id, step: id })),
  edges: edges.map(([from, to]) => ({ from: { node: from, port: 'out' }, to: { node: to, port: 'in' } })),
});
const edge = (from: string, to: string, change: 'added' | 'removed') => ({
  change,
  fromNode: from,
  fromPort: 'out',
  toNode: to,
  toPort: 'in',
});

it('draws both graphs in one, and says what became of what', () => {
  const before = graph(['a', 'b', 'gone'], [['a', 'gone']]);
  const after = graph(['a', 'b', 'come'], [['a', 'come']]);
  const seen = comparison(before, after, {
    nodes: [
      { nodeId: 'a', change: 'changed', isLayoutOnly: false, fields: [{}, {}] },
      { nodeId: 'b', change: 'changed', isLayoutOnly: true, fields: [{}] },
      { nodeId: 'come', change: 'added', isLayoutOnly: false, fields: [] },
      { nodeId: 'gone', change: 'removed', isLayoutOnly: false, fields: [] },
    ],
    edges: [edge('a', 'gone', 'removed'), edge('a', 'come', 'added')],
  });
  expect(seen.graph.nodes.map(({ id }) => id)).toEqual(['a', 'b', 'come', 'gone']);
  expect(seen.graph.edges).toHaveLength(2);
  expect([...seen.overlays].map(([id, { look, note }]) => [id, look?.label, note])).toEqual([
    ['a', 'Changed', '2 values'],
    ['come', 'Added', undefined],
    ['gone', 'Removed', undefined],
  ]);
  expect([...seen.edgeChanges]).toEqual([
    ['a.out>gone.in', 'removed'],
    ['a.out>come.in', 'added'],
  ]);
});
