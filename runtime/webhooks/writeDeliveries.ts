import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { Role } from '../../generated/prisma/enums.js';
import { scopesOf } from '../access/access.js';
import { type Beholder, isVisible, OWNER } from '../access/ownership.js';
import { FEED_PAGE, type FeedEntry, type FeedPlace, readFeed } from '../feed/rows.js';
import { eventsOf, typeOf } from './events.js';

interface Endpoint {
  id: string;
  accountId: string | null;
  role: Role | null;
  ownOnly: boolean;
  eventTypes: string[];
  createdAt: Date;
}

interface Situation {
  endpoints: Endpoint[];
  place: FeedPlace;
  /** What has happened up to here can be told. */
  end: FeedPlace;
}

/** How far deliveries were written, and for whom to write them. One statement and so one moment: a webhook that is not on its
 * list was made after everything before `end` had happened. */
async function look(pool: pg.Pool): Promise<Situation> {
  const { rows } = await pool.query({
    name: 'webhooks_look',
    text: `SELECT s.webhooks_xid::text AS xid, s.webhooks_position::text AS position,
        pg_snapshot_xmin(pg_current_snapshot())::text AS "endXid",
        (SELECT coalesce(json_agg(json_build_object('id', w.id, 'accountId', w.account_id, 'role', a.role, 'ownOnly', w.own_only,
            'eventTypes', w.event_types, 'createdAt', w.created_at)), '[]')
          FROM webhook w LEFT JOIN account a ON a.id = w.account_id WHERE w.disabled_at IS NULL AND a.disabled_at IS NULL) AS endpoints
      FROM feed_state s`,
  });
  const [{ xid, position, endXid, endpoints }] = rows as [
    {
      xid: string;
      position: string;
      endXid: string;
      endpoints: (Omit<Endpoint, 'createdAt'> & { createdAt: string })[];
    },
  ];
  return {
    place: { xid: BigInt(xid), position: BigInt(position) },
    end: { xid: BigInt(endXid), position: 0n },
    endpoints: endpoints.map((each) => ({ ...each, createdAt: new Date(each.createdAt) })),
  };
}

const NO_SCOPES: Beholder['scopes'] = new Set();
const beholderOf = ({ accountId, role, ownOnly }: Endpoint): Beholder => ({
  accountId,
  scopes: ownOnly ? NO_SCOPES : role === null ? OWNER.scopes : scopesOf(role),
});

/** Shadow runs notify nobody. */
const concerns = (endpoint: Endpoint, entry: FeedEntry): boolean =>
  entry.mode !== 'shadow' &&
  entry.at >= endpoint.createdAt &&
  endpoint.eventTypes.includes(typeOf(entry)) &&
  isVisible(beholderOf(endpoint), entry);

/** Writes a delivery for each webhook that wants to know of what happened since the last time, and moves the cursor, in one
 * statement: each once, however many workers do this at a time.
 * @returns whether more is waiting. */
export async function writeDeliveries(pool: pg.Pool): Promise<boolean> {
  const { endpoints, place, end } = await look(pool);
  // A copy of the database that was put into another server begins to count anew.
  const isOfAnotherServer = place.xid > end.xid;
  if (endpoints.length === 0 || isOfAnotherServer) {
    if (place.xid !== end.xid) await move(pool, place, end, []);
    return false;
  }
  const { entries } = await readFeed(pool, place);
  if (entries.length === 0) return false;
  const wanted = entries.filter((entry) => endpoints.some((endpoint) => concerns(endpoint, entry)));
  const events = wanted.length > 0 ? await eventsOf(pool, wanted) : [];
  const deliveries = events.flatMap(({ entry, ...event }) =>
    endpoints.filter((each) => concerns(each, entry)).map(({ id }) => ({ webhookId: id, ...event })),
  );
  await move(pool, place, entries.at(-1)!, deliveries);
  return entries.length === FEED_PAGE;
}

/** Nothing is written where another worker was quicker. */
async function move(
  pool: pg.Pool,
  from: FeedPlace,
  to: FeedPlace,
  deliveries: readonly { webhookId: string; id: string; type: string; body: string }[],
): Promise<void> {
  await pool.query({
    name: 'webhooks_move',
    text: `WITH moved AS (
        UPDATE feed_state SET webhooks_xid = $3::xid8, webhooks_position = $4
        WHERE webhooks_xid = $1::xid8 AND webhooks_position = $2 RETURNING id)
      INSERT INTO webhook_delivery (id, webhook_id, event_id, event_type, body)
      SELECT d.id, w.id, d."eventId", d.type, d.body
      FROM moved, jsonb_to_recordset($5) AS d(id uuid, "webhookId" uuid, "eventId" uuid, type text, body text)
        JOIN webhook w ON w.id = d."webhookId"
      ON CONFLICT (webhook_id, event_id) DO NOTHING`,
    values: [
      String(from.xid),
      String(from.position),
      String(to.xid),
      String(to.position),
      JSON.stringify(deliveries.map(({ id, ...rest }) => ({ ...rest, id: uuidv7(), eventId: id }))),
    ],
  });
}
