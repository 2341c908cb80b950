import type { GraphNode, WorkflowGraph } from '../../workflow/graph.js';
import { STARTERS } from '../../workflow/starters/index.js';

/** As close as nodes can stand, so that all of them are in view at once. */
const CELL = { width: 262, height: 236 };
const COLUMNS = 25;

/** A workflow of so many nodes: the starter that renders a still, over and over, in a grid. */
export function largeGraph(nodeCount: number): WorkflowGraph {
  const { graph } = STARTERS.find(({ key }) => key === 'order_still')!;
  const copies = Array.from({ length: Math.ceil(nodeCount / graph.nodes.length) }, (_, copy) => `_${copy}`);
  const nodes = copies
    .flatMap((copy) => graph.nodes.map((node) => ({ ...node, id: node.id + copy })))
    .slice(0, nodeCount)
    .map((node, index) => ({
      ...node,
      ui: { x: (index % COLUMNS) * CELL.width, y: Math.floor(index / COLUMNS) * CELL.height },
    }));
  const ids = new Set(nodes.map(({ id }) => id));
  const edges = copies
    .flatMap((copy) =>
      graph.edges.map(({ from, to }) => ({
        from: { ...from, node: from.node + copy },
        to: { ...to, node: to.node + copy },
      })),
    )
    .filter(({ from, to }) => ids.has(from.node) && ids.has(to.node));
  return { ...graph, nodes, edges };
}

/** The node of a step that stands nearest to the middle of the drawing. */
export function middleOf({ nodes }: WorkflowGraph, step: string): GraphNode {
  const middle = (axis: 'x' | 'y') => {
    const all = nodes.map(({ ui }) => ui![axis]);
    return (Math.min(...all) + Math.max(...all)) / 2;
  };
  const [x, y] = [middle('x'), middle('y')];
  const distance = ({ ui }: GraphNode) => Math.hypot(ui!.x - x, ui!.y - y);
  return nodes
    .filter((node) => node.step === step)
    .reduce((nearest, node) => (distance(node) < distance(nearest) ? node : nearest));
}
