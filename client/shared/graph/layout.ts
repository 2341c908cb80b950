import { graphlib, layout } from '@dagrejs/dagre';
import type { GraphNode, WorkflowGraph } from './graphModel.js';

export interface Point {
  x: number;
  y: number;
}

/** Where every node stands (top left corner): as saved when all nodes have a place, else left to right by their connections. */
export function placeNodes(
  graph: WorkflowGraph,
  sizeOf: (nodeId: string) => { width: number; height: number },
): Map<string, Point> {
  if (graph.nodes.every((node) => node.ui !== undefined))
    return new Map(graph.nodes.map((node) => [node.id, { x: node.ui!.x, y: node.ui!.y }]));
  const drawing = new graphlib.Graph();
  drawing.setGraph({ rankdir: 'LR', nodesep: 32, ranksep: 72 });
  drawing.setDefaultEdgeLabel(() => ({}));
  for (const node of graph.nodes) drawing.setNode(node.id, sizeOf(node.id));
  for (const edge of graph.edges)
    if (drawing.hasNode(edge.from.node) && drawing.hasNode(edge.to.node)) drawing.setEdge(edge.from.node, edge.to.node);
  layout(drawing);
  return new Map(
    graph.nodes.map((node) => {
      const { x, y } = drawing.node(node.id) as Point;
      const { width, height } = sizeOf(node.id);
      return [node.id, { x: Math.round(x - width / 2), y: Math.round(y - height / 2) }];
    }),
  );
}

/** Whether two graphs are laid out alike for certain: the same nodes at the same places, with the very same connections. */
export function isLaidOutAlike(a: WorkflowGraph, b: WorkflowGraph): boolean {
  const isAlike = (node: GraphNode, other: GraphNode | undefined) =>
    node === other ||
    (node.id === other?.id && node.step === other.step && node.ui?.x === other.ui?.x && node.ui?.y === other.ui?.y);
  return (
    a.edges === b.edges &&
    a.nodes.length === b.nodes.length &&
    a.nodes.every((node, index) => isAlike(node, b.nodes[index]))
  );
}
