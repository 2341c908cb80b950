import type { Capability } from '../modules/define.js';
import type { ClaimedNode, Finish } from '../runtime/engine/engine.js';
import type { PortValues } from '../runtime/runs/nodeInputs.js';
import type { Plan, PlannedNode } from '../workflow/plan.js';
import { LIGHT } from './capabilities.js';
import type { Pace } from './pace.js';
import type { Plans } from './plans.js';
import type { StopReason } from './runNode.js';

export interface RunAheadParts {
  plans: Plans;
  pace: Pace;
  /** How many nodes of a capability run at once here; 0: none. */
  slots: Record<Capability, number>;
  run(node: ClaimedNode, stop: AbortController): Promise<Finish>;
}

/** Nodes are run ahead while they are expected to take no longer than this together, and are so few. */
const BUDGET_MS = 5;
const MOST = 64;
/** What is not done by then is stopped, and left to be claimed. */
const GIVE_UP_MS = 200;

/** Runs a claimed node and then, ahead of their claims, those that need nothing but what just succeeded here: quick ones without effects.
 * Whoever holds a node also holds what depends on it alone, for nobody can begin that before; so all of them are recorded in one
 * step, under the token of the first, or not at all. An effect always waits until what it depends on is on record.
 * @returns the ends in plan order, the claimed node's first. What did not succeed ahead is not among the others: it is claimed like any node. */
export async function runAhead(parts: RunAheadParts, claimed: ClaimedNode, stop: AbortController): Promise<Finish[]> {
  const first = await timed(parts, claimed, stop);
  const ends = [first];
  if (first.outcome !== 'succeeded' || stop.signal.aborted) return ends;
  const plan = await parts.plans.get(claimed.planHash);
  const outputs = new Map<number, PortValues>([[claimed.idx, first.outputs ?? {}]]);
  const budget = { ms: BUDGET_MS, nodes: MOST };
  const running = new Set<AbortController>();
  let isStopped = false;
  const stopAll = (reason: StopReason) => {
    isStopped = true;
    for (const each of running) each.abort(reason);
  };
  const runOne = (node: PlannedNode) => {
    const own = new AbortController();
    running.add(own);
    return timed(parts, asClaimed(node, claimed, outputs), own).finally(() => running.delete(own));
  };
  const giveUp = setTimeout(() => stopAll('fenced'), GIVE_UP_MS);
  const stopToo = () => stopAll(stop.signal.reason);
  stop.signal.addEventListener('abort', stopToo);
  try {
    for (let wave = [claimed.idx]; wave.length > 0 && !isStopped; ) {
      const next = affordable(parts, successorsOf(plan, wave, outputs), claimed, budget);
      const ended = await Promise.all(next.map(runOne));
      const succeeded = ended.filter(({ outcome }) => outcome === 'succeeded');
      for (const end of succeeded) outputs.set(end.idx, end.outputs ?? {});
      ends.push(...succeeded.map((end) => ({ ...end, token: claimed.token, ahead: claimed.idx })));
      wave = succeeded.map(({ idx }) => idx);
    }
  } finally {
    clearTimeout(giveUp);
    stop.signal.removeEventListener('abort', stopToo);
  }
  return ends;
}

/** Nodes that the last of their predecessors in `wave` has made ready, none of them recorded elsewhere. */
function successorsOf(plan: Plan, wave: number[], outputs: ReadonlyMap<number, unknown>): PlannedNode[] {
  const followers = [...new Set(wave.flatMap((idx) => plan.nodes[idx]!.successors))].sort((a, b) => a - b);
  return followers
    .map((idx) => plan.nodes[idx]!)
    .filter(({ idx, predecessors }) => !outputs.has(idx) && predecessors.every((other) => outputs.has(other)));
}

/** As many of them as may run ahead and fit what is left of the budget, which they are taken from. */
function affordable(
  { pace, slots }: RunAheadParts,
  nodes: PlannedNode[],
  claimed: ClaimedNode,
  budget: { ms: number; nodes: number },
): PlannedNode[] {
  return nodes.filter((node) => {
    if (node.determinism === 'effect' || !LIGHT.has(node.capability) || slots[node.capability] === 0) return false;
    // The entry only comes with a claimed node that uses it.
    if (claimed.entry === null && usesEntry(node)) return false;
    const expectedMs = pace.expectedMs(node.step);
    if (expectedMs === undefined || expectedMs > budget.ms || budget.nodes === 0) return false;
    budget.ms -= expectedMs;
    budget.nodes -= 1;
    return true;
  });
}

const usesEntry = ({ bindings }: PlannedNode) =>
  Object.values(bindings).some((list) => list.some(({ from }) => from === 'entry'));

const asClaimed = (node: PlannedNode, claimed: ClaimedNode, outputs: ReadonlyMap<number, PortValues>): ClaimedNode => ({
  ...claimed,
  idx: node.idx,
  nodeId: node.id,
  step: node.step,
  capability: node.capability,
  attempt: 1,
  maxAttempts: 1,
  backoffMs: 0,
  deps: Object.fromEntries(node.predecessors.map((idx) => [idx, outputs.get(idx)!])),
});

async function timed({ pace, run }: RunAheadParts, node: ClaimedNode, stop: AbortController): Promise<Finish> {
  const startedAt = performance.now();
  const end = await run(node, stop);
  pace.record(node.step, performance.now() - startedAt);
  return end;
}
