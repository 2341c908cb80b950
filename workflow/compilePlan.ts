import { DomainError } from '../modules/errors.js';
import { hasEntrySlot } from './families.js';
import type { GraphNode, NodeParams, WorkflowGraph } from './graph.js';
import { indexGraph, portOf } from './graphIndex.js';
import type { DefinitionLookup, NodeDefinition } from './nodeDefinition.js';
import type { Binding, Plan, PlannedNode } from './plan.js';
import { levelsOf } from './topology.js';

/** Turns a valid graph and its effective params (`resolveParams`) into the order of work.
 * Nodes are sorted by level, within a level as in the graph. Unbound inputs that name an entry slot take it where the family has it.
 * @throws {DomainError} `PLAN_IMPOSSIBLE` when the graph has `error` findings that stand in the way (`validateGraph` says which). */
export function compilePlan(graph: WorkflowGraph, lookup: DefinitionLookup, params: Record<string, NodeParams>): Plan {
  const index = indexGraph(graph, lookup);
  const idsAreUnique = index.nodeIndex.size === graph.nodes.length;
  if (!idsAreUnique) throw impossible('two nodes have the same id');
  const next = index.outgoing.map((edges) =>
    edges.map((edge) => index.ends[edge]!.to ?? fail('a connection ends at a node that does not exist')),
  );
  const levels = levelsOf({ size: graph.nodes.length, next }).map(
    (level) => level ?? fail('it goes round in a circle'),
  );
  const order = [...graph.nodes.keys()].sort((a, b) => levels[a]! - levels[b]! || a - b);
  const idxOf = new Array<number>(order.length);
  for (const [idx, position] of order.entries()) idxOf[position] = idx;

  const nodes = order.map((position, idx): PlannedNode => {
    const node = graph.nodes[position]!;
    const definition = index.definitions[position] ?? fail(`there is no node “${node.step}”`, node.id);
    const incoming = index.incoming[position]!.map((edgeIndex) => {
      const { from, to } = graph.edges[edgeIndex]!;
      const source = index.ends[edgeIndex]!.from ?? fail('a connection begins at a node that does not exist', node.id);
      const output = portOf(index.definitions[source]?.module.outputContract ?? {}, from.port);
      if (!output) throw impossible(`“${from.node}” has no output “${from.port}”`, node.id);
      return { port: to.port, binding: { from: 'node', idx: idxOf[source]!, port: from.port } satisfies Binding };
    });
    return {
      idx,
      id: node.id,
      step: node.step,
      ...executionOf(node, definition),
      params: Object.hasOwn(params, node.id) ? params[node.id]! : fail('its params are not resolved', node.id),
      bindings: bindInputs(graph, node, definition, incoming),
      predecessors: distinct(incoming.map(({ binding }) => binding.idx)),
      successors: distinct(next[position]!.map((target) => idxOf[target]!)),
      onFailure: node.onFailure,
      level: levels[position]!,
    };
  });
  return { family: graph.family, nodes };
}

function executionOf(node: GraphNode, { module }: NodeDefinition) {
  return {
    moduleKey: module.key,
    moduleVersion: module.version,
    capability: module.execution.capability,
    determinism: module.execution.determinism,
    retry: node.retry ?? module.execution.retry,
    timeoutMs: node.timeoutMs ?? module.execution.timeoutMs,
  };
}

function bindInputs(
  graph: WorkflowGraph,
  node: GraphNode,
  { module }: NodeDefinition,
  incoming: { port: string; binding: Binding }[],
): Record<string, Binding[]> {
  const bindings: Record<string, Binding[]> = {};
  for (const { port, binding } of incoming) {
    const contract = portOf(module.inputContract, port) ?? fail(`it has no input “${port}”`, node.id);
    const bound = bindings[port] ?? [];
    if (bound.length > 0 && !contract.many) throw impossible(`“${port}” takes one connection`, node.id);
    bindings[port] = bound;
    bound.push(binding);
  }
  for (const [port, contract] of Object.entries(module.inputContract)) {
    if (Object.hasOwn(bindings, port)) continue;
    if (hasEntrySlot(graph.family, contract.entry)) bindings[port] = [{ from: 'entry', slot: contract.entry }];
    else if (contract.required) throw impossible(`nothing is connected to “${port}”`, node.id);
  }
  return bindings;
}

const distinct = (idxs: number[]) => [...new Set(idxs)].sort((a, b) => a - b);

function impossible(reason: string, nodeId?: string): DomainError {
  const where = nodeId === undefined ? '' : ` at the node “${nodeId}”`;
  return new DomainError('PLAN_IMPOSSIBLE', `The workflow cannot be planned${where}: ${reason}.`, {
    ...(nodeId === undefined ? {} : { nodeId }),
  });
}

function fail(reason: string, nodeId?: string): never {
  throw impossible(reason, nodeId);
}
