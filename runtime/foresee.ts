import type { ProductionModule } from '../modules/define.js';
import { ModuleError } from '../modules/errors.js';
import type { JsonObject } from '../modules/json.js';
import { moduleOf, type Plan, type PlannedNode } from '../workflow/plan.js';
import type { ArtifactStore } from './artifacts/store.js';
import { artifactsIn, boundInputs, type PortValue, type PortValues } from './nodeInputs.js';
import { knownKeyParts, readyNode } from './nodePorts.js';
import type { PreflightDesk } from './preflightDesk.js';

/** What becomes of a node. `cached`: its outputs are there from an earlier run. `runs`: they are not. `depends`: it runs, unless what
 * runs before it makes the very files that an earlier run went on from, with the same params and everything else the same. `skipped`: what it depends on would fail. */
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
  /** Of its outputs it is known what is in them, and not yet what will be said of them. */
  isOutline: boolean;
  /** What it would fail with. */
  problem: ModuleError | null;
}

/** Goes through a plan as a run would, level by level (plans are sorted by it): looks results up, and tries out what is quick and without
 * effects, so that it is known what they make; some only hand on what they were given. Pure modules make the same of the same, so what a node hands on that only lacks its
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
  const runs: ForeseenNode = {
    node,
    forecast: 'runs',
    outputs: null,
    hasFiles: false,
    isOutline: false,
    problem: null,
  };
  if (node.predecessors.some((idx) => seen[idx]!.problem || seen[idx]!.forecast === 'skipped'))
    return { ...runs, forecast: 'skipped' };
  const module = moduleOf(node, desk.platform.definition);
  if (!module || node.determinism !== 'pure') return runs;
  const outputsOf = (idx: number) => seen[idx]!.outputs;
  if (node.predecessors.some((idx) => !outputsOf(idx))) {
    const parts = knownKeyParts(module, node, outputsOf, entry);
    return { ...runs, forecast: (await desk.cache.hasLike(parts)) ? 'depends' : 'runs' };
  }
  try {
    const ready = readyNode(module, node, outputsOf, entry);
    const cacheKey = ready.cacheKey!;
    const earlier = await desk.cache.earlier(cacheKey);
    if (earlier?.isWhole) return { ...runs, forecast: 'cached', outputs: earlier.outputs, hasFiles: true };
    const bound = boundInputs(node, module, outputsOf, entry);
    const isTold = node.predecessors.every((idx) => !seen[idx]!.isOutline);
    // Not where a file is only going to be made again.
    if (node.capability === 'cpu' && isTold && (await hasFiles(desk.store, bound)))
      return { ...runs, outputs: await desk.tryOut(module, { ...ready, cacheKey }), hasFiles: true };
    const outline = earlier ? null : handedOn(module, bound);
    return { ...runs, outputs: earlier?.outputs ?? outline, isOutline: outline !== null };
  } catch (error) {
    if (error instanceof ModuleError) return { ...runs, problem: error };
    throw error;
  }
}

/** The outputs of a module all of which are files that it was given; null: not of this module. */
function handedOn({ handsOn = {}, outputs }: ProductionModule, bound: Record<string, PortValue[]>): PortValues | null {
  const ports = Object.keys(outputs).map((port) => [port, bound[handsOn[port] ?? '']?.[0]] as const);
  return ports.every(([, value]) => value) ? (Object.fromEntries(ports) as PortValues) : null;
}

async function hasFiles(store: ArtifactStore, values: PortValues): Promise<boolean> {
  const sizes = await Promise.all(artifactsIn(values).map(({ sha256 }) => store.byteSize(sha256)));
  return !sizes.includes(null);
}
