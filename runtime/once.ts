import { DomainError } from '../modules/errors.js';
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

type Parts = Pick<Platform, 'pool'>;

/** Makes something at most once for a key, and gives what was made to everybody who asks the same again, for 30 days.
 * A request that was refused (`DomainError`) is forgotten. One that failed unexpectedly, or whose process went away, is not made again:
 * nobody knows whether it had made it already.
 * @param make - gives the id of what it made.
 * @throws ConflictError `IDEMPOTENCY_KEY_REUSED` for another request, `REQUEST_UNDER_WAY`, `REQUEST_BROKE_OFF`; and whatever `make` throws. */
export async function once(
  { pool }: Parts,
  request: Request,
  make: () => Promise<{ id: string }>,
): Promise<{ id: string }> {
  if (!request.key) return make();
  const who = keyOf(request);
  await forgetOld(pool);
  const { rowCount } = await pool.query(
    `INSERT INTO request (account, operation, key, content_hash) VALUES ($1, $2, $3, $4)
     ON CONFLICT (account, operation, key) DO NOTHING`,
    [...who, contentHash(request.content)],
  );
  if (rowCount === 0) {
    const earlier = await sameBefore(pool, request);
    if (earlier?.resultId) return { id: earlier.resultId };
    if (earlier?.isBrokenOff)
      throw new ConflictError(
        'This request broke off in the middle. Look whether it was done, and send it with another key if it was not.',
        'REQUEST_BROKE_OFF',
      );
    throw new ConflictError('The same request is under way. Ask again in a moment.', 'REQUEST_UNDER_WAY');
  }
  let made: { id: string };
  try {
    made = await make();
  } catch (error) {
    const isRefused = error instanceof DomainError;
    await pool.query(`${isRefused ? 'DELETE FROM request' : 'UPDATE request SET broke_off = true'} WHERE ${MINE}`, who);
    throw error;
  }
  await pool.query(`UPDATE request SET result_id = $4 WHERE ${MINE}`, [...who, made.id]);
  return { id: made.id };
}

/** Settles once for a key which parts a request has, for those that start many things: what is due goes on changing, and whoever sends
 * the request again means what it meant. Parts are kept as JSON. Each is started by a key of its own (`fullKey`).
 * @throws ConflictError `IDEMPOTENCY_KEY_REUSED`; and whatever `settle` throws: nothing is remembered then. */
export async function settledOnce<T>({ pool }: Parts, request: Request, settle: () => Promise<T>): Promise<T> {
  if (!request.key) return settle();
  const earlier = await sameBefore(pool, request);
  if (earlier) return earlier.parts as T;
  const parts = await settle();
  await forgetOld(pool);
  await pool.query(
    `INSERT INTO request (account, operation, key, content_hash, parts) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (account, operation, key) DO NOTHING`,
    [...keyOf(request), contentHash(request.content), JSON.stringify(parts)],
  );
  // Somebody with the same key may have been quicker.
  return ((await sameBefore(pool, request))?.parts as T | undefined) ?? parts;
}

/** The key with whose it is and what it is for, by which runs are told apart, or what the keys of a request's parts begin with; null
 * where it has none. */
export const fullKey = (request: Omit<Request, 'content'>): string | null =>
  request.key ? keyOf(request).join('/') : null;

const keyOf = ({ accountId, operation, key }: Omit<Request, 'content'>) => [
  accountId ?? 'owner',
  operation,
  String(key),
];
const MINE = 'account = $1 AND operation = $2 AND key = $3';

const forgetOld = (pool: Platform['pool']) =>
  pool.query(`DELETE FROM request WHERE begun_at < now() - interval '30 days'`);

interface Earlier {
  /** Null: not made yet. */
  resultId: string | null;
  parts: unknown;
  /** It failed unexpectedly, or was begun longer ago than anything takes that is made: it will not end any more. */
  isBrokenOff: boolean;
}

/** @throws ConflictError where the key stands for another request. */
async function sameBefore(pool: Platform['pool'], request: Request): Promise<Earlier | null> {
  const { rows } = await pool.query<Earlier & { contentHash: string }>(
    `SELECT content_hash AS "contentHash", result_id AS "resultId", parts,
       broke_off OR begun_at < now() - interval '10 minutes' AS "isBrokenOff"
     FROM request WHERE ${MINE}`,
    keyOf(request),
  );
  const [earlier] = rows;
  if (earlier && earlier.contentHash !== contentHash(request.content)) throw keyReused();
  return earlier ?? null;
}
