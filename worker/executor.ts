import type pg from 'pg';
import type { Logger } from 'pino';
import { CAPABILITIES, type Capability } from '../modules/define.js';
import {
  type Advance,
  type Advanced,
  advance,
  type ClaimedNode,
  type Finish,
  type NodeFailure,
  type Progress,
} from '../runtime/engine/engine.js';
import type { NodeJob, ReadyNode } from '../runtime/queues.js';
import { LIGHT } from './capabilities.js';
import { releaseOfLostClaims } from './lostClaims.js';
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
  enqueue(nodes: ReadyNode[]): Promise<void>;
}

/** A finished attempt's lane waits for the engine's answer: another node of its capability, or null. */
interface Report {
  ends: Finish[];
  capability: Capability;
  next(node: ClaimedNode | null): void;
}
interface Claim {
  job: NodeJob;
  answer(node: ClaimedNode | null): void;
}

const RECONNECT_MS = { first: 200, most: 5_000 };

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
  /** Tokens the engine has handed to a step that is not dealt out yet. */
  private readonly handed = new Set<string>();
  private readonly running = new Map<string, { node: ClaimedNode; stop: AbortController }>();
  private isFlushing = false;
  private isDraining = false;

  constructor(private readonly parts: ExecutorParts) {}

  /** Takes a queue job: claims its node and runs it, and whatever follows in the same lane. Resolves when the lane is free again. */
  async handle(capability: Capability, job: NodeJob): Promise<void> {
    // The node stays ready; the sweeper of another worker finds it.
    if (this.isDraining) return;
    await this.takeSlot(capability);
    const node = await new Promise<ClaimedNode | null>((answer) => {
      this.claims.push({ job, answer });
      this.schedule();
    });
    await this.lane(capability, node);
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

  /** Finishes what runs, gives the rest back. After `graceMs` running nodes are stopped and released to other workers. */
  async drain(graceMs: number): Promise<void> {
    this.isDraining = true;
    const kept = CAPABILITIES.flatMap((capability) => this.backlog[capability].splice(0));
    if (kept.length > 0) await this.parts.enqueue(kept);
    const releaseAll = setTimeout(() => {
      for (const { stop } of this.running.values()) stop.abort('shutdown' satisfies StopReason);
    }, graceMs);
    while (this.running.size > 0 || this.isFlushing || this.reports.length > 0 || this.claims.length > 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
    clearTimeout(releaseAll);
  }

  private async lane(capability: Capability, first: ClaimedNode | null): Promise<void> {
    for (let node = first; node; ) node = await this.runOne(capability, node);
    this.busy[capability] -= 1;
    this.waitingForSlot[capability].shift()?.();
    if (this.canTakeKept()) this.schedule();
  }

  private async runOne(capability: Capability, node: ClaimedNode): Promise<ClaimedNode | null> {
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
    while (this.reports.length > 0 || this.claims.length > 0 || this.progress.length > 0 || this.canTakeKept()) {
      // After the current turn: what else ends in it, quick nodes that were just claimed among them, goes along.
      await new Promise(setImmediate);
      const reports = this.reports.splice(0);
      const claims = this.claims.splice(0);
      const progress = this.progress.splice(0);
      const wanted = this.wanted(reports);
      const fromBacklog = CAPABILITIES.flatMap((capability) => this.backlog[capability].splice(0, wanted[capability]));
      for (const { capability } of fromBacklog) wanted[capability] -= 1;
      const result = await this.advance({
        finish: reports.flatMap(({ ends }) => ends),
        progress,
        claim: [...claims.map(({ job }) => job), ...fromBacklog.map(({ runId, idx }) => ({ runId, idx }))],
        slots: wanted,
      });
      this.deal(result, reports, claims);
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
  private deal({ claimed, ready, refused }: Advanced, reports: Report[], claims: Claim[]): void {
    this.handed.clear();
    for (const token of refused) this.parts.log.warn({ token }, 'a result came too late and was refused');
    const byJob = new Map(claimed.map((node) => [`${node.runId} ${node.idx}`, node]));
    const take = (key: string) => {
      const node = byJob.get(key) ?? null;
      byJob.delete(key);
      return node;
    };
    for (const { job, answer } of claims) answer(take(`${job.runId} ${job.idx}`));
    const free = [...byJob.values()];
    for (const { capability, next } of reports) {
      const at = free.findIndex((node) => node.capability === capability);
      next(at < 0 ? null : free.splice(at, 1)[0]!);
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
    if (away.length > 0)
      void this.parts
        .enqueue(away)
        .catch((err) => this.parts.log.error({ err }, 'jobs could not be written; the sweeper will write them again'));
  }

  private keep(node: ReadyNode): boolean {
    const { capability, step, delayMs } = node;
    if (this.isDraining || delayMs || !LIGHT.has(capability) || this.busy[capability] === 0) return false;
    if (this.backlog[capability].length >= this.parts.pace.withinReach(step, this.parts.slots[capability]))
      return false;
    this.backlog[capability].push(node);
    return true;
  }

  /** A database that is away must not lose an end: the batch is kept and tried again. If the lost try did get through, the
   * engine refuses the second one by its tokens, and what the first one claimed for us is given back. */
  private async advance(step: Advance): Promise<Advanced> {
    let answer: { value: Advanced; tries: number };
    try {
      answer = await this.untilReached(() => advance(this.parts.pool, this.parts.workerId, step));
    } catch (err) {
      return this.isolate(step, err);
    }
    for (const { token } of answer.value.claimed) this.handed.add(token);
    return answer.tries === 1 ? answer.value : merged([answer.value, await this.releaseLost()]);
  }

  /** To be called between two steps only: `flush` makes one at a time, and the step that just got through locked the same runs
   * as the lost one, so that the lost one has either been committed by now or never will be. */
  private async releaseLost(): Promise<Advanced> {
    const ended = this.reports.flatMap(({ ends }) => ends.map(({ token }) => token));
    const known = new Set([...this.running.keys(), ...this.handed, ...ended]);
    const { value: finish } = await this.untilReached(() =>
      releaseOfLostClaims(this.parts.pool, this.parts.workerId, known),
    );
    if (finish.length === 0) return NOTHING;
    this.parts.log.warn({ nodes: finish.length }, 'nodes whose claim was lost with the connection are given back');
    return this.advance({ finish, progress: [], claim: [], slots: {} });
  }

  private async untilReached<T>(work: () => Promise<T>): Promise<{ value: T; tries: number }> {
    for (let tries = 1, wait = RECONNECT_MS.first; ; tries += 1, wait = Math.min(RECONNECT_MS.most, wait * 2)) {
      try {
        return { value: await work(), tries };
      } catch (err) {
        if (!isPassing(err)) throw err;
        this.parts.log.error({ err, retryInMs: wait }, 'the run engine could not be reached');
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  /** The database answers but will not take the batch: one bad item must not hold up the others. An end it will not take becomes a failure. */
  private async isolate(step: Advance, err: unknown): Promise<Advanced> {
    const parts = singleSteps(step);
    if (parts.length > 1) {
      const results: Advanced[] = [];
      for (const part of parts) results.push(await this.advance(part));
      return merged(results);
    }
    const [end] = step.finish;
    const refusal = refusalOf(err);
    if (!refusal)
      this.parts.log.error({ err, runId: end?.runId, idx: end?.idx }, 'the run engine would not take a step');
    if (!end || end.failure?.code === UNRECORDABLE.code) return NOTHING;
    const failure = refusal ?? UNRECORDABLE;
    const finished = {
      type: 'node.finished',
      data: { status: 'failed', isCached: false, failure: { ...failure } },
    };
    const failed: Finish = {
      ...end,
      outcome: 'failed',
      outputs: null,
      cacheKey: null,
      artifacts: [],
      asset: null,
      notification: null,
      failure,
      events: [finished],
    };
    return this.advance({ ...step, finish: [failed] });
  }
}

const NOTHING: Advanced = { claimed: [], ready: [], refused: [] };

function merged(results: Advanced[]): Advanced {
  return {
    claimed: results.flatMap(({ claimed }) => claimed),
    ready: results.flatMap(({ ready }) => ready),
    refused: results.flatMap(({ refused }) => refused),
  };
}

const UNRECORDABLE: NodeFailure = {
  code: 'RESULT_NOT_RECORDED',
  message: 'The result of the step could not be recorded. The log of the worker has the details.',
  failureClass: 'crash',
  details: {},
};

/** What the database refuses on purpose: SQLSTATE HM409, a sentence for people and its code. */
function refusalOf(error: unknown): NodeFailure | null {
  const { code, message, detail } = error as { code?: unknown; message?: string; detail?: string };
  if (code !== 'HM409' || !message) return null;
  return { code: detail ?? 'CONFLICT', message, failureClass: 'input', details: {} };
}

function singleSteps({ finish, progress, claim, slots }: Advance): Advance[] {
  const none = { finish: [], progress: [], claim: [], slots: {} };
  return [
    ...finish.map((item) => ({
      ...none,
      finish: [item],
      slots: finish.length + progress.length + claim.length === 1 ? slots : {},
    })),
    ...progress.map((item) => ({ ...none, progress: [item] })),
    ...claim.map((item) => ({ ...none, claim: [item] })),
  ];
}

/** Not the batch's fault: no SQLSTATE at all (the connection), or one of the classes connection, resources, operator, system, or a deadlock. */
function isPassing(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || /^(08|53|57|58|40)/.test(code);
}
