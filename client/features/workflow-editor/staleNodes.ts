import { sameJson } from '../../components/sameJson.js';
import type { GraphEdge, GraphNode, WorkflowGraph } from '../../shared/graph/graphModel.js';

/** Why what a run shows of a node is not what the graph would make now.
 * `new`: the run had no such node. `changed`: its settings or what is connected to its inputs. `fed`: something it depends on. */
export type Staleness = 'new' | 'changed' | 'fed';

/** All of a node that says what is made: not where it stands and what it is called. */
const workOf = ({ ui: _ui, params = {}, ...rest }: GraphNode) => ({ ...rest, params });

/** The edges into each node, port by port; a port of many takes them in their order. */
function feedsOf(graph: WorkflowGraph): Map<string, GraphEdge[]> {
  const feeds = new Map<string, GraphEdge[]>();
  for (const edge of graph.edges) feeds.set(edge.to.node, [...(feeds.get(edge.to.node) ?? []), edge]);
  for (const edges of feeds.values()) edges.sort((a, b) => a.to.port.localeCompare(b.to.port));
  return feeds;
}

/** Nodes whose state in a run is out of date, since the graph was edited after the run was asked for. */
export function staleNodes(ran: WorkflowGraph, present: WorkflowGraph): ReadonlyMap<string, Staleness> {
  const stale = new Map<string, Staleness>();
  const before = new Map(ran.nodes.map((node) => [node.id, node]));
  const [fedBefore, fed] = [feedsOf(ran), feedsOf(present)];
  for (const node of present.nodes) {
    const was = before.get(node.id);
    if (!was) stale.set(node.id, 'new');
    else if (!sameJson(workOf(was), workOf(node)) || !sameJson(fedBefore.get(node.id), fed.get(node.id)))
      stale.set(node.id, 'changed');
  }
  const takers = new Map<string, string[]>();
  for (const { from, to } of present.edges) takers.set(from.node, [...(takers.get(from.node) ?? []), to.node]);
  const open = [...stale.keys()];
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const taker of takers.get(id) ?? []) {
      if (stale.has(taker)) continue;
      stale.set(taker, 'fed');
      open.push(taker);
    }
  return stale;
}
