import { ConflictError } from '../errors.js';
import type { Platform } from '../platform.js';

/** What decides whether an order line can be dispatched. */
interface LineFacts {
  accountId: string | null;
  isCancelled: boolean;
  /** Runs so far, shadows not counted. */
  runs: number;
  /** Idempotency key of the run that is under way; undefined: none is. */
  activeKey: string | null | undefined;
  /** The run that the same request has started before; null: none. */
  runOfKey: string | null;
}

/** Key of a line's run under a key of the request. */
export const keyOfLine = (lineId: string, requestKey: string) => `line/${lineId}/${requestKey}`;

/** Why a line cannot be dispatched as it stands; null: it can.
 * @param key of the request: the run that has it is no other. */
export function obstacleOf({ isCancelled, activeKey }: LineFacts, key: string | null): ConflictError | null {
  if (isCancelled) return new ConflictError('The order line was cancelled.', 'ORDER_LINE_CANCELLED');
  if (activeKey !== undefined && (key === null || activeKey !== key))
    return new ConflictError('The order line is running already.', 'ORDER_LINE_RUNNING');
  return null;
}

export async function lineFacts(
  { pool }: Pick<Platform, 'pool'>,
  ids: readonly string[],
  requestKey: string | null = null,
): Promise<Map<string, LineFacts>> {
  const { rows } = await pool.query({
    name: 'order_line_facts',
    text: `SELECT l.id, o.account_id, l.cancelled_at IS NOT NULL AS is_cancelled, count(r.id)::int AS runs,
             bool_or(r.status IN ('queued', 'running', 'cancelling')) AS is_active,
             max(r.idempotency_key) FILTER (WHERE r.status IN ('queued', 'running', 'cancelling')) AS active_key,
             (array_agg(r.id) FILTER (WHERE r.idempotency_key = 'line/' || l.id || '/' || $2::text))[1] AS run_of_key
           FROM order_line l JOIN "order" o ON o.id = l.order_id
           LEFT JOIN run r ON r.order_line_id = l.id AND r.mode <> 'shadow'
           WHERE l.id = ANY($1::uuid[]) GROUP BY l.id, o.account_id`,
    values: [ids, requestKey],
  });
  return new Map(
    rows.map((row) => [
      row.id,
      {
        accountId: row.account_id,
        isCancelled: row.is_cancelled,
        runs: row.runs,
        activeKey: row.is_active ? row.active_key : undefined,
        runOfKey: row.run_of_key,
      },
    ]),
  );
}

/** The idempotency key of a run of one line, whatever it is asked for by: two requests at once without a key are one run.
 * @throws ConflictError where the line was cancelled, or runs for another request. */
export async function keyOfRun(
  platform: Pick<Platform, 'pool'>,
  lineId: string,
  given: string | null,
): Promise<string | null> {
  const facts = (await lineFacts(platform, [lineId])).get(lineId);
  // Of a line that there is not one hears elsewhere.
  if (!facts) return given;
  const key = given ?? keyOfLine(lineId, String(facts.runs));
  const obstacle = obstacleOf(facts, key);
  if (obstacle) throw obstacle;
  return key;
}
