import type pg from 'pg';
import type { Logger } from 'pino';
import { CAPABILITIES, type Capability } from '../modules/define.js';
import type { ClaimedNode, Finish, Progress } from '../runtime/engine/engine.js';
import type { Handled, NodeJob, ReadyNode } from '../runtime/queues/queues.js';
import { LIGHT } from './capabilities.js';
import type { Taken } from './engineSteps.js';
import { HeldRuns } from './heldRuns.js';
import type { Pace } from './pace.js';
import type { StopReason } from './runNode.js';

export interface ExecutorParts {
  workerId: string;
  pool: pg.Pool;
  log: Logger;
  /** How many nodes of a capability run at once; 0: none. */
  slots: Record<Capability, number>;
  pace: Pace;
  /** Runs a claimed node; the end of that comes first, then those of nodes that ran ahead of their claim. */
  run(node: ClaimedNode, stop: AbortController): Promise<Finish[]>;
  /** Makes jobs of nodes; does not fail, as the sweeper writes again what could not be written. */
  enqueue(nodes: ReadyNode[]): Promise<void>;
}

/** A finished attempt's lane waits for the engine's answer: another node of its capability, or null. */
interface Report {
  ends: Finish[];
  capability: Capability;
  next(after: After): void;
}
/** What the engine says to a finished attempt. */
interface After {
  /** Another node of its capability. */
  node: ClaimedNode | null;
  /** The database knows nothing of the attempt: somebody else has the node by now, or its claim was lost. */
  isRefused: boolean;
}
interface Claim {
  job: NodeJob;
  /** Null: there is nothing to attempt any more. `held`: not now. */
  answer(node: ClaimedNode | null | 'held'): void;
}

/** Runs nodes in lanes, one a slot. All that is to be written at one moment (ends, progress, claims) goes to the engine in one round trip,
 * and while that is under way the next batch gathers: the busier the worker, the larger the batches. */
export class Executor {
  private readonly busy = Object.fromEntries(CAPABILITIES.map((c) => [c, 0])) as Record<Capability, number>;
  private readonly waitingForSlot = Object.fromEntries(CAPABILITIES.map((c) => [c, []])) as unknown as Record<
    Capability,
    (() => void)[]
  >;
  private reports: Report[] = [];
  private claims: Claim[] = [];
  private progress: Progress[] = [];
  /** Ready nodes this worker keeps for itself because it will get to them in no time. */
  private readonly backlog = Object.fromEntries(CAPABILITIES.map((c) => [c, []])) as unknown as Record<
    Capability,
    ReadyNode[]
  >;
  private readonly running = new Map<string, { node: ClaimedNode; stop: AbortController }>();
  private isFlushing = false;
  private isDraining = false;
  private readonly steps: HeldRuns;

  constructor(private readonly parts: ExecutorParts) {
    const ofEnds = () => this.reports.flatMap(({ ends }) => ends.map(({ token }) => token));
    this.steps = new HeldRuns({
      ...parts,
      known: () => [...this.running.keys(), ...ofEnds()],
      onFree: () => this.schedule(),
    });
  }

  /** Takes a queue job: claims its node and runs it, and whatever follows in the same lane. Resolves when the lane is free again. */
  async handle(capability: Capability, job: NodeJob): Promise<Handled> {
    if (this.isDraining) return 'later';
    await this.takeSlot(capability);
    const node = await new Promise<ClaimedNode | null | 'held'>((answer) => {
      this.claims.push({ job, answer });
      this.schedule();
    });
    const isRefused = await this.lane(capability, node === 'held' ? null : node);
    // A database that crashed may have forgotten the claim: then the node is ready again, and this is its only job.
    return node === 'held' || isRefused ? 'later' : 'done';
  }

  report(progress: Progress): void {
    this.progress.push(progress);
    this.schedule();
  }

  /** Nodes under way, for heartbeats. */
  held(): { runId: string; idx: number; token: string }[] {
    return [...this.running.values()].map(({ node: { runId, idx, token } }) => ({ runId, idx, token }));
  }

  /** Tells running nodes to stop: those of a run, or those with a token. */
  stop(which: { runId: string } | { token: string }, reason: StopReason): void {
    for (const { node, stop } of this.running.values())
      if ('token' in which ? node.token === which.token : node.runId === which.runId) stop.abort(reason);
  }

  /** Finishes what runs, gives the rest back. After `graceMs` running nodes are stopped and released to other workers; runs that others
   * still hold then are left to the sweeper. */
  async drain(graceMs: number): Promise<void> {
    this.isDraining = true;
    const kept = CAPABILITIES.flatMap((capability) => this.backlog[capability].splice(0));
    await this.putBack(kept);
    const releaseAll = setTimeout(() => {
      for (const { stop } of this.running.values()) stop.abort('shutdown' satisfies StopReason);
      this.steps.giveUp();
    }, graceMs);
    const isBusy = () => this.running.size > 0 || this.isFlushing || this.reports.length > 0 || this.claims.length > 0;
    while (isBusy() || this.steps.isWaiting()) await new Promise((resolve) => setTimeout(resolve, 20));
    clearTimeout(releaseAll);
  }

  /** @returns whether the end of the first node was refused. */
  private async lane(capability: Capability, first: ClaimedNode | null): Promise<boolean> {
    let isRefused = false;
    for (let node = first; node; ) {
      const after = await this.runOne(capability, node);
      if (node === first) isRefused = after.isRefused;
      node = after.node;
    }
    this.busy[capability] -= 1;
    this.waitingForSlot[capability].shift()?.();
    if (this.canTakeKept()) this.schedule();
    return isRefused;
  }

  private async runOne(capability: Capability, node: ClaimedNode): Promise<After> {
    const stop = new AbortController();
    this.running.set(node.token, { node, stop });
    const ends = await this.parts.run(node, stop);
    this.running.delete(node.token);
    return new Promise((next) => {
      this.reports.push({ ends, capability, next });
      this.schedule();
    });
  }

  private async takeSlot(capability: Capability): Promise<void> {
    while (this.busy[capability] >= this.parts.slots[capability])
      await new Promise<void>((resolve) => this.waitingForSlot[capability].push(resolve));
    this.busy[capability] += 1;
  }

  private schedule(): void {
    if (this.isFlushing) return;
    this.isFlushing = true;
    void this.flush();
  }

  private async flush(): Promise<void> {
    const isDue = () => this.reports.length > 0 || this.claims.length > 0 || this.progress.length > 0;
    while (isDue() || this.steps.isDue() || this.canTakeKept()) {
      // After the current turn: what else ends in it, quick nodes that were just claimed among them, goes along.
      await new Promise(setImmediate);
      const reports = this.reports.splice(0);
      const claims = this.claims.splice(0);
      const progress = this.progress.splice(0);
      const wanted = this.wanted(reports);
      const fromBacklog = CAPABILITIES.flatMap((capability) => this.backlog[capability].splice(0, wanted[capability]));
      for (const { capability } of fromBacklog) wanted[capability] -= 1;
      const taken = await this.steps.take({
        finish: reports.flatMap(({ ends }) => ends),
        progress,
        claim: [...claims.map(({ job }) => job), ...fromBacklog.map(({ runId, idx }) => ({ runId, idx }))],
        slots: wanted,
      });
      this.deal(taken, reports, claims);
      void this.putBack(fromBacklog.filter(({ runId }) => taken.held.includes(runId)));
    }
    this.isFlushing = false;
  }

  /** A node was kept and the lane it was kept for has ended without coming by. */
  private canTakeKept(): boolean {
    return CAPABILITIES.some((c) => this.backlog[c].length > 0 && this.busy[c] < this.parts.slots[c]);
  }

  /** How many more nodes of each capability could start with this batch: the lanes that just ended, and free slots of light capabilities. */
  private wanted(reports: Report[]): Record<Capability, number> {
    const wanted = Object.fromEntries(CAPABILITIES.map((c) => [c, 0])) as Record<Capability, number>;
    if (this.isDraining) return wanted;
    // What a shadow run goes on with waits its turn behind everything else.
    for (const { capability, ends } of reports) if (!ends[0]?.isShadow) wanted[capability] += 1;
    for (const capability of LIGHT)
      wanted[capability] += Math.max(0, this.parts.slots[capability] - this.busy[capability]);
    return wanted;
  }

  /** Hands the claimed nodes to lanes, and the rest of the ready ones to the backlog or the queue. */
  private deal({ claimed, ready, refused, held }: Taken, reports: Report[], claims: Claim[]): void {
    for (const token of refused) this.parts.log.warn({ token }, 'a result came too late and was refused');
    const byJob = new Map(claimed.map((node) => [`${node.runId} ${node.idx}`, node]));
    const take = (key: string) => {
      const node = byJob.get(key) ?? null;
      byJob.delete(key);
      return node;
    };
    for (const { job, answer } of claims) answer(held.includes(job.runId) ? 'held' : take(`${job.runId} ${job.idx}`));
    const free = [...byJob.values()];
    for (const { capability, ends, next } of reports) {
      const at = free.findIndex((node) => node.capability === capability);
      const isRefused = ends.some(({ token }) => refused.includes(token));
      next({ node: at < 0 ? null : free.splice(at, 1)[0]!, isRefused });
    }
    for (const node of free) {
      this.busy[node.capability] += 1;
      void this.lane(node.capability, node);
    }
    const shadows = new Set(
      reports.flatMap(({ ends }) => ends.filter(({ isShadow }) => isShadow).map(({ runId }) => runId)),
    );
    const away = ready
      .filter((node) => !this.keep(node))
      .map((node) => (shadows.has(node.runId) ? { ...node, isShadow: true } : node));
    void this.putBack(away);
  }

  /** Makes jobs of ready nodes, for whoever gets to them first. */
  private async putBack(nodes: ReadyNode[]): Promise<void> {
    if (nodes.length > 0) await this.parts.enqueue(nodes);
  }

  private keep(node: ReadyNode): boolean {
    const { capability, step, delayMs } = node;
    if (this.isDraining || delayMs || !LIGHT.has(capability) || this.busy[capability] === 0) return false;
    if (this.backlog[capability].length >= this.parts.pace.withinReach(step, this.parts.slots[capability]))
      return false;
    this.backlog[capability].push(node);
    return true;
  }
}
