import type { Contract, PortContract } from '../modules/define.js';
import type { WorkflowGraph } from './graph.js';
import type { DefinitionLookup, NodeDefinition } from './nodeDefinition.js';

/** A graph with the look-ups every rule needs, built once in linear time. Nodes and edges go by their position in the graph. */
export interface GraphIndex {
  readonly graph: WorkflowGraph;
  /** By node position; undefined where the step is unknown. */
  readonly definitions: readonly (NodeDefinition | undefined)[];
  /** Of several nodes with one id: the first. */
  readonly nodeIndex: ReadonlyMap<string, number>;
  /** By edge position: node positions of both ends, undefined where the node does not exist. */
  readonly ends: readonly { from: number | undefined; to: number | undefined }[];
  /** By node position: positions of the edges that end there. */
  readonly incoming: readonly (readonly number[])[];
  /** By node position: positions of the edges that begin there. */
  readonly outgoing: readonly (readonly number[])[];
  /** By node position: what people call it in the editor, its own label or the definition's, else its id. */
  readonly labels: readonly string[];
  /** Labels that several nodes have. */
  readonly sharedLabels: ReadonlySet<string>;
  /** Positions of all edges at a node, in no order. */
  touching(nodeIndex: number): number[];
  /** Names of the input ports that some edge ends at, whether it fits or not. */
  boundPorts(nodeIndex: number): ReadonlySet<string>;
}

export function indexGraph(graph: WorkflowGraph, lookup: DefinitionLookup): GraphIndex {
  const nodeIndex = new Map<string, number>();
  for (const [position, node] of graph.nodes.entries()) {
    if (!nodeIndex.has(node.id)) nodeIndex.set(node.id, position);
  }
  const incoming: number[][] = graph.nodes.map(() => []);
  const outgoing: number[][] = graph.nodes.map(() => []);
  const ends = graph.edges.map((edge, position) => {
    const from = nodeIndex.get(edge.from.node);
    const to = nodeIndex.get(edge.to.node);
    if (from !== undefined) outgoing[from]!.push(position);
    if (to !== undefined) incoming[to]!.push(position);
    return { from, to };
  });
  const bound: (Set<string> | undefined)[] = [];
  const definitions = graph.nodes.map((node) => lookup(node.step));
  const labels = graph.nodes.map(({ id, ui }, position) => ui?.label || definitions[position]?.label || id);
  const seen = new Set<string>();
  const sharedLabels = new Set(labels.filter((label) => seen.size === seen.add(label).size));
  return {
    graph,
    definitions,
    labels,
    sharedLabels,
    nodeIndex,
    ends,
    incoming,
    outgoing,
    touching: (position) => [...incoming[position]!, ...outgoing[position]!],
    boundPorts: (position) =>
      (bound[position] ??= new Set(incoming[position]!.map((edge) => graph.edges[edge]!.to.port))),
  };
}

/** A port by name; names come from stored JSON, so inherited ones ("constructor") must not count. */
export function portOf(contract: Contract, name: string): PortContract | undefined {
  return Object.hasOwn(contract, name) ? contract[name] : undefined;
}

/** A node within a sentence: what people call it, and its id where others are called the same. */
export function nodeName({ graph, labels, sharedLabels }: GraphIndex, position: number): string {
  const label = labels[position]!;
  return sharedLabels.has(label) ? `“${label}” (${graph.nodes[position]!.id})` : `“${label}”`;
}
