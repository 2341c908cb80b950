import { hostname } from 'node:os';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Capability } from '../modules/define.js';
import { Listener } from '../runtime/listener.js';
import { DEAD_AFTER_MS } from '../runtime/workers.js';
import type { Executor } from './executor.js';

const EVERY_MS = 3_000;
/** Contact with the database was lost in between. */
const GAP_MS = 9_000;

/** Says that the worker lives, and hears what its nodes must know: their run was cancelled, or somebody else has them by now. */
export class Heartbeat {
  private readonly cancels: Listener;
  private timer: NodeJS.Timeout | null = null;
  private lastBeat = 0;
  /** Since when beats have followed on each other without a gap. */
  private steadySince = 0;

  constructor(
    private readonly pool: pg.Pool,
    databaseUrl: string,
    private readonly workerId: string,
    private readonly executor: Executor,
    private readonly log: Logger,
  ) {
    this.cancels = new Listener(
      databaseUrl,
      'hartomat_cancel',
      (runId) => executor.stop({ runId }, 'cancelled'),
      () => void this.beat(),
    );
  }

  /** Enters the worker in the list, and strikes those off that were killed on this machine. */
  async start(capabilities: Capability[]): Promise<void> {
    await this.pool.query('INSERT INTO worker (id, host, pid, capabilities) VALUES ($1, $2, $3, $4)', [
      this.workerId,
      hostname(),
      process.pid,
      JSON.stringify(capabilities),
    ]);
    const { rows } = await this.pool.query(
      'SELECT id, pid FROM worker WHERE host = $1 AND stopped_at IS NULL AND id <> $2',
      [hostname(), this.workerId],
    );
    const dead = rows.filter(({ pid }) => !isAlive(pid)).map(({ id }) => id);
    if (dead.length > 0) await this.pool.query('UPDATE worker SET stopped_at = now() WHERE id = ANY($1)', [dead]);
    this.noteBeat();
    await this.cancels.ready();
    this.timer = setInterval(() => void this.beat(), EVERY_MS);
  }

  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.cancels.close();
    await this.pool.query('UPDATE worker SET stopped_at = now() WHERE id = $1', [this.workerId]);
  }

  /** Whether the database was at hand all the time in which a living worker would have been heard of (see `isDead`). */
  isSteady(): boolean {
    const now = Date.now();
    return now - this.lastBeat < GAP_MS && now - this.steadySince >= DEAD_AFTER_MS;
  }

  private noteBeat(): void {
    const now = Date.now();
    if (now - this.lastBeat >= GAP_MS) this.steadySince = now;
    this.lastBeat = now;
  }

  private async beat(): Promise<void> {
    try {
      const held = this.executor.held();
      const { rows } = await this.pool.query(
        `WITH alive AS (UPDATE worker SET heartbeat_at = now() WHERE id = $1)
         SELECT h.token, r.status = 'cancelling' AS is_cancelling
         FROM unnest($2::uuid[], $3::int[], $4::uuid[]) AS h(run_id, idx, token)
         LEFT JOIN node_run n ON n.run_id = h.run_id AND n.idx = h.idx LEFT JOIN run r ON r.id = h.run_id
         WHERE r.status = 'cancelling' OR n.token IS DISTINCT FROM h.token`,
        [this.workerId, held.map(({ runId }) => runId), held.map(({ idx }) => idx), held.map(({ token }) => token)],
      );
      this.noteBeat();
      for (const { token, is_cancelling } of rows)
        this.executor.stop({ token }, is_cancelling ? 'cancelled' : 'fenced');
    } catch (err) {
      this.log.warn({ err }, 'heartbeat failed');
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
