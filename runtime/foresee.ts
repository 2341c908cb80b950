import { ModuleError } from '../modules/errors.js';
import type { JsonObject } from '../modules/json.js';
import { moduleOf, type Plan, type PlannedNode } from '../workflow/plan.js';
import type { PortValues } from './nodeInputs.js';
import { readyNode } from './nodePorts.js';
import type { PreflightDesk } from './preflightDesk.js';

/** What will become of a planned node. */
export interface ForeseenNode {
  node: PlannedNode;
  /** Its outputs are there from an earlier run. */
  isCached: boolean;
  /** Null: only the run can tell. */
  outputs: PortValues | null;
  /** What it would fail with. */
  problem: ModuleError | null;
}

/** Goes through a plan as a run would, level by level (plans are sorted by it): looks results up, and tries out what is quick and without effects, so that it is
 * known what they hand on. Everything behind a node whose outputs are not known yet will run. */
export async function foresee(desk: PreflightDesk, plan: Plan, entry: JsonObject): Promise<ForeseenNode[]> {
  const seen: ForeseenNode[] = [];
  for (let level = 0; seen.length < plan.nodes.length; level += 1) {
    const nodes = plan.nodes.filter((node) => node.level === level);
    seen.push(...(await Promise.all(nodes.map((node) => foreseeNode(desk, node, seen, entry)))));
  }
  return seen;
}

async function foreseeNode(
  desk: PreflightDesk,
  node: PlannedNode,
  seen: readonly ForeseenNode[],
  entry: JsonObject,
): Promise<ForeseenNode> {
  const runs: ForeseenNode = { node, isCached: false, outputs: null, problem: null };
  const module = moduleOf(node, desk.platform.definition);
  if (!module || node.determinism !== 'pure' || node.predecessors.some((idx) => !seen[idx]!.outputs)) return runs;
  try {
    const ready = readyNode(module, node, (idx) => seen[idx]!.outputs, entry);
    const cacheKey = ready.cacheKey!;
    const cached = await desk.cache.get(cacheKey);
    if (cached) return { ...runs, isCached: true, outputs: cached };
    return node.capability === 'cpu' ? { ...runs, outputs: await desk.tryOut(module, { ...ready, cacheKey }) } : runs;
  } catch (error) {
    if (error instanceof ModuleError) return { ...runs, problem: error };
    throw error;
  }
}
