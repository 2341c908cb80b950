import type { Plan } from './plan.js';

/** The same plan, in which a node, its parts and all that depends on it are made anew, whatever is kept of earlier results.
 * @param nodeId - of a node of the graph, or of a part. */
export function freshFrom(plan: Plan, nodeId: string): Plan {
  const fresh = new Set<number>();
  for (const { idx, id, part, predecessors } of plan.nodes)
    if (id === nodeId || part?.nodeId === nodeId || predecessors.some((before) => fresh.has(before))) fresh.add(idx);
  const nodes = plan.nodes.map(({ isFresh: _, ...node }) =>
    fresh.has(node.idx) ? { ...node, isFresh: true as const } : node,
  );
  return { ...plan, nodes };
}
