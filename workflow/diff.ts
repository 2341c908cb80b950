import type { JsonValue } from '../modules/json.js';
import { canonicalGraph } from './canonical.js';
import { pointer } from './finding.js';
import type { GraphEdge, GraphNode, WorkflowGraph } from './graph.js';

/** One value of a node that differs. */
export interface FieldChange {
  /** JSON pointer within the node: `/params/samples`, `/timeoutMs`, `/ui/x`. */
  path: string;
  /** Null: not set, so that the module's default holds. */
  before: JsonValue;
  after: JsonValue;
}

export interface NodeChange {
  nodeId: string;
  change: 'added' | 'removed' | 'changed';
  /** Of the newer graph, where it has the node. */
  step: string;
  /** What changed; all that is set, for nodes added or removed. */
  fields: FieldChange[];
  /** Only its place or name in the editor changed. */
  isLayoutOnly: boolean;
}

export interface EdgeChange {
  /** `reordered`: the port takes the same connections in another order. */
  change: 'added' | 'removed' | 'reordered';
  edge: GraphEdge;
}

/** What differs between two graphs: nodes by id, values by param, connections. */
export interface GraphDiff {
  /** What was compared, as canonical graphs. */
  before: WorkflowGraph;
  after: WorkflowGraph;
  nodes: NodeChange[];
  edges: EdgeChange[];
  /** Nothing differs. */
  isSame: boolean;
  /** Runs of both do the same; at most the picture of the graph differs. */
  isLayoutOnly: boolean;
}

/** Compares what two graphs say, whatever the order of their nodes and keys. Params are compared whole, one by one. */
export function diffGraphs(before: WorkflowGraph, after: WorkflowGraph): GraphDiff {
  const [old, young] = [canonicalGraph(before), canonicalGraph(after)];
  const nodes = nodeChanges(byId(old.nodes), byId(young.nodes));
  const edges = edgeChanges(old.edges, young.edges);
  return {
    before: old,
    after: young,
    nodes,
    edges,
    isSame: nodes.length === 0 && edges.length === 0,
    isLayoutOnly: edges.length === 0 && nodes.every(({ isLayoutOnly }) => isLayoutOnly),
  };
}

const byId = (nodes: readonly GraphNode[]) => new Map(nodes.map((node) => [node.id, node]));

function nodeChanges(before: Map<string, GraphNode>, after: Map<string, GraphNode>): NodeChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((nodeId): NodeChange[] => {
    const [old, young] = [before.get(nodeId), after.get(nodeId)];
    const fields = fieldChanges(old ? fieldsOf(old) : new Map(), young ? fieldsOf(young) : new Map());
    if (old && young && fields.length === 0) return [];
    return [
      {
        nodeId,
        change: !old ? 'added' : !young ? 'removed' : 'changed',
        step: (young ?? old)!.step,
        fields,
        isLayoutOnly: old !== undefined && young !== undefined && fields.every(({ path }) => path.startsWith('/ui/')),
      },
    ];
  });
}

/** All that is set on a node, by pointer. */
function fieldsOf({ id: _, params, ui, ...rest }: GraphNode): Map<string, JsonValue> {
  const fields = new Map<string, JsonValue>();
  const add = (base: string[], values: object) => {
    for (const [name, value] of Object.entries(values)) fields.set(pointer(...base, name), value as JsonValue);
  };
  add([], rest);
  add(['params'], params);
  add(['ui'], ui ?? {});
  return fields;
}

function fieldChanges(before: Map<string, JsonValue>, after: Map<string, JsonValue>): FieldChange[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => JSON.stringify(before.get(path)) !== JSON.stringify(after.get(path)))
    .map((path) => ({ path, before: before.get(path) ?? null, after: after.get(path) ?? null }));
}

function edgeChanges(before: readonly GraphEdge[], after: readonly GraphEdge[]): EdgeChange[] {
  const [old, young] = [keyed(before), keyed(after)];
  const removed = [...old].filter(([key]) => !young.has(key));
  const added = [...young].filter(([key]) => !old.has(key));
  return [
    ...removed.map(([, edge]): EdgeChange => ({ change: 'removed', edge })),
    ...added.map(([, edge]): EdgeChange => ({ change: 'added', edge })),
    ...moved(
      [...old.keys()].filter((key) => young.has(key)),
      [...young.keys()].filter((key) => old.has(key)),
    ).map((key): EdgeChange => ({ change: 'reordered', edge: young.get(key)! })),
  ];
}

/** A graph may have the same connection twice (validation complains about it): the second one is another. */
function keyed(edges: readonly GraphEdge[]): Map<string, GraphEdge> {
  const times = new Map<string, number>();
  return new Map(
    edges.map((edge) => {
      const name = JSON.stringify(edge);
      const time = (times.get(name) ?? 0) + 1;
      times.set(name, time);
      return [`${name} ${time}`, edge];
    }),
  );
}

/** Canonical order is by port, so that whatever stands elsewhere has moved within its port. */
const moved = (before: readonly string[], after: readonly string[]) => after.filter((key, at) => before[at] !== key);
