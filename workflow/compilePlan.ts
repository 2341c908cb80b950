import type { Part, ProductionModule } from '../modules/define.js';
import { DomainError } from '../modules/errors.js';
import { hasEntrySlot } from './families.js';
import type { GraphNode, NodeParams, WorkflowGraph } from './graph.js';
import { indexGraph, portOf } from './graphIndex.js';
import type { DefinitionLookup } from './nodeDefinition.js';
import type { Binding, PartOf, Plan, PlannedNode } from './plan.js';
import { levelsOf } from './topology.js';

/** Something to plan: a node of the graph, or one part of it. */
interface Item {
  node: GraphNode;
  module: ProductionModule;
  id: string;
  params: NodeParams;
  part?: PartOf;
  /** Edges that end here, in the order of the graph: from which item's port to which port of this. */
  incoming: { port: string; source: number; sourcePort: string }[];
}

/** Turns a valid graph and its effective params (`resolveParams`) into the order of work.
 * Nodes whose module shares its work out become their parts and themselves. What is planned is sorted by level, within a level as in
 * the graph. Unbound inputs that name an entry slot take it where the family has it.
 * @throws {DomainError} `PLAN_IMPOSSIBLE` when the graph has `error` findings that stand in the way (`validateGraph` says which). */
export function compilePlan(graph: WorkflowGraph, lookup: DefinitionLookup, params: Record<string, NodeParams>): Plan {
  const items = itemsOf(graph, lookup, params);
  const next: number[][] = items.map(() => []);
  for (const [target, { incoming }] of items.entries()) for (const { source } of incoming) next[source]!.push(target);
  const levels = levelsOf({ size: items.length, next }).map((level) => level ?? fail('it goes round in a circle'));
  const order = [...items.keys()].sort((a, b) => levels[a]! - levels[b]! || a - b);
  const idxOf = new Array<number>(order.length);
  for (const [idx, position] of order.entries()) idxOf[position] = idx;

  const nodes = order.map((position, idx): PlannedNode => {
    const { node, module, id, params, part, incoming } = items[position]!;
    const bound = incoming.map(({ port, source, sourcePort }) => ({
      port,
      binding: { from: 'node', idx: idxOf[source]!, port: sourcePort } satisfies Binding,
    }));
    return {
      idx,
      id,
      step: node.step,
      ...executionOf(node, module),
      params,
      bindings: bindInputs(graph, id, module, bound),
      predecessors: distinct(bound.map(({ binding }) => binding.idx)),
      successors: distinct(next[position]!.map((target) => idxOf[target]!)),
      onFailure: node.onFailure,
      level: levels[position]!,
      ...(part && { part }),
    };
  });
  return { family: graph.family, nodes };
}

/** Every node of the graph after its parts. */
function itemsOf(graph: WorkflowGraph, lookup: DefinitionLookup, params: Record<string, NodeParams>): Item[] {
  const index = indexGraph(graph, lookup);
  if (index.nodeIndex.size !== graph.nodes.length) throw impossible('two nodes have the same id');
  const items: Item[] = [];
  /** By node position: its own item, from which its edges go on. */
  const itemOf: number[] = [];
  const edgesTo = new Map<Item, readonly number[]>();
  for (const [position, node] of graph.nodes.entries()) {
    const { module } = index.definitions[position] ?? fail(`there is no node “${node.step}”`, node.id);
    const own = Object.hasOwn(params, node.id) ? params[node.id]! : fail('its params are not resolved', node.id);
    const edges = index.incoming[position]!;
    const item: Item = { node, module, id: node.id, params: own, incoming: [] };
    const { fanOut } = module;
    if (fanOut && !index.boundPorts(position).has(fanOut.into)) {
      const parts = fanOut.parts(own);
      const shares = parts.length > 1 ? parts : [];
      for (const [number, share] of shares.entries()) {
        item.incoming.push({ port: fanOut.into, source: items.length, sourcePort: fanOut.from });
        const part = partItem(item, share, number + 1);
        edgesTo.set(
          part,
          edges.filter((edge) => portOf(fanOut.module.inputContract, graph.edges[edge]!.to.port)),
        );
        items.push(part);
      }
    }
    edgesTo.set(item, edges);
    itemOf[position] = items.length;
    items.push(item);
  }
  if (index.ends.some(({ to }) => to === undefined))
    throw impossible('a connection ends at a node that does not exist');
  for (const [item, edges] of edgesTo) {
    for (const edgeIndex of edges) {
      const { from, to } = graph.edges[edgeIndex]!;
      const source =
        index.ends[edgeIndex]!.from ?? fail('a connection begins at a node that does not exist', item.node.id);
      const output = portOf(index.definitions[source]?.module.outputContract ?? {}, from.port);
      if (!output) throw impossible(`“${from.node}” has no output “${from.port}”`, item.node.id);
      item.incoming.push({ port: to.port, source: itemOf[source]!, sourcePort: from.port });
    }
  }
  return items;
}

function partItem({ node, module }: Item, { label, size, params }: Part, number: number): Item {
  const { module: own, unit } = module.fanOut!;
  return {
    node,
    module: own,
    id: `${node.id}/${number}`,
    params,
    part: { nodeId: node.id, label, size, unit },
    incoming: [],
  };
}

function executionOf(node: GraphNode, module: ProductionModule) {
  return {
    moduleKey: module.key,
    moduleVersion: module.version,
    contractEtag: module.etag,
    capability: module.execution.capability,
    determinism: module.execution.determinism,
    retry: node.retry ?? module.execution.retry,
    timeoutMs: node.timeoutMs ?? module.execution.timeoutMs,
  };
}

function bindInputs(
  graph: WorkflowGraph,
  nodeId: string,
  module: ProductionModule,
  incoming: { port: string; binding: Binding }[],
): Record<string, Binding[]> {
  const bindings: Record<string, Binding[]> = {};
  for (const { port, binding } of incoming) {
    const contract = portOf(module.inputContract, port) ?? fail(`it has no input “${port}”`, nodeId);
    const bound = Object.hasOwn(bindings, port) ? bindings[port]! : [];
    if (bound.length > 0 && !contract.many) throw impossible(`“${port}” takes one connection`, nodeId);
    bindings[port] = bound;
    bound.push(binding);
  }
  for (const [port, contract] of Object.entries(module.inputContract)) {
    if (Object.hasOwn(bindings, port)) continue;
    if (hasEntrySlot(graph.family, contract.entry)) bindings[port] = [{ from: 'entry', slot: contract.entry }];
    else if (contract.required) throw impossible(`nothing is connected to “${port}”`, nodeId);
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
