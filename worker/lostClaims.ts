import type pg from 'pg';
import type { Finish } from '../runtime/engine/engine.js';

/** What gives back the nodes that the database says the worker runs and the worker has never heard of: they were claimed by a
 * step whose answer was lost with the connection. They become ready again, and the attempt does not count.
 * @param known tokens the worker holds. Ask only while no other step of the worker is under way. */
export async function releaseOfLostClaims(
  pool: pg.Pool,
  workerId: string,
  known: ReadonlySet<string>,
): Promise<Finish[]> {
  const { rows } = await pool.query<{ runId: string; idx: number; token: string }>(
    `SELECT n.run_id AS "runId", n.idx, n.token FROM run r JOIN node_run n ON n.run_id = r.id
     WHERE r.status IN ('queued', 'running', 'cancelling') AND n.status = 'running' AND n.worker_id = $1`,
    [workerId],
  );
  return rows
    .filter(({ token }) => !known.has(token))
    .map(({ runId, idx, token }) => ({
      runId,
      idx,
      token,
      outcome: 'released',
      outputs: null,
      isCached: false,
      cacheKey: null,
      failure: null,
      retryInMs: 0,
      artifacts: [],
      asset: null,
      notification: null,
      events: [{ type: 'node.released', data: { reason: 'The connection to the database was lost.' } }],
    }));
}
