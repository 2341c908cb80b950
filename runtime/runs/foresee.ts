import type { ProductionModule } from '../../modules/define.js';
import { ModuleError } from '../../modules/errors.js';
import type { JsonObject } from '../../modules/json.js';
import { moduleOf, type Plan, type PlannedNode } from '../../workflow/plan.js';
import type { ArtifactStore } from '../artifacts/store.js';
import type { PreflightDesk } from '../preflight/desk.js';
import { artifactsIn, boundInputs, type PortValue, type PortValues } from './nodeInputs.js';
import { knownIdentity, readyNode } from './nodePorts.js';
import { type Expected, expectedOutcomes, type Identity, type LookedAt } from './outcomes.js';

/** What will become of a planned node. */
export interface ForeseenNode extends Expected {
  node: PlannedNode;
  /** Null: only the run can tell. */
  outputs: PortValues | null;
  /** The files among its outputs can be read. */
  hasFiles: boolean;
  /** What it would fail with. */
  problem: ModuleError | null;
  /** What its result is kept under, as far as it is known; null: it is not kept, or it fails. */
  identity: Identity | null;
}

/** A node by itself, seen from what is before it. */
interface SeenNode extends Omit<ForeseenNode, 'dependsOn'> {
  /** Of its outputs it is known what is in them, and not yet what will be said of them. */
  isOutline: boolean;
  lacking: readonly string[];
}

/** Goes through a plan as a run would, level by level (plans are sorted by it): looks results up, and tries out what is quick and without
 * effects, so that it is known what they make; some only hand on what they were given. Pure modules make the same of the same, so what a node hands on that only lacks its
 * files is known as well. */
export async function foresee(desk: PreflightDesk, plan: Plan, entry: JsonObject): Promise<ForeseenNode[]> {
  const seen: SeenNode[] = [];
  for (let level = 0; seen.length < plan.nodes.length; level += 1) {
    const nodes = plan.nodes.filter((node) => node.level === level);
    seen.push(...(await Promise.all(nodes.map((node) => foreseeNode(desk, node, seen, entry)))));
  }
  const expected = expectedOutcomes(plan, seen.map(lookedAt));
  return seen.map(({ node, outputs, hasFiles, problem, identity }, idx) => ({
    ...{ node, outputs, hasFiles, problem, identity },
    ...expected[idx]!,
  }));
}

const lookedAt = ({ node, outcomes, outputs, problem, identity, lacking }: SeenNode): LookedAt => ({
  ...{ node, outcomes, identity, lacking },
  files: outputs && artifactsIn(outputs).map(({ sha256 }) => sha256),
  fails: problem !== null,
});

async function foreseeNode(
  desk: PreflightDesk,
  node: PlannedNode,
  seen: readonly SeenNode[],
  entry: JsonObject,
): Promise<SeenNode> {
  const plain: SeenNode = {
    ...{ node, outcomes: ['runs'], outputs: null, hasFiles: false, isOutline: false },
    ...{ problem: null, identity: null, lacking: [] },
  };
  if (node.predecessors.some((idx) => seen[idx]!.problem || seen[idx]!.outcomes[0] === 'skipped'))
    return { ...plain, outcomes: ['skipped'] };
  const module = moduleOf(node, desk.platform.definition);
  if (!module || node.determinism !== 'pure') return plain;
  const outputsOf = (idx: number) => seen[idx]!.outputs;
  const identity = knownIdentity(module, node, outputsOf, entry);
  const runs: SeenNode = { ...plain, identity };
  if (node.predecessors.some((idx) => !outputsOf(idx)))
    return (await desk.cache.hasLike(identity)) ? { ...runs, outcomes: ['cached', 'runs'] } : runs;
  try {
    const ready = readyNode(module, node, outputsOf, entry);
    const cacheKey = ready.cacheKey!;
    const earlier = await desk.cache.earlier(cacheKey);
    if (earlier && earlier.lacking.length === 0)
      return { ...runs, outcomes: ['cached'], outputs: earlier.outputs, hasFiles: true };
    const lacking = earlier?.lacking ?? [];
    const bound = boundInputs(node, module, outputsOf, entry);
    const isTold = node.predecessors.every((idx) => !seen[idx]!.isOutline);
    // Not where a file is only going to be made again.
    if (node.capability === 'cpu' && isTold && (await hasFiles(desk.store, bound)))
      return { ...runs, lacking, outputs: await desk.tryOut(module, { ...ready, cacheKey }), hasFiles: true };
    const outline = earlier ? null : handedOn(module, bound);
    return { ...runs, lacking, outputs: earlier?.outputs ?? outline, isOutline: outline !== null };
  } catch (error) {
    if (error instanceof ModuleError) return { ...plain, problem: error };
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
