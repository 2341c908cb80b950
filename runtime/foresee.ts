import { ModuleError } from '../modules/errors.js';
import type { JsonObject } from '../modules/json.js';
import { moduleOf, type Plan, type PlannedNode } from '../workflow/plan.js';
import type { ArtifactStore } from './artifacts/store.js';
import { artifactsIn, boundInputs, type PortValues } from './nodeInputs.js';
import { readyNode } from './nodePorts.js';
import type { PreflightDesk } from './preflightDesk.js';

/** What becomes of a node. `cached`: its outputs are there from an earlier run. `runs`: they are not. `depends`: it runs, unless what
 * runs before it makes the same as in an earlier run. `skipped`: what it depends on would fail. */
export const FORECASTS = ['cached', 'runs', 'depends', 'skipped'] as const;
export type Forecast = (typeof FORECASTS)[number];

/** What will become of a planned node. */
export interface ForeseenNode {
  node: PlannedNode;
  forecast: Forecast;
  /** Null: only the run can tell. */
  outputs: PortValues | null;
  /** The files among its outputs can be read. */
  hasFiles: boolean;
  /** What it would fail with. */
  problem: ModuleError | null;
}

/** Goes through a plan as a run would, level by level (plans are sorted by it): looks results up, and tries out what is quick and without
 * effects, so that it is known what they hand on. Pure modules make the same of the same, so what a node hands on that only lacks its
 * files is known as well. */
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
  const runs: ForeseenNode = { node, forecast: 'runs', outputs: null, hasFiles: false, problem: null };
  if (node.predecessors.some((idx) => seen[idx]!.problem || seen[idx]!.forecast === 'skipped'))
    return { ...runs, forecast: 'skipped' };
  const module = moduleOf(node, desk.platform.definition);
  if (!module || node.determinism !== 'pure') return runs;
  if (node.predecessors.some((idx) => !seen[idx]!.outputs))
    return { ...runs, forecast: (await desk.cache.hasResultsOf(module.key)) ? 'depends' : 'runs' };
  const outputsOf = (idx: number) => seen[idx]!.outputs;
  try {
    const ready = readyNode(module, node, outputsOf, entry);
    const cacheKey = ready.cacheKey!;
    const earlier = await desk.cache.earlier(cacheKey);
    if (earlier?.isWhole) return { ...runs, forecast: 'cached', outputs: earlier.outputs, hasFiles: true };
    // Not where a file is only going to be made again.
    if (node.capability === 'cpu' && (await hasFiles(desk.store, boundInputs(node, module, outputsOf, entry))))
      return { ...runs, outputs: await desk.tryOut(module, { ...ready, cacheKey }), hasFiles: true };
    return { ...runs, outputs: earlier?.outputs ?? null };
  } catch (error) {
    if (error instanceof ModuleError) return { ...runs, problem: error };
    throw error;
  }
}

async function hasFiles(store: ArtifactStore, values: PortValues): Promise<boolean> {
  const sizes = await Promise.all(artifactsIn(values).map(({ sha256 }) => store.byteSize(sha256)));
  return !sizes.includes(null);
}
