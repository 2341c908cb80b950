import type { Beholder } from './access/ownership.js';
import { NotFoundError, ValidationError } from './errors.js';
import { fullKey, settledOnce } from './once.js';
import { type LineDispatch, startLines } from './orders/dispatch.js';
import { MAX_LINES } from './orders/orders.js';
import type { Platform } from './platform.js';
import { type CadFileDispatch, type CadFileIntake, dispatchCadFiles } from './runs/cadFileDispatch.js';
import { StaleAssets, type StaleFilter, type StaleSource } from './staleAssets.js';

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
  const content = { assetIds: assetIds && [...assetIds], filter };
  const request = { accountId: buyer.accountId, operation: 'requeueStaleAssets', key: idempotencyKey, content };
  const { lines, cadFiles } = await settledOnce(platform, request, async () => {
    if (assetIds) await refuseUnknown(platform, assetIds);
    const stale = await new StaleAssets(platform, filter, assetIds).page({ limit: MAX_LINES });
    return divided(stale.map(({ source }) => source));
  });
  const key = fullKey(request);
  return {
    lines: await startLines(platform, lines, key, buyer),
    cadFiles: await dispatchCadFiles(platform, cadFiles, key),
  };
}

interface Sources {
  lines: string[];
  cadFiles: CadFileIntake[];
}

const divided = (sources: readonly StaleSource[]): Sources => ({
  lines: [...new Set(sources.flatMap((source) => ('orderLineId' in source ? source.orderLineId : [])))],
  cadFiles: sources.flatMap((source) =>
    'orderLineId' in source ? [] : source.cadFileIds.map((cadFileId) => ({ cadFileId, workflowId: source.workflowId })),
  ),
});

/** @throws NotFoundError */
async function refuseUnknown({ db }: Platform, assetIds: readonly string[]): Promise<void> {
  const assets = await db.asset.findMany({ where: { id: { in: [...assetIds] } }, select: { id: true } });
  const known = new Set(assets.map(({ id }) => id));
  const missing = assetIds.find((id) => !known.has(id));
  if (missing) throw new NotFoundError('asset', missing);
}
