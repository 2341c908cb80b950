import { contentHash } from '../modules/hash.js';
import { ConflictError, keyReused } from './errors.js';
import type { Platform } from './platform.js';

export interface Request {
  /** Whose key it is; null: the installation's owner. */
  accountId: string | null;
  /** What is asked for, for example `createProduct`. */
  operation: string;
  /** Made up by the client; null: nothing is remembered. */
  key: string | null | undefined;
  /** All that the request says, as JSON. */
  content: unknown;
}

/** Makes something at most once for a key, and gives what was made to everybody who asks the same again, for 30 days.
 * A request that failed is forgotten. One whose process went away counts as failed after a minute.
 * @param make - gives the id of what it made.
 * @throws ConflictError `IDEMPOTENCY_KEY_REUSED` for another request, `REQUEST_UNDER_WAY`; and whatever `make` throws. */
export async function once(
  { pool }: Pick<Platform, 'pool'>,
  { accountId, operation, key, content }: Request,
  make: () => Promise<{ id: string }>,
): Promise<{ id: string }> {
  if (!key) return make();
  const who = [accountId ?? 'owner', operation, key];
  const hash = contentHash(content);
  await pool.query(`DELETE FROM request WHERE begun_at < now() - interval '30 days'`);
  const { rowCount } = await pool.query(
    `INSERT INTO request AS r (account, operation, key, content_hash) VALUES ($1, $2, $3, $4)
     ON CONFLICT (account, operation, key) DO UPDATE SET begun_at = now()
       WHERE r.result_id IS NULL AND r.content_hash = excluded.content_hash AND r.begun_at < now() - interval '1 minute'`,
    [...who, hash],
  );
  if (rowCount === 0) return earlierResult(pool, who, hash);
  const mine = 'account = $1 AND operation = $2 AND key = $3';
  let made: { id: string };
  try {
    made = await make();
  } catch (error) {
    await pool.query(`DELETE FROM request WHERE ${mine}`, who);
    throw error;
  }
  await pool.query(`UPDATE request SET result_id = $4 WHERE ${mine}`, [...who, made.id]);
  return { id: made.id };
}

async function earlierResult(pool: Platform['pool'], who: string[], hash: string): Promise<{ id: string }> {
  const { rows } = await pool.query<{ content_hash: string; result_id: string | null }>(
    'SELECT content_hash, result_id FROM request WHERE account = $1 AND operation = $2 AND key = $3',
    who,
  );
  const earlier = rows[0];
  if (earlier && earlier.content_hash !== hash) throw keyReused(who[2]);
  if (!earlier?.result_id)
    throw new ConflictError('The same request is under way. Ask again in a moment.', 'REQUEST_UNDER_WAY');
  return { id: earlier.result_id };
}
