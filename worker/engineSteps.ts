import type pg from 'pg';
import type { Logger } from 'pino';
import {
  type Advance,
  type Advanced,
  advance,
  type Finish,
  heldRuns,
  isEmpty,
  type NodeFailure,
  onlyRuns,
  runsOf,
} from '../runtime/engine/engine.js';
import { releaseOfLostClaims } from './lostClaims.js';

export interface EngineStepsParts {
  workerId: string;
  pool: pg.Pool;
  log: Logger;
  /** Tokens the worker runs nodes under, or has not reported the end of. */
  known(): string[];
}

/** What came of a step. */
export interface Taken extends Advanced {
  /** Runs that others hold: nothing of them was written. */
  held: string[];
}

export const NOTHING: Taken = { claimed: [], ready: [], refused: [], held: [] };

const RECONNECT_MS = { first: 200, most: 5_000 };

/** The steps of a worker: a database that is away is waited for, and neither an item it will not take nor a run that others hold keeps
 * the rest from being written. */
export class EngineSteps {
  /** Tokens of the step under way: of what it ends, and of what the engine has handed to it. */
  private readonly inHand = new Set<string>();
  /** Runs of steps whose answer was lost, and of which none got through since. */
  private readonly inDoubt = new Set<string>();

  constructor(private readonly parts: EngineStepsParts) {}

  /** To be called one at a time, when what the last one claimed is dealt out. */
  async take(step: Advance): Promise<Taken> {
    this.inHand.clear();
    for (const { token } of step.finish) this.inHand.add(token);
    return this.advance(step);
  }

  /** A database that is away must not lose an end: the batch is kept and tried again. If the lost try did get through, the
   * engine refuses the second one by its tokens, and what the first one claimed for us is given back. */
  private async advance(step: Advance): Promise<Taken> {
    const runs = runsOf(step);
    let answer: Advanced;
    try {
      answer = await this.untilReached(
        () => advance(this.parts.pool, this.parts.workerId, step),
        () => {
          for (const runId of runs) this.inDoubt.add(runId);
        },
      );
    } catch (err) {
      return isLocked(err) ? this.withoutHeld(step) : this.isolate(step, err);
    }
    for (const { token } of answer.claimed) this.inHand.add(token);
    return merged([{ ...answer, held: [] }, await this.releaseLost(runs)]);
  }

  /** Leaves out the runs whose rows others hold. Where it is something else that a step waits for, each run is tried alone to find whose. */
  private async withoutHeld(step: Advance): Promise<Taken> {
    const runs = runsOf(step);
    const held = await this.untilReached(() => heldRuns(this.parts.pool, runs));
    if (held.length > 0) {
      const rest = onlyRuns(step, (runId) => !held.includes(runId));
      return merged([{ ...NOTHING, held }, isEmpty(rest) ? NOTHING : await this.advance(rest)]);
    }
    if (runs.length === 1) return { ...NOTHING, held: runs };
    return this.each(runs.map((runId) => ({ ...onlyRuns(step, (other) => other === runId), slots: {} })));
  }

  /** @param runs those of a step that just got through: it locked them, so what was lost of them has either been committed by now
   * or never will be. */
  private async releaseLost(runs: string[]): Promise<Taken> {
    if (this.inDoubt.size === 0) return NOTHING;
    for (const runId of runs) this.inDoubt.delete(runId);
    if (this.inDoubt.size > 0) return NOTHING;
    const known = new Set([...this.parts.known(), ...this.inHand]);
    const finish = await this.untilReached(() => releaseOfLostClaims(this.parts.pool, this.parts.workerId, known));
    if (finish.length === 0) return NOTHING;
    this.parts.log.warn({ nodes: finish.length }, 'nodes whose claim was lost with the connection are given back');
    return this.advance({ finish, progress: [], claim: [], slots: {} });
  }

  private async untilReached<T>(work: () => Promise<T>, onLost?: () => void): Promise<T> {
    for (let wait = RECONNECT_MS.first; ; wait = Math.min(RECONNECT_MS.most, wait * 2)) {
      try {
        return await work();
      } catch (err) {
        if (!isPassing(err)) throw err;
        onLost?.();
        this.parts.log.error({ err, retryInMs: wait }, 'the run engine could not be reached');
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  /** The database answers but will not take the batch: one bad item must not hold up the others. An end it will not take becomes a failure. */
  private async isolate(step: Advance, err: unknown): Promise<Taken> {
    const parts = singleSteps(step);
    if (parts.length > 1) return this.each(parts);
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

  private async each(steps: Advance[]): Promise<Taken> {
    const results: Taken[] = [];
    for (const step of steps) results.push(await this.advance(step));
    return merged(results);
  }
}

function merged(results: Taken[]): Taken {
  return {
    claimed: results.flatMap(({ claimed }) => claimed),
    ready: results.flatMap(({ ready }) => ready),
    refused: results.flatMap(({ refused }) => refused),
    held: results.flatMap(({ held }) => held),
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

/** Somebody else held a row for longer than a step waits. */
const isLocked = (error: unknown): boolean => (error as { code?: unknown }).code === '55P03';
