import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { FeedFollower } from '../runtime/feed/follower.js';
import { encodeGlobalId } from '../schema/globalId.js';
import { createTestDatabase, type TestDatabase } from '../tests/support/database.js';
import { PATIENCE_MS } from '../tests/support/patience.js';
import {
  type OpenLine,
  overEventStream,
  overWebSocket,
  type SubscriptionLine,
} from '../tests/support/subscriptionLines.js';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';
import { type Catalogue, createCatalogue, createEndedRun } from '../tests/support/testData.js';

const CHANGES = 'subscription ($after: String) { it: runChanged(after: $after) { cursor status } }';
const ASSETS = 'subscription ($after: String) { it: assetPublished(after: $after) { cursor asset { id } } }';
const EVENTS = 'subscription ($runId: ID!, $after: Int! = 0) { it: runEvents(runId: $runId, after: $after) { seq } }';

/** As large as answers may well be. */
const LARGE = `subscription ($after: String) {
  it: runChanged(after: $after) { cursor run { ${Array.from({ length: 40 }, (_, n) => `g${n}: graph`).join(' ')} } } }`;

const SECRET_KEY = 'the same at every server of one database';
/** Of each kind, over each transport. */
const SUBSCRIBERS = 10;
const HAPPENINGS = 150;
/** Two happen in this time. */
const PAUSE_MS = 20;

let database: TestDatabase;
/** The one that is subscribed to. */
let app: TestApp;
/** Another one, at which things happen. */
let studio: TestApp;
let catalogue: Catalogue;
let runIds: string[];
let watched: string;

/** A server on the one database that all of them share. */
const startServer = () =>
  startTestApp({ database: { url: database.url, drop: async () => {} }, secretKey: SECRET_KEY });

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startServer();
  studio = await startServer();
  catalogue = await createCatalogue(studio.platform);
  runIds = [];
  for (let n = 0; n < 10; n++) runIds.push((await createEndedRun(studio.platform, catalogue)).runId);
  watched = runIds[0]!;
  await studio.platform.db.run.update({ where: { id: watched }, data: { status: 'running', finishedAt: null } });
});
afterAll(async () => {
  await app?.close();
  await studio?.close();
  await database?.drop();
});

/** What the server still holds for subscriptions. */
async function held(): Promise<number> {
  const metrics = await (await app.fetch('/metrics', { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })).text();
  return [...metrics.matchAll(/^hartomat_(?:subscriptions\{.*\}|http_event_streams) (\d+)$/gm)].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  );
}
const everythingIsLetGo = () => expect.poll(held, { timeout: PATIENCE_MS }).toBe(0);

/** Something happens to a run, and it is written into its history. */
async function happen(n: number): Promise<void> {
  const { pool } = studio.platform;
  await pool.query(
    `update run set status = (case when status = 'queued' then 'running' else 'queued' end)::"RunStatus" where id = $1`,
    [runIds[1 + (n % 9)]],
  );
  await pool.query(
    `with told as (update run set last_seq = last_seq + 1 where id = $1 returning last_seq),
       written as (insert into run_event (run_id, seq, type, data) select $1, last_seq, 'node.log', '{}' from told returning seq)
     select pg_notify('hartomat_run', $1 || ' ' || seq || ' -') from written`,
    [watched],
  );
}

/** What can be subscribed to and gone on with: where an answer stands, and all that was to be heard from the beginning. */
interface Kind {
  name: string;
  query: string;
  variables(): Record<string, unknown>;
  begin: string | number;
  place(answer: any): string | number;
  all(): Promise<(string | number)[]>;
}
const inFeed = (condition: string) => async () => {
  const { rows } = await studio.platform.pool.query(
    `select xid || '.' || position as cursor from feed_entry where ${condition} order by xid, position`,
  );
  return rows.map(({ cursor }) => cursor);
};
const KINDS: Kind[] = [
  {
    ...{ name: 'runChanged', query: CHANGES, variables: () => ({}), begin: '0.0', place: ({ cursor }) => cursor },
    all: inFeed('asset_id is null'),
  },
  {
    ...{ name: 'assetPublished', query: ASSETS, variables: () => ({}), begin: '0.0', place: ({ cursor }) => cursor },
    all: inFeed('asset_id is not null'),
  },
  {
    ...{ name: 'runEvents', query: EVENTS, begin: 0, place: ({ seq }) => seq },
    variables: () => ({ runId: encodeGlobalId('Run', watched) }),
    all: async () => {
      const { lastSeq } = await studio.platform.db.run.findUniqueOrThrow({ where: { id: watched } });
      return Array.from({ length: lastSeq }, (_, n) => n + 1);
    },
  },
];

/** Somebody whose line breaks again and again, and who goes on from what they saw last. */
class Subscriber {
  readonly seen: (string | number)[] = [];
  breaks = 0;
  private line: SubscriptionLine | null = null;
  private last: string | number | null = null;

  constructor(
    readonly kind: Kind,
    private readonly open: OpenLine,
    private readonly patience: number,
  ) {}

  async follow(): Promise<void> {
    while (!this.hasAll()) {
      const { query, variables, begin, place } = this.kind;
      this.line = this.open(app.url, query, { ...variables(), after: this.seen.at(-1) ?? begin });
      for (let left = this.patience; left > 0 && !this.hasAll(); left--) {
        const answer = await this.line.next();
        if (!answer) break;
        if (answer.errors) throw new Error(JSON.stringify(answer.errors));
        this.seen.push(place(answer.data.it));
      }
      this.line.hangUp();
      this.breaks += 1;
      // Also while there is no server.
      await pause(20);
    }
  }

  /** Ends once this was seen. */
  finish(last: string | number): void {
    this.last = last;
    if (this.hasAll()) this.line?.hangUp();
  }

  private hasAll(): boolean {
    return this.last !== null && this.seen.at(-1) === this.last;
  }
}

test('whoever goes on from the last cursor hears of everything once, in order, whatever broke meanwhile', async () => {
  const subscribers = KINDS.flatMap((kind) =>
    [overEventStream, overWebSocket].flatMap((open) =>
      Array.from({ length: SUBSCRIBERS }, (_, n) => new Subscriber(kind, open, 3 + ((n * 7) % 40))),
    ),
  );
  const following = Promise.all(subscribers.map((one) => one.follow()));
  for (let n = 0; n < HAPPENINGS; n++) {
    await Promise.all([happen(n), happen(n + 1), pause(PAUSE_MS)]);
    if (n % 10 === 0) await createEndedRun(studio.platform, catalogue);
    if (n === 50)
      await studio.platform.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name in ('hartomat_feed', 'hartomat_run') and datname = current_database()`,
      );
    if (n === 100) {
      await app.close();
      app = await startServer();
    }
  }
  const all = new Map<Kind, (string | number)[]>();
  for (const kind of KINDS) all.set(kind, await kind.all());
  for (const one of subscribers) one.finish(all.get(one.kind)!.at(-1)!);
  await following;
  for (const { kind, seen, breaks } of subscribers) {
    expect(seen, kind.name).toEqual(all.get(kind));
    expect(breaks).toBeGreaterThan(1);
  }
  await everythingIsLetGo();
});

describe.each([
  ['server-sent events', overEventStream],
  ['a WebSocket', overWebSocket],
])('over %s', (_name, open) => {
  test('who is gone before their subscription has begun leaves nothing behind', async () => {
    // Each a little later than the one before: in the middle of every step of the beginning.
    for (let ms = 0; ms < 40; ms++) {
      const lines = KINDS.map(({ query, variables }) => open(app.url, query, variables()));
      await pause(ms / 2);
      for (const line of lines) line.hangUp();
    }
    await everythingIsLetGo();
  });

  test('for who reads slowly nothing piles up, and nothing is lost', async () => {
    const { pool } = app.platform;
    const asked = vi.spyOn(FeedFollower.prototype, 'next');
    const after = (await KINDS[0]!.all()).at(-1);
    const slow = open(app.url, LARGE, { after });
    const quick = open(app.url, LARGE, { after });
    await expect.poll(held, { timeout: PATIENCE_MS }).toBeGreaterThanOrEqual(4);
    slow.pause();
    const written = 1_500;
    for (let n = 0; n < written; n += 100) {
      const entries = `insert into feed_entry (run_id, status) select $1, 'running' from generate_series(1, 100)`;
      await pool.query(entries, [runIds[1]]);
      await pool.query('notify hartomat_feed');
    }
    const all = (await KINDS[0]!.all()).slice(-written);
    const read = async (line: SubscriptionLine) => {
      const seen: unknown[] = [];
      while (seen.at(-1) !== all.at(-1)) seen.push((await line.next())!.data.it.cursor);
      line.hangUp();
      return seen;
    };
    // The slow one could have come as far, as the answers are the same; what it was given instead fits on the way to it.
    expect(await read(quick)).toEqual(all);
    expect(asked.mock.calls.length).toBeLessThan(written + 1_000);
    asked.mockRestore();
    slow.resume();
    expect(await read(slow)).toEqual(all);
    await everythingIsLetGo();
  });
});

describe('one event stream for several operations', () => {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
  const reserve = async () => (await app.fetch('/graphql/stream', { method: 'PUT', headers })).text();
  const send = (token: string) =>
    app.fetch('/graphql/stream', {
      method: 'POST',
      headers: { ...headers, 'x-graphql-event-stream-token': token },
      body: JSON.stringify({ query: CHANGES, variables: {}, extensions: { operationId: '1' } }),
    });

  test('takes operations only while it is open', async () => {
    const response = await send(await reserve());
    expect(response.status).toBe(409);
    expect((await response.json()).errors[0].message).toContain('Open the event stream first');
    await everythingIsLetGo();
  });

  test('ends all of them with it, also those that are about to begin', async () => {
    for (let ms = 0; ms < 20; ms++) {
      const token = await reserve();
      const hangUp = new AbortController();
      const opening = app.fetch(`/graphql/stream?token=${token}`, {
        headers: { ...headers, accept: 'text/event-stream' },
        signal: hangUp.signal,
      });
      expect((await opening).status).toBe(200);
      const sent = send(token);
      await pause(ms / 2);
      hangUp.abort();
      expect([202, 204, 404, 409]).toContain((await sent).status);
    }
    await everythingIsLetGo();
  });
});
