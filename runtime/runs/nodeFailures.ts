import type pg from 'pg';
import type { FailureClass } from '../../modules/errors.js';

/** How many nodes failed in runs that were started within the last day, by the class of their failure. Those that were tried again with
 * success do not count. */
export async function nodeFailures(pool: pg.Pool): Promise<Map<FailureClass, number>> {
  const { rows } = await pool.query<{ failureClass: FailureClass; nodes: number }>(
    `SELECT n.failure->>'failureClass' AS "failureClass", count(*)::int AS nodes
     FROM run r JOIN node_run n ON n.run_id = r.id
     WHERE r.status IN ('running', 'failed', 'partial') AND r.created_at > now() - interval '1 day' AND n.status = 'failed'
     GROUP BY 1`,
  );
  return new Map(rows.map(({ failureClass, nodes }) => [failureClass, nodes]));
}
