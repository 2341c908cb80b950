import { describe, expect, it } from 'vitest';
import type { WorkflowGraph } from './graphModel.js';
import { isLaidOutAlike, placeNodes } from './layout.js';

const edge = (from: string, to: string) => ({ from: { node: from, port: 'out' }, to: { node: to, port: 'in' } });
const graph = (nodes: WorkflowGraph['nodes'], edges: WorkflowGraph['edges'] = []): WorkflowGraph => ({
  format: 1,
  family: 'order_line',
  nodes,
  edges,
});
const size = () => ({ width: 200, height: 80 });

describe('placeNodes', () => {
  it('keeps saved positions', () => {
    expect(placeNodes(graph([{ id: 'a', step: 's', ui: { x: 5, y: 7 } }]), size).get('a')).toEqual({ x: 5, y: 7 });
  });

  it('lays a chain out from left to right without overlaps when a position is missing', () => {
    const places = placeNodes(
      graph(
        [
          { id: 'a', step: 's', ui: { x: 900, y: 0 } },
          { id: 'b', step: 's' },
        ],
        [edge('a', 'b')],
      ),
      size,
    );
    expect(places.get('b')!.x).toBeGreaterThanOrEqual(places.get('a')!.x + 200);
  });

  it('ignores edges of nodes that are gone', () => {
    expect(placeNodes(graph([{ id: 'a', step: 's' }], [edge('ghost', 'a')]), size).size).toBe(1);
  });
});

describe('isLaidOutAlike', () => {
  const before = graph(
    [
      { id: 'a', step: 's' },
      { id: 'b', step: 's' },
    ],
    [edge('a', 'b')],
  );
  const withFirst = (change: object) => ({ ...before, nodes: [{ ...before.nodes[0]!, ...change }, before.nodes[1]!] });

  it('takes other settings and names for nothing', () => {
    expect(isLaidOutAlike(before, withFirst({ params: { samples: 8 }, ui: undefined }))).toBe(true);
    const placed = withFirst({ ui: { x: 1, y: 2 } });
    expect(isLaidOutAlike(placed, { ...placed, nodes: withFirst({ ui: { x: 1, y: 2, label: 'Hero' } }).nodes })).toBe(
      true,
    );
  });

  it('sees nodes that moved, came, went or became another, and connections', () => {
    expect(isLaidOutAlike(before, withFirst({ ui: { x: 1, y: 2 } }))).toBe(false);
    expect(isLaidOutAlike(before, withFirst({ step: 't' }))).toBe(false);
    expect(isLaidOutAlike(before, { ...before, nodes: before.nodes.slice(1) })).toBe(false);
    expect(isLaidOutAlike(before, { ...before, edges: [] })).toBe(false);
  });
});
