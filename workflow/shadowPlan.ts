import type { WorkflowGraph } from './graph.js';
import type { Binding, Plan, PlannedNode } from './plan.js';

/** The module whose effect is written by whoever runs it, so that a shadow run can do all but that: it checks the contract and makes
 * the files that are compared. */
const PUBLISHES = 'output.publish_asset';

/** Whether a shadow run may run the node. */
export const mayRunInShadow = ({ determinism, moduleKey }: Pick<PlannedNode, 'determinism' | 'moduleKey'>): boolean =>
  determinism === 'pure' || moduleKey === PUBLISHES;

/** What of a plan a shadow run does: everything but nodes that act on the world, and what depends on them. */
export function shadowPlan({ graph, plan }: { graph: WorkflowGraph; plan: Plan }): {
  graph: WorkflowGraph;
  plan: Plan;
} {
  const kept: PlannedNode[] = [];
  const idxOf = new Map<number, number>();
  for (const node of plan.nodes) {
    if (!mayRunInShadow(node) || node.predecessors.some((idx) => !idxOf.has(idx))) continue;
    idxOf.set(node.idx, kept.length);
    kept.push(node);
  }
  const moved = (idxs: number[]) => idxs.flatMap((idx) => idxOf.get(idx) ?? []);
  const bindings = (of: Record<string, Binding[]>) =>
    Object.fromEntries(
      Object.entries(of).map(([port, list]) => [
        port,
        list.map((binding) => (binding.from === 'node' ? { ...binding, idx: idxOf.get(binding.idx)! } : binding)),
      ]),
    );
  const nodes = kept.map((node, idx) => ({
    ...node,
    idx,
    bindings: bindings(node.bindings),
    predecessors: moved(node.predecessors),
    successors: moved(node.successors),
  }));
  const ids = new Set(kept.map(({ id }) => id));
  return {
    graph: {
      ...graph,
      nodes: graph.nodes.filter(({ id }) => ids.has(id)),
      edges: graph.edges.filter(({ from, to }) => ids.has(from.node) && ids.has(to.node)),
    },
    plan: { ...plan, nodes, isShadow: true },
  };
}
