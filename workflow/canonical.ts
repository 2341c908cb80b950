import type { JsonValue } from '../modules/json.js';
import type { GraphEdge, GraphNode, WorkflowGraph } from './graph.js';

/** The one way to write a graph down, so that equal graphs are equal bytes and differences read well line by line.
 *
 * - Nodes are sorted by id: their order means nothing.
 * - Edges are sorted by target node, then target port. Edges into one port keep their order: on a `many` port it is the order of the values.
 * - Fields stand in the order of the format's documentation, keys inside `params` and `ui` by name; fields that are not set are left out (and version 1), defaults are written. */
export function canonicalGraph(graph: WorkflowGraph): WorkflowGraph {
  return {
    format: graph.format,
    family: graph.family,
    nodes: [...graph.nodes].sort((a, b) => byCodeUnit(a.id, b.id)).map(canonicalNode),
    edges: [...graph.edges]
      .sort((a, b) => byCodeUnit(a.to.node, b.to.node) || byCodeUnit(a.to.port, b.to.port))
      .map(
        ({ from, to }): GraphEdge => ({
          from: { node: from.node, port: from.port },
          to: { node: to.node, port: to.port },
        }),
      ),
  };
}

function canonicalNode(node: GraphNode): GraphNode {
  return {
    id: node.id,
    step: node.step,
    ...(node.version !== undefined && node.version !== 1 && { version: node.version }),
    params: sortedKeys(node.params),
    ...(node.retry && { retry: { attempts: node.retry.attempts, backoffMs: node.retry.backoffMs } }),
    onFailure: node.onFailure,
    ...(node.timeoutMs !== undefined && { timeoutMs: node.timeoutMs }),
    ...(node.ui && { ui: sortedKeys(node.ui as Record<string, JsonValue> as never) }),
  };
}

function sortedKeys<V>(value: V): V {
  if (Array.isArray(value)) return value.map(sortedKeys) as V;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => byCodeUnit(a, b));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortedKeys(inner)])) as V;
}

/** The same on every machine, unlike localeCompare. */
const byCodeUnit = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Largest export file, so that every file can be imported again. */
export const MAX_FILE_BYTES = 2_000_000;

/** The graph as an export file: canonical, two spaces, a newline at the end. Importing and exporting it gives the same bytes. */
export function canonicalGraphJson(graph: WorkflowGraph): string {
  return `${JSON.stringify(canonicalGraph(graph), null, 2)}\n`;
}

/** The graph without what only the editor sees. */
export function withoutLayout(graph: WorkflowGraph): WorkflowGraph {
  return { ...graph, nodes: graph.nodes.map(({ ui: _, ...node }) => node) };
}
