import { NotFoundError, ValidationError } from './errors.js';
import { dispatchOrderLines, keyOfLine, type LineDispatch } from './orderDispatch.js';
import { MAX_LINES } from './orders.js';
import type { Beholder } from './ownership.js';
import type { Platform } from './platform.js';
import { type StaleFilter, staleAssets } from './staleAssets.js';

export interface RequeueRequest {
  /** Only these assets; left out: all that the filter lets through, the oldest 500. */
  assetIds?: readonly string[] | null;
  filter?: StaleFilter;
  idempotencyKey?: string | null;
}

/** Dispatches the order lines of assets that are out of date once more. Assets that are up to date are left alone; what was delivered
 * stays until the new version is published.
 * @returns one result for each line.
 * @throws NotFoundError, ValidationError when there are too many. */
export async function requeueStaleAssets(
  platform: Platform,
  { assetIds = null, filter = {}, idempotencyKey = null }: RequeueRequest,
  buyer: Beholder,
): Promise<LineDispatch[]> {
  if (assetIds && assetIds.length > MAX_LINES)
    throw new ValidationError('These are too many assets.', [
      { path: '/assetIds', message: `At most ${MAX_LINES} assets at a time.` },
    ]);
  const repeated = assetIds && idempotencyKey ? await linesDoneBefore(platform, assetIds, idempotencyKey) : [];
  if (assetIds) await checkAll(platform, assetIds);
  const stale = await staleAssets(platform, filter, { limit: MAX_LINES }, assetIds);
  const lineIds = stale.flatMap(({ asset }) => asset.orderLineId ?? []);
  return dispatchOrderLines(platform, [...repeated, ...lineIds], { idempotencyKey, buyer });
}

async function checkAll({ db }: Platform, assetIds: readonly string[]): Promise<void> {
  const known = await db.asset.findMany({ where: { id: { in: [...assetIds] } }, select: { id: true } });
  const ids = new Set(known.map(({ id }) => id));
  const missing = assetIds.find((id) => !ids.has(id));
  if (missing) throw new NotFoundError('asset', missing);
}

/** Lines of the assets that this key has dispatched already: their assets may be up to date again, and the answer stays the same. */
async function linesDoneBefore({ db }: Platform, assetIds: readonly string[], key: string): Promise<string[]> {
  const assets = await db.asset.findMany({
    where: { id: { in: [...assetIds] } },
    select: { orderLineId: true },
    orderBy: [{ publishedAt: 'asc' }, { id: 'asc' }],
  });
  const lines = [...new Set(assets.flatMap(({ orderLineId }) => orderLineId ?? []))];
  const runs = await db.run.findMany({
    where: { idempotencyKey: { in: lines.map((id) => keyOfLine(id, key)) } },
    select: { orderLineId: true },
  });
  const done = new Set(runs.map(({ orderLineId }) => orderLineId));
  return lines.filter((id) => done.has(id));
}
