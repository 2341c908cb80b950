import { type Fix, pointer } from '../finding.js';
import { addEdge, removeEdge } from '../fix.js';
import { type GraphIndex, nodeName, portOf } from '../graphIndex.js';
import { canLink } from '../links.js';
import { levelsOf } from '../topology.js';
import type { Rule } from './rule.js';

/** `INPUT_UNBOUND`: every required input has an edge or a slot of the entry. */
export const requiredInputsAreBound: Rule = function* (index) {
  for (const [position, node] of index.graph.nodes.entries()) {
    const definition = index.definitions[position];
    if (!definition) continue;
    const bound = index.boundPorts(position);
    for (const [port, contract] of Object.entries(definition.module.inputContract)) {
      if (!contract.required || contract.entry !== null || bound.has(port)) continue;
      yield {
        code: 'INPUT_UNBOUND',
        severity: 'error',
        message: `${nodeName(index, position)} needs something connected to “${port}”.`,
        nodeId: node.id,
        path: pointer('nodes', position),
        fix: connectWherePlain(index, position, port),
      };
    }
  }
};

/** `INPUT_BOUND_TWICE`: an input takes one edge, unless it takes many. */
export const inputsAreBoundOnce: Rule = function* (index) {
  for (const [position, node] of index.graph.nodes.entries()) {
    const contract = index.definitions[position]?.module.inputContract;
    if (!contract) continue;
    const boundBy = new Map<string, string>();
    for (const edgeIndex of index.incoming[position]!) {
      const edge = index.graph.edges[edgeIndex]!;
      const port = portOf(contract, edge.to.port);
      if (!port || port.many) continue;
      const source = `${edge.from.node} ${edge.from.port}`;
      const first = boundBy.get(edge.to.port);
      if (first === undefined) boundBy.set(edge.to.port, source);
      // The same connection drawn twice is EDGE_DUPLICATE.
      if (first === undefined || first === source) continue;
      yield {
        code: 'INPUT_BOUND_TWICE',
        severity: 'error',
        message: `“${edge.to.port}” of ${nodeName(index, position)} takes one connection, this is another.`,
        nodeId: node.id,
        path: pointer('edges', edgeIndex),
        fix: removeEdge(edgeIndex, edge),
      };
    }
  }
};

interface OutputKind {
  /** Node positions, at most two: more than one is already ambiguous. */
  nodes: number[];
  port: string;
  contract: Parameters<typeof canLink>[0];
}
interface Outputs {
  kinds: OutputKind[];
  levels: (number | undefined)[];
}
const outputsOf = new WeakMap<GraphIndex, Outputs>();

/** The outputs of a graph by kind, so that a search looks at each kind once and not at each node. */
function outputs(index: GraphIndex): Outputs {
  const known = outputsOf.get(index);
  if (known) return known;
  const kinds = new Map<string, OutputKind>();
  for (const [position, definition] of index.definitions.entries()) {
    if (!definition || index.nodeIndex.get(index.graph.nodes[position]!.id) !== position) continue;
    for (const [port, contract] of Object.entries(definition.module.outputContract)) {
      const key = `${definition.step} ${port}`;
      const kind = kinds.get(key);
      if (!kind) kinds.set(key, { nodes: [position], port, contract });
      else if (kind.nodes.length < 3) kind.nodes.push(position);
    }
  }
  const next = index.outgoing.map((edges) => edges.flatMap((edge) => index.ends[edge]!.to ?? []));
  const made = { kinds: [...kinds.values()], levels: levelsOf({ size: index.graph.nodes.length, next }) };
  outputsOf.set(index, made);
  return made;
}

/** The fix that connects the input to the one output of the graph that fits; undefined where none or several do, or where it might close a cycle. */
export function connectWherePlain(index: GraphIndex, position: number, port: string): Fix | undefined {
  const node = index.graph.nodes[position]!;
  const contract = index.definitions[position]!.module.inputContract[port]!;
  if (index.nodeIndex.get(node.id) !== position) return undefined;
  const { kinds, levels } = outputs(index);
  const fitting = kinds
    .filter((kind) => canLink(kind.contract, contract).ok)
    .flatMap((kind) =>
      kind.nodes.filter((source) => source !== position).map((source) => ({ source, port: kind.port })),
    );
  const [only, ...others] = fitting;
  if (!only || others.length > 0) return undefined;
  const isSurelyAcyclic =
    index.outgoing[position]!.length === 0 ||
    index.incoming[only.source]!.length === 0 ||
    (levels[only.source] ?? Infinity) < (levels[position] ?? -1);
  if (!isSurelyAcyclic) return undefined;
  return addEdge({
    from: { node: index.graph.nodes[only.source]!.id, port: only.port },
    to: { node: node.id, port },
  });
}
