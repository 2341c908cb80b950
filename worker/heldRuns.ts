import {
  type Advance,
  type Finish,
  heldRuns,
  isEmpty,
  onlyRuns,
  type Progress,
  runsOf,
} from '../runtime/engine/engine.js';
import { EngineSteps, type EngineStepsParts, NOTHING, type Taken } from './engineSteps.js';

export interface HeldRunsParts extends EngineStepsParts {
  /** Something that was held back can be written now. */
  onFree(): void;
}

interface Held {
  /** What happened in the run and is not on record yet. */
  finish: Finish[];
  progress: Progress[];
  /** Until it is looked at again. Grows while the step waits for something else than the run's own row. */
  waitMs: number;
  timer: NodeJS.Timeout | null;
}

const LOOK_AGAIN_MS = { first: 250, most: 2_000 };

/** The steps of a worker, for which runs that others hold (a row that is locked for longer than a step waits) keep up nobody else: what
 * there is to record of such a run is kept until its row is free, and nothing new of it is claimed. */
export class HeldRuns {
  private readonly steps: EngineSteps;
  private readonly held = new Map<string, Held>();
  private isGivenUp = false;

  constructor(private readonly parts: HeldRunsParts) {
    this.steps = new EngineSteps({ ...parts, known: () => [...parts.known(), ...this.tokens()] });
  }

  /** As `EngineSteps.take`. */
  async take(step: Advance): Promise<Taken> {
    const due = [...this.held.values()].filter(({ timer }) => timer === null);
    const whole = {
      ...step,
      finish: [...due.flatMap(({ finish }) => finish), ...step.finish],
      progress: [...due.flatMap(({ progress }) => progress), ...step.progress],
    };
    const waiting = new Set([...this.held].filter(([, { timer }]) => timer !== null).map(([runId]) => runId));
    const aside = onlyRuns(whole, (runId) => waiting.has(runId));
    const now = onlyRuns(whole, (runId) => !waiting.has(runId));
    // Before anything else is waited for: a run that is found free meanwhile goes by what is kept of it.
    for (const end of aside.finish) this.held.get(end.runId)!.finish.push(end);
    for (const progress of aside.progress) this.held.get(progress.runId)!.progress.push(progress);
    const taken = isEmpty(now) ? NOTHING : await this.steps.take(now);
    for (const runId of runsOf(now)) {
      if (taken.held.includes(runId))
        this.hold(
          runId,
          onlyRuns(now, (other) => other === runId),
        );
      else this.held.delete(runId);
    }
    return { ...taken, held: [...taken.held, ...runsOf(aside)] };
  }

  /** Whether something that was held back is to be written. */
  isDue(): boolean {
    return [...this.held.values()].some(({ timer }) => timer === null);
  }

  isWaiting(): boolean {
    return this.held.size > 0;
  }

  /** Lets go of what could not be written by now: to others it is what a lost worker left. */
  giveUp(): void {
    this.isGivenUp = true;
    for (const { timer } of this.held.values()) if (timer) clearTimeout(timer);
    if (this.held.size > 0)
      this.parts.log.error(
        { runIds: [...this.held.keys()] },
        'runs are still locked; what they did last is done again',
      );
    this.held.clear();
  }

  private hold(runId: string, { finish, progress }: Advance): void {
    if (this.isGivenUp) return;
    const before = this.held.get(runId);
    if (!before) this.parts.log.warn({ runId }, 'somebody else has locked the run; it waits, and the others go on');
    const waitMs = before ? Math.min(before.waitMs * 2, LOOK_AGAIN_MS.most) : LOOK_AGAIN_MS.first;
    const held: Held = { finish, progress, waitMs, timer: null };
    this.held.set(runId, held);
    this.lookLater(runId, held);
  }

  private lookLater(runId: string, held: Held): void {
    held.timer = setTimeout(() => void this.look(runId, held), held.waitMs);
  }

  private async look(runId: string, held: Held): Promise<void> {
    const isLocked = await heldRuns(this.parts.pool, [runId]).then(
      (runIds) => runIds.length > 0,
      (err) => {
        this.parts.log.warn({ err, runId }, 'whether a run is still locked could not be asked; it will be asked again');
        return true;
      },
    );
    if (this.isGivenUp) return;
    if (isLocked) return this.lookLater(runId, held);
    held.timer = null;
    if (held.finish.length > 0 || held.progress.length > 0) this.parts.onFree();
    else this.held.delete(runId);
  }

  private tokens(): string[] {
    return [...this.held.values()].flatMap(({ finish }) => finish.map(({ token }) => token));
  }
}
