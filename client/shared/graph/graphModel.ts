import type { Family } from '../../gql/graphql.js';

/** The canonical workflow JSON as the console reads and writes it. What it does not know, it keeps. */
export interface GraphNode {
  id: string;
  step: string;
  params?: Record<string, unknown>;
  ui?: { x: number; y: number; label?: string };
  [more: string]: unknown;
}
export interface GraphEdge {
  from: { node: string; port: string };
  to: { node: string; port: string };
}
export interface WorkflowGraph {
  format: number;
  family: Family;
  nodes: GraphNode[];
  edges: GraphEdge[];
}

/** Takes the JSON of the API for a graph; the server has checked its form. Anything else is an empty graph. */
export function readGraph(json: unknown): WorkflowGraph {
  const graph = json as Partial<WorkflowGraph> | null;
  return {
    ...(graph as WorkflowGraph),
    nodes: Array.isArray(graph?.nodes) ? graph.nodes : [],
    edges: Array.isArray(graph?.edges) ? graph.edges : [],
  };
}

/** The node's own label, or what its definition is called. */
export const nodeLabel = (node: GraphNode, definition?: { label: string }): string =>
  node.ui?.label || definition?.label || node.step;
