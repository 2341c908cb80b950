import type { Logger } from 'pino';
import { compareReport } from '../runtime/parity/compareReport.js';
import { claimReport, giveBack, recoverReports } from '../runtime/parity/reportStates.js';
import type { Platform } from '../runtime/platform.js';
import type { Heartbeat } from './heartbeat.js';

const EVERY_MS = 5_000;

/** Makes the parity reports that wait until both runs have ended, one after the other: nobody waits for them, and they must not
 * take the machine from those who do. Any number of workers may do this at once. */
export class ParityLoop {
  private timer: NodeJS.Timeout | null = null;
  private readonly stopping = new AbortController();
  private round: Promise<void> = Promise.resolve();

  constructor(
    private readonly platform: Platform,
    private readonly worker: { id: string; workRoot: string; hasBlender: boolean },
    private readonly heartbeat: Pick<Heartbeat, 'isSteady'>,
    private readonly log: Logger,
  ) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.round = this.compare().then(() => {
        if (!this.stopping.signal.aborted) this.start();
      });
    }, EVERY_MS);
  }

  /** Gives back what is being compared. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('The worker stops.'));
    if (this.timer) clearTimeout(this.timer);
    await this.round;
  }

  /** One round: all reports that can be made now; also called by tests. */
  async compare(): Promise<void> {
    const { pool } = this.platform;
    const { signal } = this.stopping;
    try {
      await recoverReports(pool, { idleWorkerId: this.worker.id, isSteady: this.heartbeat.isSteady() });
      while (!signal.aborted) {
        const claimed = await claimReport(pool, this.worker.id, { withBlender: this.worker.hasBlender });
        if (!claimed) return;
        try {
          await compareReport(this.platform, claimed, { workRoot: this.worker.workRoot, signal, log: this.log });
        } catch (err) {
          if (!signal.aborted) throw err;
          await giveBack(pool, claimed);
        }
      }
    } catch (err) {
      this.log.error({ err }, 'runs could not be compared; it will be tried again');
    }
  }
}
