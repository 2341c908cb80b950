import { CAPABILITIES, type Capability } from '../../modules/define.js';
import type { Platform } from '../platform.js';
import type { Statements } from '../reads/awaitedStatements.js';
import { workersByCapability } from '../workers.js';

/** What lies before the workers of one capability, by Postgres: the jobs of the queue only say that there is something. */
export interface QueueLoad {
  capability: Capability;
  /** Nodes that could start now. */
  waiting: number;
  /** Since when the first of them has been waiting; null: none is. */
  waitingSince: Date | null;
  /** Nodes that begin another attempt later. */
  retrying: number;
  running: number;
  /** Workers that are alive and take from it. */
  workers: number;
}

type Counted = Omit<QueueLoad, 'workers'>;

/** One for each capability, in their order. */
export async function queueLoads({ pool, db }: Pick<Platform, 'db'> & { pool: Statements }): Promise<QueueLoad[]> {
  const [{ rows }, workers] = await Promise.all([
    pool.query<Counted>(
      `SELECT n.capability,
         count(*) FILTER (WHERE n.status = 'ready' AND n.due_at <= now())::int AS waiting,
         min(n.due_at) FILTER (WHERE n.status = 'ready' AND n.due_at <= now()) AS "waitingSince",
         count(*) FILTER (WHERE n.status = 'ready' AND n.due_at > now())::int AS retrying,
         count(*) FILTER (WHERE n.status = 'running')::int AS running
       FROM run r JOIN LATERAL (SELECT capability, status, coalesce(not_before, ready_at) AS due_at FROM node_run
         WHERE run_id = r.id AND status IN ('ready', 'running')) n ON true
       WHERE r.status IN ('queued', 'running', 'cancelling') GROUP BY n.capability`,
    ),
    workersByCapability(db),
  ]);
  const counted = new Map(rows.map((row) => [row.capability, row]));
  const empty = { waiting: 0, waitingSince: null, retrying: 0, running: 0 };
  return CAPABILITIES.map((capability) => ({
    ...(counted.get(capability) ?? { capability, ...empty }),
    workers: workers.get(capability) ?? 0,
  }));
}
