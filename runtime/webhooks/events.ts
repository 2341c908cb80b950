import type pg from 'pg';
import { v5 as uuidv5 } from 'uuid';
import type { FeedEntry } from '../feed/rows.js';
import { encodeGlobalId } from '../globalId.js';
import { EVENT_OF_STATUS, type WebhookEventType } from './eventTypes.js';

/** What webhooks say of an entry of the feed. */
export interface WebhookEvent {
  /** The same whoever gets it and however often. */
  id: string;
  type: WebhookEventType;
  /** JSON text. */
  body: string;
}

/** What is told beside the entry itself; columns of what is not there are null. */
interface Facts {
  position: string;
  failure: { code: string; message: string } | null;
  orderNumber: number;
  reference: string;
  lineNumber: number;
  sku: string;
  outputTypeKey: string;
  name: string;
  kind: string;
  version: number;
  mediaType: string;
  byteSize: string;
  sha256: string;
}

export const typeOf = ({ status }: FeedEntry): WebhookEventType =>
  status === null ? 'asset.published' : EVENT_OF_STATUS[status];

/** JSON text of an event, as receivers get it. `data` names things by the ids of the API, which has the rest. */
export const bodyOf = (event: { id: string; type: string; created: Date; data: object }): string =>
  JSON.stringify(event);

/** Puts entries of the feed into the words of webhooks, in their order. Only what partners may read of their own orders is told. */
export async function eventsOf(
  db: Pick<pg.Pool, 'query'>,
  entries: readonly FeedEntry[],
): Promise<(WebhookEvent & { entry: FeedEntry })[]> {
  const { rows } = await db.query<Facts>({
    name: 'webhook_facts',
    text: `SELECT f.position::text, r.failure, o.number AS "orderNumber", o.reference, l.line_number AS "lineNumber",
        p.sku, t.key AS "outputTypeKey", a.name, a.kind, a.version, x.media_type AS "mediaType", x.byte_size AS "byteSize", x.sha256
      FROM feed_entry f JOIN run r ON r.id = f.run_id LEFT JOIN asset a ON a.id = f.asset_id LEFT JOIN artifact x ON x.id = a.artifact_id
        LEFT JOIN order_line l ON l.id = CASE WHEN f.asset_id IS NULL THEN r.order_line_id ELSE a.order_line_id END
        LEFT JOIN "order" o ON o.id = l.order_id LEFT JOIN product p ON p.id = coalesce(a.product_id, l.product_id)
        LEFT JOIN output_type t ON t.id = coalesce(a.output_type_id, l.output_type_id)
      WHERE f.position = ANY($1::bigint[])`,
    values: [entries.map(({ position }) => String(position))],
  });
  const facts = new Map(rows.map((row) => [BigInt(row.position), row]));
  return entries.flatMap((entry) => {
    const known = facts.get(entry.position);
    // Cleared away with what it was about since it was read.
    if (!known) return [];
    const id = uuidv5(entry.cursor, entry.runId);
    const type = typeOf(entry);
    return { entry, id, type, body: bodyOf({ id, type, created: entry.at, data: dataOf(entry, known) }) };
  });
}

function dataOf(entry: FeedEntry, facts: Facts) {
  const named = <T extends object>(type: string, id: string | null, more: T) =>
    id === null ? null : { id: encodeGlobalId(type, id), ...more };
  const { name, kind, version, mediaType, byteSize, sha256, failure } = facts;
  const { status, family } = entry;
  return {
    run: {
      id: encodeGlobalId('Run', entry.runId),
      family,
      ...(status !== null && { status }),
      ...(status === 'failed' && { failure: failure && { code: failure.code, message: failure.message } }),
    },
    ...(entry.assetId !== null && {
      asset: named('Asset', entry.assetId, { name, kind, version, mediaType, byteSize: Number(byteSize), sha256 }),
    }),
    order: named('Order', entry.orderId, { number: facts.orderNumber, reference: facts.reference }),
    orderLine: named('OrderLine', entry.orderLineId, { lineNumber: facts.lineNumber }),
    product: named('Product', entry.productId, { sku: facts.sku }),
    outputType: named('OutputType', entry.outputTypeId, { key: facts.outputTypeKey }),
  };
}
