import { applyPatch, type Operation } from 'rfc6902';
import type { GraphEdge, GraphNode, WorkflowGraph } from '../../shared/graph/graphModel.js';
import type { Point } from '../../shared/graph/layout.js';

/** Part of a graph that was copied: nodes, and the edges among them. */
export interface Clipping {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

/** `still`, then `still_2`, … */
function freeId(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  const stem = wanted.replace(/_\d+$/, '');
  for (let number = 2; ; number += 1) if (!taken.has(`${stem}_${number}`)) return `${stem}_${number}`;
}

/** Places a node of a kind. @returns the graph, and the id the node got. */
export function addNode(
  graph: WorkflowGraph,
  { step, version }: { step: string; version: number },
  { x, y }: Point,
): { graph: WorkflowGraph; nodeId: string } {
  // Steps of other packages hold dots, ids of nodes do not.
  const nodeId = freeId(step.replace(/[^\w-]+/g, '_'), new Set(graph.nodes.map(({ id }) => id)));
  // As the server writes it down, so that its draft and this one compare; version 1 goes without saying.
  const node: GraphNode = {
    id: nodeId,
    step,
    ...(version > 1 && { version }),
    params: {},
    onFailure: 'halt',
    ui: roundedPlace(x, y),
  };
  return { graph: { ...graph, nodes: [...graph.nodes, node] }, nodeId };
}

const roundedPlace = (x: number, y: number) => ({ x: Math.round(x), y: Math.round(y) });

/** Takes nodes away, and every edge that touches them. */
export function removeNodes(graph: WorkflowGraph, ids: ReadonlySet<string>): WorkflowGraph {
  if (ids.size === 0) return graph;
  return {
    ...graph,
    nodes: graph.nodes.filter(({ id }) => !ids.has(id)),
    edges: graph.edges.filter(({ from, to }) => !ids.has(from.node) && !ids.has(to.node)),
  };
}

export const isSameEdge = (a: GraphEdge, b: GraphEdge): boolean =>
  a.from.node === b.from.node && a.from.port === b.from.port && a.to.node === b.to.node && a.to.port === b.to.port;

export function removeEdge(graph: WorkflowGraph, edge: GraphEdge): WorkflowGraph {
  return { ...graph, edges: graph.edges.filter((one) => !isSameEdge(one, edge)) };
}

/** Connects two ports; an input that takes one value lets go of what it had. */
export function connect(graph: WorkflowGraph, edge: GraphEdge, takesMany: boolean): WorkflowGraph {
  const kept = graph.edges.filter(
    (one) => !isSameEdge(one, edge) && (takesMany || one.to.node !== edge.to.node || one.to.port !== edge.to.port),
  );
  return { ...graph, edges: [...kept, edge] };
}

/** A node and all that depend on it. */
export function nodesFrom(graph: WorkflowGraph, nodeId: string): Set<string> {
  const next = new Map<string, string[]>();
  for (const edge of graph.edges) next.set(edge.from.node, [...(next.get(edge.from.node) ?? []), edge.to.node]);
  const open = [nodeId];
  const seen = new Set<string>();
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(next.get(id) ?? []));
  }
  return seen;
}

/** Whether an edge from one node to another would lead back to where it began. */
export const wouldLoop = (graph: WorkflowGraph, from: string, to: string): boolean => nodesFrom(graph, to).has(from);

export function cut(graph: WorkflowGraph, ids: ReadonlySet<string>): Clipping {
  return {
    nodes: graph.nodes.filter(({ id }) => ids.has(id)),
    edges: graph.edges.filter(({ from, to }) => ids.has(from.node) && ids.has(to.node)),
  };
}

/** Puts a copied part in, a little aside of where it was. @returns the graph, and the ids the copies got. */
export function paste(graph: WorkflowGraph, clipping: Clipping): { graph: WorkflowGraph; ids: Set<string> } {
  const taken = new Set(graph.nodes.map(({ id }) => id));
  const renamed = new Map<string, string>();
  for (const { id } of clipping.nodes) {
    const copy = freeId(id, taken);
    taken.add(copy);
    renamed.set(id, copy);
  }
  const nodes = clipping.nodes.map((node) => ({
    ...node,
    id: renamed.get(node.id)!,
    ...(node.ui && { ui: { ...node.ui, ...roundedPlace(node.ui.x + 40, node.ui.y + 40) } }),
  }));
  const edges = clipping.edges.map(({ from, to }) => ({
    from: { ...from, node: renamed.get(from.node)! },
    to: { ...to, node: renamed.get(to.node)! },
  }));
  return {
    graph: { ...graph, nodes: [...graph.nodes, ...nodes], edges: [...graph.edges, ...edges] },
    ids: new Set(renamed.values()),
  };
}

/** A node's own name; empty: what its definition is called. */
export function renameNode(graph: WorkflowGraph, nodeId: string, label: string): WorkflowGraph {
  return {
    ...graph,
    nodes: graph.nodes.map((node) => {
      if (node.id !== nodeId) return node;
      const { label: _old, ...ui } = node.ui ?? { x: 0, y: 0 };
      return { ...node, ui: label ? { ...ui, label } : ui };
    }),
  };
}

/** Applies a finding's fix. @returns null where the graph has changed since it was checked. */
export function applyFix(graph: WorkflowGraph, patch: readonly Operation[]): WorkflowGraph | null {
  const copy = structuredClone(graph);
  return applyPatch(copy, structuredClone([...patch])).every((failure) => failure === null) ? copy : null;
}
