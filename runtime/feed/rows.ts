import type pg from 'pg';
import type { Family, RunMode, RunStatus } from '../../generated/prisma/enums.js';
import { DomainError } from '../../modules/errors.js';

/** A place in the feed. Transactions in the order they began to write, then entries in the order they were written. */
export interface FeedPlace {
  xid: bigint;
  position: bigint;
}

/** Something that happened to a run (`status` is what it changed to) or an asset that was published (`assetId`). */
export interface FeedEntry extends FeedPlace {
  /** Hand it back to go on after this entry. */
  cursor: string;
  at: Date;
  runId: string;
  status: RunStatus | null;
  assetId: string | null;
  mode: RunMode;
  family: Family;
  workflowId: string | null;
  cadFileId: string | null;
  orderLineId: string | null;
  orderId: string | null;
  /** Of whom the order is. */
  accountId: string | null;
  productId: string | null;
  outputTypeId: string | null;
}

export const FEED_PAGE = 500;

const writeCursor = ({ xid, position }: FeedPlace) => `${xid}.${position}`;

/** @throws DomainError `BAD_CURSOR`. */
export function readCursor(cursor: string): FeedPlace {
  const parts = /^(\d{1,19})\.(\d{1,18})$/.exec(cursor);
  if (!parts) throw new DomainError('BAD_CURSOR', 'This is not a cursor of this API.');
  return { xid: BigInt(parts[1]!), position: BigInt(parts[2]!) };
}

export function isAfter(a: FeedPlace, b: FeedPlace): boolean {
  return a.xid === b.xid ? a.position > b.position : a.xid > b.xid;
}

export interface FeedRead {
  /** In their order, without a gap after the place that was asked for. */
  entries: FeedEntry[];
  /** Entries are there that cannot be told yet: a transaction that began before theirs is still open, and may have written others. */
  isHeldUp: boolean;
}

/** Reads what comes after a place. Numbers of a sequence are given before the commit, so a reader who went by them alone would
 * skip what commits late; an entry therefore counts only once every transaction up to its own has ended. */
export async function readFeed(
  db: Pick<pg.Pool | pg.PoolClient, 'query'>,
  after: FeedPlace,
  limit = FEED_PAGE,
): Promise<FeedRead> {
  const { rows } = await db.query({
    name: 'feed_after',
    text: `SELECT f.xid::text, f.position::text, f.at, f.run_id AS "runId", f.status, f.asset_id AS "assetId", r.mode, r.family,
        r.workflow_id AS "workflowId", r.cad_file_id AS "cadFileId", l.id AS "orderLineId", o.id AS "orderId", o.account_id AS "accountId",
        coalesce(a.product_id, l.product_id) AS "productId", coalesce(a.output_type_id, l.output_type_id) AS "outputTypeId",
        f.xid < pg_snapshot_xmin(pg_current_snapshot()) AS is_settled
      FROM feed_entry f JOIN run r ON r.id = f.run_id LEFT JOIN asset a ON a.id = f.asset_id
        LEFT JOIN order_line l ON l.id = CASE WHEN f.asset_id IS NULL THEN r.order_line_id ELSE a.order_line_id END
        LEFT JOIN "order" o ON o.id = l.order_id
      WHERE (f.xid, f.position) > ($1::xid8, $2::bigint) ORDER BY f.xid, f.position LIMIT $3`,
    values: [String(after.xid), String(after.position), limit],
  });
  const settled = rows.filter(({ is_settled }) => is_settled);
  return {
    entries: settled.map(({ is_settled, ...row }) => {
      const place = { xid: BigInt(row.xid), position: BigInt(row.position) };
      return { ...row, ...place, cursor: writeCursor(place) };
    }),
    isHeldUp: settled.length < rows.length,
  };
}

/** The place before everything that has not been told yet. */
export async function feedEnd(db: Pick<pg.Pool | pg.PoolClient, 'query'>): Promise<FeedPlace> {
  const { rows } = await db.query('SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xid');
  return { xid: BigInt(rows[0].xid), position: 0n };
}

/** @throws DomainError `CURSOR_EXPIRED` where what came after the place is not kept any more, or the place is of another database. */
export async function checkPlace(db: Pick<pg.Pool, 'query'>, place: FeedPlace): Promise<void> {
  const { rows } = await db.query(
    `SELECT ($1::xid8, $2::bigint) < (cleared_xid, cleared_position) OR $1::xid8 > pg_snapshot_xmax(pg_current_snapshot()) AS "isGone" FROM feed_state`,
    [String(place.xid), String(place.position)],
  );
  if (rows[0].isGone)
    throw new DomainError(
      'CURSOR_EXPIRED',
      'What came after this cursor is not kept any more. Load the list again, and subscribe without a cursor.',
    );
}

/** How long what happened can be caught up with. */
const KEPT_DAYS = 7;

/** Clears away what is older than a week. Cursors from before then have expired. */
export async function clearFeed(db: Pick<pg.Pool, 'query'>): Promise<void> {
  await db.query(
    `WITH gone AS (DELETE FROM feed_entry WHERE at < now() - make_interval(days => $1) RETURNING xid, position),
       newest AS (SELECT xid, position FROM gone ORDER BY xid DESC, position DESC LIMIT 1)
     UPDATE feed_state s SET cleared_xid = n.xid, cleared_position = n.position FROM newest n
     WHERE (n.xid, n.position) > (s.cleared_xid, s.cleared_position)`,
    [KEPT_DAYS],
  );
}
