import { DomainError } from '../../modules/errors.js';
import type { JsonObject } from '../../modules/json.js';
import { refuseFallback } from '../engine/engine.js';
import type { Platform } from '../platform.js';
import { findSubject, type OrderSubject } from '../runs/prepareRun.js';
import { prepareLegacyRun, startLegacyRun } from './start.js';

const BATCH = 20;
/** What failed longer ago is history. */
const WITHIN_DAYS = 7;

/** Lets the legacy pipeline take over from runs of order lines that failed at a node which says so. Where something was published
 * before the failure, or the line is not wanted any more, it does not: nobody is to get two deliveries. Any number of workers may do
 * this at once, and crash at any point: a run is taken over from once.
 * @returns how many runs were started. */
export async function startFallbacks(platform: Platform): Promise<number> {
  const { rows } = await platform.pool.query<{ id: string; orderLineId: string; entry: JsonObject }>(
    `SELECT r.id, r.order_line_id AS "orderLineId", r.entry FROM run r
     WHERE r.status = 'failed' AND r.created_at > now() - make_interval(days => $1) AND r.mode = 'graph' AND r.order_line_id IS NOT NULL
       AND EXISTS (SELECT FROM node_run n WHERE n.run_id = r.id AND n.status = 'failed' AND n.on_failure = 'fallback_legacy')
       AND NOT EXISTS (SELECT FROM run f WHERE f.fallback_of_id = r.id)
       AND NOT EXISTS (SELECT FROM asset a WHERE a.run_id = r.id)
       AND NOT EXISTS (SELECT FROM order_line l WHERE l.id = r.order_line_id AND l.cancelled_at IS NOT NULL)
       AND NOT EXISTS (SELECT FROM run_event e WHERE e.run_id = r.id AND e.type = 'run.fallback_failed' AND e.at >= r.finished_at)
     ORDER BY r.finished_at LIMIT $2`,
    [WITHIN_DAYS, BATCH],
  );
  let started = 0;
  for (const failed of rows) if (await takeOver(platform, failed)) started += 1;
  return started;
}

async function takeOver(
  platform: Platform,
  { id, orderLineId, entry }: { id: string; orderLineId: string; entry: JsonObject },
): Promise<boolean> {
  try {
    const subject = (await findSubject(platform, { orderLineId })) as OrderSubject;
    const prepared = await prepareLegacyRun(platform, subject);
    // What the failed run was to read is still what was ordered.
    const run = await startLegacyRun(
      platform,
      { ...prepared, entry: { ...prepared.entry, ...entry } },
      { fallbackOfId: id },
    );
    if (run)
      platform.log.warn({ runId: id, legacyRunId: run.runId }, 'the legacy pipeline takes over from a failed run');
    return run !== null;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    platform.log.warn({ err: error, runId: id }, 'the legacy pipeline cannot take over from a failed run');
    await refuseFallback(platform.pool, id, { code: error.code, message: error.message });
    return false;
  }
}
