import type pg from 'pg';
import type { Logger } from 'pino';
import type { Executor } from './executor.js';

const EVERY_MS = 500;
/** Whoever waits longer than this has found no slot. */
const WAITING_MS = 300;

const TO_YIELD = `
  SELECT n.token FROM unnest($1::uuid[], $2::int[], $3::uuid[]) held(run_id, idx, token)
  JOIN run r ON r.id = held.run_id AND r.mode = 'shadow'
  JOIN node_run n ON n.run_id = held.run_id AND n.idx = held.idx AND n.token = held.token
  WHERE EXISTS (SELECT FROM run d JOIN node_run w ON w.run_id = d.id
    WHERE d.status IN ('queued', 'running') AND d.mode <> 'shadow' AND w.status = 'ready' AND w.capability = n.capability
      AND coalesce(w.not_before, w.ready_at) < now() - make_interval(secs => $4))`;

/** Gives back what the worker does for shadow runs as soon as work that will be delivered waits for such a slot: shadow runs begin when
 * nobody waits, but the next order may come any moment. */
export class ShadowYield {
  private timer: NodeJS.Timeout | null = null;
  private isStopped = false;

  constructor(
    private readonly pool: pg.Pool,
    private readonly executor: Executor,
    private readonly log: Logger,
  ) {}

  start(): void {
    this.timer = setTimeout(() => {
      void this.look().then(() => {
        if (!this.isStopped) this.start();
      });
    }, EVERY_MS);
  }

  stop(): void {
    this.isStopped = true;
    if (this.timer) clearTimeout(this.timer);
  }

  private async look(): Promise<void> {
    const held = this.executor.held();
    if (held.length === 0) return;
    try {
      const { rows } = await this.pool.query<{ token: string }>({
        name: 'shadows_to_yield',
        text: TO_YIELD,
        values: [
          held.map(({ runId }) => runId),
          held.map(({ idx }) => idx),
          held.map(({ token }) => token),
          WAITING_MS / 1000,
        ],
      });
      for (const { token } of rows) this.executor.stop({ token }, 'yielded');
    } catch (err) {
      this.log.warn({ err }, 'whether shadow runs are in the way could not be found out; it will be tried again');
    }
  }
}
