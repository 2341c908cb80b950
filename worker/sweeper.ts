import type { Logger } from 'pino';
import { advance, type Finish, releaseShadows } from '../runtime/engine/engine.js';
import { clearFeed } from '../runtime/feed/rows.js';
import { startFallbacks } from '../runtime/legacy/fallback.js';
import type { Platform } from '../runtime/platform.js';
import type { ReadyNode } from '../runtime/queues/queues.js';
import { clearDeliveries } from '../runtime/webhooks/deliveryStates.js';
import { isDead } from '../runtime/workers.js';
import type { Heartbeat } from './heartbeat.js';

const EVERY_MS = 5_000;
/** A ready node that nobody took for so long may have lost its job. */
const LOST_AFTER_S = 10;
const AGAIN_AFTER_S = 60;
const BATCH = 1_000;
/** Attempts a node gets when its workers die under it, even where its own policy is one: a node that kills workers must not do so for ever. */
const CRASH_ATTEMPTS = 3;

interface Orphan {
  runId: string;
  idx: number;
  token: string;
  attempt: number;
  maxAttempts: number;
  isShadow: boolean;
}

/** Finds what a crash left behind, and what nobody else gets round to: nodes of dead workers get another attempt, ready nodes without
 * a job get one, the legacy pipeline takes over from failed runs, and shadow runs begin behind their legacy run. Any number of
 * workers may sweep at once: tokens and job ids see to it that each thing happens once. Runs that others hold are left for the next round. */
export class Sweeper {
  private timer: NodeJS.Timeout | null = null;
  private isStopped = false;

  constructor(
    private readonly platform: Platform,
    private readonly workerId: string,
    private readonly heartbeat: Pick<Heartbeat, 'isSteady'>,
    private readonly log: Logger,
  ) {}

  async start(): Promise<void> {
    await this.sweep();
    const again = () => {
      this.timer = setTimeout(() => {
        void this.sweep().then(() => {
          if (!this.isStopped) again();
        });
      }, EVERY_MS);
    };
    again();
  }

  stop(): void {
    this.isStopped = true;
    if (this.timer) clearTimeout(this.timer);
  }

  /** One round; also called by tests. */
  async sweep(): Promise<void> {
    const { pool, queues } = this.platform;
    const duties: (() => Promise<unknown>)[] = [
      () => this.recoverOrphans(),
      () => this.enqueueLost(),
      () => startFallbacks(this.platform),
      async () => queues.enqueue(await releaseShadows(pool)),
      () => clearFeed(pool),
      () => clearDeliveries(pool),
    ];
    for (const duty of duties)
      await duty().catch((err) => this.log.error({ err }, 'the sweeper failed; it will try again'));
  }

  private async recoverOrphans(): Promise<void> {
    const { rows } = await this.platform.pool.query<Orphan>(
      `SELECT n.run_id AS "runId", n.idx, n.token, n.attempt, n.max_attempts AS "maxAttempts", r.mode = 'shadow' AS "isShadow"
       FROM run r JOIN node_run n ON n.run_id = r.id LEFT JOIN worker w ON w.id = n.worker_id
       WHERE r.status IN ('queued', 'running', 'cancelling') AND n.status = 'running'
         AND ${isDead('w', '$1')}
       LIMIT $2 FOR NO KEY UPDATE OF r SKIP LOCKED`,
      [this.heartbeat.isSteady(), BATCH],
    );
    if (rows.length === 0) return;
    this.log.warn({ nodes: rows.length }, 'nodes of a dead worker are given another attempt');
    const { ready } = await advance(this.platform.pool, this.workerId, {
      finish: rows.map(lostAttempt),
      progress: [],
      claim: [],
      slots: {},
    });
    const shadows = new Set(rows.filter(({ isShadow }) => isShadow).map(({ runId }) => runId));
    await this.platform.queues.enqueue(ready.map((node) => ({ ...node, isShadow: shadows.has(node.runId) })));
  }

  private async enqueueLost(): Promise<void> {
    const { rows } = await this.platform.pool.query<ReadyNode>(
      `WITH lost AS (
         SELECT n.run_id, n.idx FROM run r JOIN node_run n ON n.run_id = r.id
         WHERE r.status IN ('queued', 'running') AND n.status = 'ready' AND coalesce(n.not_before, n.ready_at) < now() - make_interval(secs => $1)
           AND (n.enqueued_at IS NULL OR n.enqueued_at < now() - make_interval(secs => $2)) LIMIT $3
         FOR NO KEY UPDATE OF r SKIP LOCKED)
       UPDATE node_run n SET enqueued_at = now() FROM lost WHERE n.run_id = lost.run_id AND n.idx = lost.idx AND n.status = 'ready'
       RETURNING n.run_id AS "runId", n.idx, n.capability, n.step, n.attempt, (SELECT r.mode = 'shadow' FROM run r WHERE r.id = n.run_id) AS "isShadow"`,
      [LOST_AFTER_S, AGAIN_AFTER_S, BATCH],
    );
    if (rows.length === 0) return;
    await this.platform.queues.enqueue(rows).catch(async (error) => {
      // Still lost: the next round must not take it for done.
      await this.platform.pool.query(
        `UPDATE node_run n SET enqueued_at = NULL FROM unnest($1::uuid[], $2::int[]) AS lost(run_id, idx)
         WHERE n.run_id = lost.run_id AND n.idx = lost.idx AND n.status = 'ready'`,
        [rows.map(({ runId }) => runId), rows.map(({ idx }) => idx)],
      );
      throw error;
    });
  }
}

function lostAttempt({ runId, idx, token, attempt, maxAttempts }: Orphan): Finish {
  const failure = {
    code: 'WORKER_LOST',
    message: 'The worker that ran this step was lost.',
    failureClass: 'transient',
    details: {},
  };
  const isLast = attempt >= Math.max(maxAttempts, CRASH_ATTEMPTS);
  return {
    runId,
    idx,
    token,
    outcome: isLast ? 'failed' : 'retry',
    retryInMs: 0,
    outputs: null,
    isCached: false,
    cacheKey: null,
    failure,
    artifacts: [],
    asset: null,
    notification: null,
    events: [
      isLast
        ? { type: 'node.finished', data: { status: 'failed', isCached: false, failure } }
        : { type: 'node.retrying', data: { attempt, retryInMs: 0, failure } },
    ],
  };
}
