import type pg from 'pg';
import { waitAfter } from './retrySchedule.js';

// The only place that writes the status of a delivery:
//   pending > pending (an attempt failed), delivered or failed;  any > pending when it is asked for again.

/** Longer than an attempt takes. Whoever holds a delivery and dies leaves it to others after this time. */
const HELD_S = 60;
/** A webhook that took nothing for so long is disabled. */
const DISABLE_AFTER_DAYS = 5;
/** The receiver wants no more (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md). */
const GONE = 410;

type Db = Pick<pg.Pool, 'query'>;

export interface ClaimedDelivery {
  id: string;
  webhookId: string;
  eventId: string;
  body: string;
  /** Fence: whoever made an earlier attempt may not record it any more. */
  attempt: number;
  round: number;
  url: string;
  /** Sealed; the current one first. */
  secrets: string[];
}

/** Takes deliveries that are due, a few of each webhook. Those of one webhook never hold up another's, and workers that ask at once
 * get different ones.
 * @param busy - webhooks to leave out. */
export async function claimDeliveries(
  db: Db,
  { busy, webhooks, each }: { busy: readonly string[]; webhooks: number; each: number },
): Promise<ClaimedDelivery[]> {
  if (webhooks <= 0) return [];
  const { rows } = await db.query<ClaimedDelivery>({
    name: 'webhooks_claim',
    text: `WITH waiting AS (
        SELECT w.id FROM webhook w LEFT JOIN account a ON a.id = w.account_id
        WHERE w.disabled_at IS NULL AND a.disabled_at IS NULL AND w.id <> ALL($1::uuid[]) AND EXISTS (
          SELECT FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.status = 'pending' AND d.next_attempt_at <= now())
        ORDER BY random() LIMIT $2),
      due AS (
        SELECT d.id FROM waiting w CROSS JOIN LATERAL (
          SELECT d.id FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.status = 'pending' AND d.next_attempt_at <= now()
          ORDER BY d.next_attempt_at, d.id LIMIT $3 FOR UPDATE SKIP LOCKED) d)
      UPDATE webhook_delivery d SET attempt_count = d.attempt_count + 1, round = d.round + 1,
        next_attempt_at = now() + make_interval(secs => $4)
      FROM due, webhook w WHERE d.id = due.id AND w.id = d.webhook_id
      RETURNING d.id, d.webhook_id AS "webhookId", d.event_id AS "eventId", d.body, d.attempt_count AS attempt, d.round, w.url,
        ARRAY(SELECT s.secret FROM webhook_secret s
          WHERE s.webhook_id = w.id AND (s.ends_at IS NULL OR s.ends_at > now()) ORDER BY s.ends_at DESC NULLS FIRST) AS secrets`,
    values: [busy, webhooks, each, HELD_S],
  });
  return rows;
}

export interface AttemptOutcome {
  tookMs: number;
  responseCode: number | null;
  /** Null: the receiver took it. */
  error: { code: string; message: string; isFinal: boolean } | null;
}

/** Records how an attempt ended and what follows. What came too late, because another attempt was begun since, is noted only. */
export async function recordAttempt(
  db: Db,
  { id, webhookId, attempt, round }: ClaimedDelivery,
  { tookMs, responseCode, error }: AttemptOutcome,
): Promise<void> {
  const waitMs = error === null || error.isFinal ? null : waitAfter(round);
  const status = error === null ? 'delivered' : waitMs === null ? 'failed' : 'pending';
  const reason =
    responseCode === GONE
      ? 'The receiver answered 410: it wants no more.'
      : `Nothing got through for ${DISABLE_AFTER_DAYS} days. The last error: ${error?.message}`;
  await db.query({
    name: 'webhooks_record',
    text: `WITH ended AS (
        UPDATE webhook_delivery SET status = $3::"WebhookDeliveryStatus",
          next_attempt_at = CASE WHEN $4::int IS NULL THEN next_attempt_at ELSE now() + make_interval(secs => $4::int / 1000.0) END,
          finished_at = CASE WHEN $3 = 'pending' THEN NULL ELSE now() END
        WHERE id = $1 AND attempt_count = $2 AND status = 'pending'),
      noted AS (
        INSERT INTO webhook_attempt (delivery_id, number, took_ms, response_code, error_code, error_message)
        SELECT id, $2, $5, $6, $7, $8 FROM webhook_delivery WHERE id = $1 ON CONFLICT DO NOTHING)
      UPDATE webhook SET failing_since = CASE WHEN $7::text IS NOT NULL THEN coalesce(failing_since, now()) END,
        disabled_at = CASE WHEN $10 OR ($7 IS NOT NULL AND failing_since < now() - make_interval(days => $11)) THEN now() END,
        disabled_reason = CASE WHEN $10 OR ($7 IS NOT NULL AND failing_since < now() - make_interval(days => $11)) THEN $12::text END
      WHERE id = $9 AND disabled_at IS NULL AND ($7 IS NOT NULL OR failing_since IS NOT NULL)`,
    values: [
      id,
      attempt,
      status,
      waitMs,
      Math.round(tookMs),
      responseCode,
      error?.code ?? null,
      error?.message ?? null,
      webhookId,
      responseCode === GONE,
      DISABLE_AFTER_DAYS,
      reason,
    ],
  });
}

/** Gives back what its worker cannot send because it stops. */
export async function giveBack(db: Db, { id, attempt }: ClaimedDelivery): Promise<void> {
  await db.query(
    `UPDATE webhook_delivery SET next_attempt_at = now(), round = round - 1
     WHERE id = $1 AND attempt_count = $2 AND status = 'pending'`,
    [id, attempt],
  );
}

/** Has a delivery sent again from the first attempt on, whatever became of it. */
export async function sendAgain(db: Db, deliveryId: string): Promise<void> {
  await db.query(
    `UPDATE webhook_delivery SET status = 'pending', round = 0, next_attempt_at = now(), finished_at = NULL WHERE id = $1`,
    [deliveryId],
  );
}

/** Has every delivery of a webhook that failed sent again, of what was written from `since` on and before `until`.
 * @returns how many. */
export async function sendFailedAgain(db: Db, webhookId: string, since: Date, until: Date | null): Promise<number> {
  const { rowCount } = await db.query(
    `UPDATE webhook_delivery SET status = 'pending', round = 0, next_attempt_at = now(), finished_at = NULL
     WHERE webhook_id = $1 AND status = 'failed' AND created_at >= $2 AND ($3::timestamptz IS NULL OR created_at < $3)`,
    [webhookId, since, until],
  );
  return rowCount!;
}

/** How long can be looked up, and sent again, what became of an event. */
const KEPT_DAYS = 14;
const CLEARED_AT_ONCE = 5_000;

/** Clears away old deliveries, and secrets that sign nothing any more. */
export async function clearDeliveries(db: Db): Promise<void> {
  await db.query(
    `DELETE FROM webhook_delivery WHERE id IN (
       SELECT id FROM webhook_delivery WHERE created_at < now() - make_interval(days => $1) LIMIT $2)`,
    [KEPT_DAYS, CLEARED_AT_ONCE],
  );
  await db.query('DELETE FROM webhook_secret WHERE ends_at < now()');
}
