import { type CadFileDispatch, type CadFileIntake, dispatchCadFiles, intakesDoneBefore } from './cadFileDispatch.js';
import { NotFoundError, ValidationError } from './errors.js';
import { keyOfLine } from './lineFacts.js';
import { dispatchOrderLines, type LineDispatch } from './orderDispatch.js';
import { MAX_LINES } from './orders.js';
import type { Beholder } from './ownership.js';
import type { Platform } from './platform.js';
import { type StaleFilter, type StaleSource, staleAssets } from './staleAssets.js';

export interface RequeueRequest {
  /** Only these assets; left out: all that the filter lets through, the oldest 500. */
  assetIds?: readonly string[] | null;
  filter?: StaleFilter;
  idempotencyKey?: string | null;
}

export interface Requeued {
  lines: LineDispatch[];
  cadFiles: CadFileDispatch[];
}

/** Makes assets that are out of date anew: dispatches their order lines once more, and sends their CAD files, or those that came in their
 * place, through the workflow that took them in. Assets that are up to date are left alone; what was delivered stays until the new version is published.
 * @returns one result for each order line and each CAD file.
 * @throws NotFoundError, ValidationError when there are too many. */
export async function requeueStaleAssets(
  platform: Platform,
  { assetIds = null, filter = {}, idempotencyKey = null }: RequeueRequest,
  buyer: Beholder,
): Promise<Requeued> {
  if (assetIds && assetIds.length > MAX_LINES)
    throw new ValidationError('These are too many assets.', [
      { path: '/assetIds', message: `At most ${MAX_LINES} assets at a time.` },
    ]);
  const named = assetIds && (await sourcesOf(platform, assetIds));
  const stale = await staleAssets(platform, filter, { limit: MAX_LINES }, assetIds);
  const due = divided(stale.map(({ source }) => source));
  // Their assets may be up to date again, and the answer to a request that is repeated stays the same.
  const before = named && idempotencyKey ? await doneBefore(platform, divided(named), idempotencyKey) : divided([]);
  return {
    lines: await dispatchOrderLines(platform, [...before.lines, ...due.lines], { idempotencyKey, buyer }),
    cadFiles: await dispatchCadFiles(platform, [...before.cadFiles, ...due.cadFiles], idempotencyKey),
  };
}

interface Sources {
  lines: string[];
  cadFiles: CadFileIntake[];
}

const divided = (sources: readonly StaleSource[]): Sources => ({
  lines: sources.flatMap((source) => ('orderLineId' in source ? source.orderLineId : [])),
  cadFiles: sources.flatMap((source) =>
    'orderLineId' in source ? [] : source.cadFileIds.map((cadFileId) => ({ cadFileId, workflowId: source.workflowId })),
  ),
});

/** @throws NotFoundError */
async function sourcesOf({ db }: Platform, assetIds: readonly string[]): Promise<StaleSource[]> {
  const assets = await db.asset.findMany({
    where: { id: { in: [...assetIds] } },
    select: {
      id: true,
      orderLineId: true,
      run: { select: { cadFileId: true, workflowId: true, cadFile: SUCCESSORS } },
    },
    orderBy: [{ publishedAt: 'asc' }, { id: 'asc' }],
  });
  const ids = new Set(assets.map(({ id }) => id));
  const missing = assetIds.find((id) => !ids.has(id));
  if (missing) throw new NotFoundError('asset', missing);
  return assets.flatMap(({ orderLineId, run: { cadFileId, workflowId, cadFile } }): StaleSource[] => {
    if (orderLineId) return [{ orderLineId }];
    if (!cadFileId || !workflowId) return [];
    const later = cadFile?.formerOf.flatMap(({ product }) => product.cadFileId ?? []) ?? [];
    return [{ cadFileIds: [cadFileId, ...later], workflowId }];
  });
}

/** The CAD files that products have now which had this one. */
const SUCCESSORS = { select: { formerOf: { select: { product: { select: { cadFileId: true } } } } } } as const;

/** What this key has started already. */
async function doneBefore(platform: Platform, { lines, cadFiles }: Sources, key: string): Promise<Sources> {
  const ids = [...new Set(lines)];
  const runs = await platform.db.run.findMany({
    where: { idempotencyKey: { in: ids.map((id) => keyOfLine(id, key)) } },
    select: { orderLineId: true },
  });
  const done = new Set(runs.map(({ orderLineId }) => orderLineId));
  return { lines: ids.filter((id) => done.has(id)), cadFiles: await intakesDoneBefore(platform, cadFiles, key) };
}
