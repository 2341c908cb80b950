import type pg from 'pg';
import type { JsonObject } from '../../modules/json.js';
import { isDead } from '../workers.js';
import type { ParityResults } from './results.js';

// The only place that writes the status of a parity report:
//   waiting > comparing > passed, differs, incomparable or failed;  comparing > waiting when its worker is gone;  any > waiting when asked again.

/** How many workers may be lost over one report before it is given up. */
const MAX_ATTEMPTS = 3;

export interface ClaimedReport {
  id: string;
  /** Fence: whoever has another one may not finish the report. */
  token: string;
}

/** Takes the oldest report whose runs have both ended. Workers that ask at once get different ones.
 * @param withBlender - without it, reports over .blend files are left to others. */
export async function claimReport(
  pool: pg.Pool,
  workerId: string,
  { withBlender }: { withBlender: boolean },
): Promise<ClaimedReport | null> {
  const { rows } = await pool.query<ClaimedReport>(
    `UPDATE parity_report SET status = 'comparing', worker_id = $1, token = gen_random_uuid(), attempts = attempts + 1
     WHERE id = (
       SELECT p.id FROM parity_report p JOIN run l ON l.id = p.legacy_run_id JOIN run g ON g.id = p.graph_run_id
         JOIN output_type o ON o.id = p.output_type_id
       WHERE p.status = 'waiting'
         AND l.status IN ('succeeded', 'partial', 'failed', 'cancelled') AND g.status IN ('succeeded', 'partial', 'failed', 'cancelled')
         AND ($2 OR (o.artifact_kind <> 'blend_file'
           AND NOT EXISTS (SELECT FROM artifact a WHERE a.run_id IN (l.id, g.id) AND a.role = 'blend_file')))
       ORDER BY p.created_at, p.id FOR UPDATE OF p SKIP LOCKED LIMIT 1)
     RETURNING id, token`,
    [workerId, withBlender],
  );
  return rows[0] ?? null;
}

/** A file that a comparison made. */
export interface DifferenceFile {
  id: string;
  sha256: string;
  byteSize: number;
  fileName: string;
  metadata: JsonObject;
}

export interface FinishedReport {
  status: 'passed' | 'differs' | 'incomparable' | 'failed';
  policy: JsonObject;
  /** What was looked at (judgement.ts). */
  judgement: number;
  results: ParityResults;
  reasons: string[];
  files: DifferenceFile[];
}

/** @returns false where the report was asked for again, or given to another worker: nothing is written then. */
export async function finishReport(
  pool: pg.Pool,
  { id, token }: ClaimedReport,
  { status, policy, judgement, results, reasons, files }: FinishedReport,
): Promise<boolean> {
  // One statement: the files are there when the report names them, and only then.
  const { rowCount } = await pool.query(
    `WITH done AS (
       UPDATE parity_report SET status = $3, policy = $4, results = $5, reasons = $6, judgement = $8, finished_at = now(), token = NULL
       WHERE id = $1 AND token = $2 AND status = 'comparing' RETURNING id),
     made AS (
       INSERT INTO artifact (id, role, media_type, sha256, byte_size, file_name, metadata)
       SELECT f.id, 'parity_difference', 'image/png', f.sha256, f."byteSize", f."fileName", f.metadata
       FROM done, jsonb_to_recordset($7) AS f(id uuid, sha256 text, "byteSize" bigint, "fileName" text, metadata jsonb))
     SELECT id FROM done`,
    [
      id,
      token,
      status,
      JSON.stringify(policy),
      JSON.stringify(results),
      JSON.stringify(reasons),
      JSON.stringify(files),
      judgement,
    ],
  );
  return rowCount === 1;
}

/** Gives a report back that its worker cannot finish because it stops. */
export async function giveBack(pool: pg.Pool, { id, token }: ClaimedReport): Promise<void> {
  await pool.query(
    `UPDATE parity_report SET status = 'waiting', worker_id = NULL, token = NULL, attempts = attempts - 1
     WHERE id = $1 AND token = $2 AND status = 'comparing'`,
    [id, token],
  );
}

/** Gives reports whose workers are dead, or failed in a way nobody foresaw, another chance; after some the report is given up. Asked by
 * a worker that compares nothing right now: what is said to be with it is not.
 * @param isSteady whether it was in contact all the time (see `isDead`). */
export async function recoverReports(
  pool: pg.Pool,
  { idleWorkerId, isSteady }: { idleWorkerId: string; isSteady: boolean },
): Promise<void> {
  await pool.query(
    `UPDATE parity_report p SET token = NULL,
       status = (CASE WHEN p.attempts >= $2 THEN 'failed' ELSE 'waiting' END)::"ParityStatus",
       reasons = CASE WHEN p.attempts >= $2 THEN '["The runs could not be compared: every worker that tried failed or was lost. Their logs have the details."]'::jsonb ELSE p.reasons END,
       finished_at = CASE WHEN p.attempts >= $2 THEN now() END
     WHERE p.id IN (
       SELECT c.id FROM parity_report c LEFT JOIN worker w ON w.id = c.worker_id
       WHERE c.status = 'comparing' AND (c.worker_id = $3 OR ${isDead('w', '$1')}) FOR UPDATE OF c)`,
    [isSteady, MAX_ATTEMPTS, idleWorkerId],
  );
}

/** Has a report made anew, by the thresholds of today; a comparison under way is thrown away.
 * @returns false where there is no such report. */
export async function askAgain(pool: pg.Pool, id: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE parity_report SET status = 'waiting', worker_id = NULL, token = NULL, attempts = 0, finished_at = NULL, judgement = NULL, results = '[]', reasons = '[]'
     WHERE id = $1`,
    [id],
  );
  return rowCount === 1;
}
