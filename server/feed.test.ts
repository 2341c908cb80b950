import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { WebSocket } from 'ws';
import { revokeApiToken } from '../runtime/access/accounts.js';
import { clearFeed, readFeed } from '../runtime/feed/rows.js';
import { cancelRun } from '../runtime/runs/cancel.js';
import { dispatch } from '../runtime/runs/dispatch.js';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { createMember } from '../tests/support/members.js';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';
import { type Catalogue, createCatalogue, createEndedRun } from '../tests/support/testData.js';
import { createSignInUrl } from './signIn.js';

const CHANGES = `subscription ($after: String, $filter: RunChangeFilter) {
  runChanged(after: $after, filter: $filter) { cursor status run { id } } }`;
const ASSETS = `subscription ($after: String, $filter: AssetPublicationFilter) {
  assetPublished(after: $after, filter: $filter) { cursor asset { id name } } }`;
const EVENTS = `subscription ($runId: ID!, $after: Int! = 0) {
  runEvents(runId: $runId, after: $after) { seq type nodeId data } }`;

interface Change {
  cursor: string;
  status: string;
  run: { id: string };
}

let app: TestApp;
let catalogue: Catalogue;
beforeAll(async () => {
  app = await startTestApp();
  catalogue = await createCatalogue(app.platform);
});
afterAll(() => app.close());

async function start(): Promise<string> {
  const { runId } = await dispatch(app.platform, {
    cadFileId: catalogue.cadFile.id,
    workflowId: catalogue.workflow.id,
  });
  return runId;
}

const member = (role: 'partner' | 'viewer') => createMember(app.platform, role);

interface Source {
  subscribe(query: string, variables: Record<string, unknown>): AsyncIterableIterator<any>;
  close(): void;
}

function overSse(token = ADMIN_TOKEN): Source {
  const client = createSseClient({
    url: `${app.url}/graphql/stream`,
    headers: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
  return { subscribe: (query, variables) => client.iterate({ query, variables }), close: () => client.dispose() };
}

function overWebSocket(
  token: string | null = ADMIN_TOKEN,
  headers: Record<string, string> = {},
): Source & { closed: Promise<CloseEvent> } {
  class Socket extends WebSocket {
    constructor(address: string, protocols: string) {
      super(address, protocols, { headers });
    }
  }
  let tell: (event: CloseEvent) => void;
  const closed = new Promise<CloseEvent>((resolve) => {
    tell = resolve;
  });
  const client = createWsClient({
    url: `${app.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: Socket,
    connectionParams: token === null ? undefined : { authorization: `Bearer ${token}` },
    retryAttempts: 0,
    on: { closed: (event) => tell(event as CloseEvent) },
  });
  return {
    subscribe: (query, variables) => client.iterate({ query, variables }),
    close: () => void client.dispose(),
    closed,
  };
}

/** The first `count` answers of a subscription. */
async function take(source: Source, query: string, variables: Record<string, unknown>, count: number): Promise<any[]> {
  const taken: any[] = [];
  for await (const { data, errors } of source.subscribe(query, variables)) {
    if (errors) throw errors[0];
    taken.push(Object.values(data)[0]);
    if (taken.length === count) break;
  }
  return taken;
}

/** All answers of a subscription that ends by itself. */
async function followed(source: Source, query: string, variables: Record<string, unknown>): Promise<any[]> {
  const all: any[] = [];
  for await (const { data, errors } of source.subscribe(query, variables)) {
    if (errors) throw errors[0];
    all.push(Object.values(data)[0]);
  }
  return all;
}

/** A line of a new order. */
async function lineOf(accountId: string | null) {
  const { product, outputType } = catalogue;
  const order = await app.platform.db.order.create({
    data: { accountId, lines: { create: { lineNumber: 1, productId: product.id, outputTypeId: outputType.id } } },
    include: { lines: true },
  });
  return order.lines[0]!;
}

/** Where the feed tells of a run for the first time. */
async function cursorOf(runId: string): Promise<string> {
  const { rows } = await app.platform.pool.query(
    `SELECT xid || '.' || position AS cursor FROM feed_entry WHERE run_id = $1 ORDER BY xid, position LIMIT 1`,
    [runId],
  );
  return rows[0].cursor;
}

describe.each([
  ['server-sent events', overSse],
  ['a WebSocket', overWebSocket],
])('over %s', (_name, open) => {
  it('changes of runs are caught up with and followed from a cursor, without gap or repeat', async () => {
    const source = open();
    const runIds = [await start(), await start()];
    const filter = { status: ['queued', 'cancelled'] };
    const live = take(source, CHANGES, { after: await cursorOf(runIds[0]!), filter }, 3);
    for (const runId of runIds) await cancelRun(app.platform, runId);
    const all: Change[] = await live;
    expect(all.map(({ status, run }) => [status, run.id])).toEqual([
      ['queued', id('Run', runIds[1]!)],
      ['cancelled', id('Run', runIds[0]!)],
      ['cancelled', id('Run', runIds[1]!)],
    ]);
    expect(await take(source, CHANGES, { after: all[0]!.cursor, filter }, 2)).toEqual(all.slice(1));
    source.close();
  });

  it('events of one run are replayed, followed, and gone on with from where one was', async () => {
    const source = open();
    const runId = await start();
    const events = { runId: id('Run', runId) };
    const [queued] = await take(source, EVENTS, events, 1);
    expect(queued).toMatchObject({ seq: 1, type: 'run.queued' });
    const rest = followed(source, EVENTS, { ...events, after: queued.seq });
    await cancelRun(app.platform, runId);
    const seen = await rest;
    expect(seen.at(-1)).toMatchObject({ type: 'run.finished' });
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_event, index) => index + 2));
    expect(await followed(source, EVENTS, { ...events, after: 2 })).toEqual(seen.slice(1));
    source.close();
  });

  it('assets are told as they are published, by filter, and gone on with from a cursor', async () => {
    const source = open();
    const line = await lineOf(null);
    const filter = { orderLineId: id('OrderLine', line.id) };
    const publish = () => createEndedRun(app.platform, { ...catalogue, line });
    const { runId } = await publish();
    const asset = await app.platform.db.asset.findFirstOrThrow({ where: { runId } });
    const [first] = await take(source, ASSETS, { after: '0.0', filter }, 1);
    expect(first.asset.id).toBe(id('Asset', asset.id));
    const next = take(source, ASSETS, { after: first.cursor, filter }, 1);
    await createEndedRun(app.platform, catalogue);
    const later = await publish();
    const second = await app.platform.db.asset.findFirstOrThrow({ where: { runId: later.runId } });
    expect((await next)[0].asset.id).toBe(id('Asset', second.id));
    source.close();
  });

  it('a list of runs hears of what its filter lets through', async () => {
    const source = open();
    const line = await lineOf(null);
    const { workflow, cadFile } = catalogue;
    const after = await cursorOf(await start());
    const { runId } = await createEndedRun(app.platform, catalogue);
    await app.platform.db.run.update({ where: { id: runId }, data: { orderLineId: line.id } });
    for (const filter of [
      { orderLineId: id('OrderLine', line.id) },
      { orderId: id('Order', line.orderId) },
      { status: ['succeeded'], family: 'cad_file', workflowId: id('Workflow', workflow.id) },
      { status: ['succeeded'], cadFileId: id('CadFile', cadFile.id) },
    ])
      expect((await take(source, CHANGES, { after, filter }, 1))[0].run.id).toBe(id('Run', runId));
    source.close();
  });

  it('partners hear of what their orders bring about, and of nothing else', async () => {
    const { account, secret } = await member('partner');
    const source = open(secret);
    await start();
    const line = await lineOf(account.id);
    const { runId } = await createEndedRun(app.platform, catalogue);
    await app.platform.db.run.update({ where: { id: runId }, data: { orderLineId: line.id } });
    const [change] = await take(source, CHANGES, { after: '0.0' }, 1);
    expect(change.run.id).toBe(id('Run', runId));
    const own = 'subscription ($runId: ID!) { runEvents(runId: $runId) { seq type } }';
    expect(await followed(source, own, { runId: change.run.id })).toHaveLength(3);
    await expect(take(source, own, { runId: id('Run', await start()) }, 1)).rejects.toMatchObject({
      extensions: { code: 'NOT_FOUND' },
    });
    await expect(take(source, EVENTS, { runId: change.run.id }, 1)).rejects.toMatchObject({
      extensions: { code: 'FORBIDDEN' },
    });
    const shadow = { mode: 'shadow' as const };
    await app.platform.db.run.update({ where: { id: runId }, data: shadow });
    const other = await createEndedRun(app.platform, catalogue);
    await app.platform.db.run.update({ where: { id: other.runId }, data: { orderLineId: line.id } });
    expect((await take(source, CHANGES, { after: '0.0' }, 1))[0].run.id).toBe(id('Run', other.runId));
    source.close();
  });

  it('a cursor that is none, or that nothing is kept of, is refused in words', async () => {
    const source = open();
    await expect(take(source, CHANGES, { after: 'yesterday' }, 1)).rejects.toMatchObject({
      extensions: { code: 'BAD_CURSOR' },
    });
    await expect(take(source, CHANGES, { after: '999999999999.1' }, 1)).rejects.toMatchObject({
      extensions: { code: 'CURSOR_EXPIRED' },
    });
    source.close();
  });

  it('a revoked token takes its stream with it', async () => {
    const { token, secret } = await member('viewer');
    const source = open(secret);
    await start();
    const stream = source.subscribe(CHANGES, { after: '0.0' });
    expect((await stream.next()).value.data.runChanged.status).toBe('queued');
    await revokeApiToken(app.platform, token.id);
    await expect(
      (async () => {
        for await (const { errors } of { [Symbol.asyncIterator]: () => stream }) if (errors) throw errors[0];
      })(),
    ).rejects.toBeDefined();
    source.close();
  });
});

describe('a WebSocket', () => {
  it('is closed on those who prove nothing, and on pages of other sites that use a cookie', async () => {
    const cookie = (await app.fetch(await createSignInUrl(app.platform.db, app.url))).headers
      .get('set-cookie')!
      .split(';')[0]!;
    const own = overWebSocket(null, { cookie, origin: app.url });
    expect(await take(own, CHANGES, { after: '0.0' }, 1)).toHaveLength(1);
    own.close();
    for (const [token, headers] of [
      [null, {}],
      ['wrong', {}],
      ['wrong', { cookie }],
      [null, { cookie, origin: 'https://elsewhere.example' }],
    ] as const) {
      const socket = overWebSocket(token, headers);
      await expect(take(socket, CHANGES, { after: '0.0' }, 1)).rejects.toBeDefined();
      expect((await socket.closed).code).toBe(4403);
    }
  });

  it('keeps to the limits of documents, and to scopes', async () => {
    const socket = overWebSocket();
    const nested = `{ ${'a { '.repeat(60)} b ${'}'.repeat(60)} }`;
    await expect(take(socket, nested, {}, 1)).rejects.toMatchObject([{ extensions: { code: 'DOCUMENT_TOO_LARGE' } }]);
    const { secret } = await member('partner');
    const partner = overWebSocket(secret);
    await expect(take(partner, 'subscription { runChanged { run { graph } } }', {}, 1)).rejects.toMatchObject({
      extensions: { code: 'FORBIDDEN' },
    });
    socket.close();
    partner.close();
  });

  it('carries queries and mutations as well', async () => {
    const socket = overWebSocket();
    expect(await take(socket, '{ viewer { name } }', {}, 1)).toEqual([{ name: 'Admin token' }]);
    socket.close();
  });
});

test('what a late transaction wrote is not skipped by those who have seen later ones', async () => {
  const { pool } = app.platform;
  const client = await pool.connect();
  const [slow, quick] = [await start(), await start()];
  const source = overSse();
  const after = await cursorOf(quick);
  await client.query('BEGIN');
  await client.query(`UPDATE run SET status = 'cancelling' WHERE id = $1`, [slow]);
  await pool.query(`UPDATE run SET status = 'cancelling' WHERE id = $1`, [quick]);
  const [xid, position] = after.split('.').map(BigInt);
  expect(await readFeed(pool, { xid: xid!, position: position! })).toEqual({ entries: [], isHeldUp: true });
  const both = take(source, CHANGES, { after, filter: { status: ['cancelling'] } }, 2);
  await client.query('COMMIT');
  client.release();
  expect((await both).map(({ run }: Change) => run.id)).toEqual([id('Run', slow), id('Run', quick)]);
  source.close();
});

test('who is far behind catches up page by page while more happens, and hears of everything once', async () => {
  const { pool, feed } = app.platform;
  const runId = await start();
  const write = async (count: number) => {
    const entries = `INSERT INTO feed_entry (run_id, status) SELECT $1, 'running' FROM generate_series(1, $2::int)`;
    await pool.query(entries, [runId, count]);
    await pool.query('NOTIFY hartomat_feed');
  };
  await write(1_200);
  const follower = await feed.follow('0.0', (entry) => entry.runId === runId);
  const seen: bigint[] = [];
  const reading = (async () => {
    for await (const { position } of follower) {
      seen.push(position);
      if (seen.length === 3_001) return;
    }
  })();
  for (let n = 0; n < 18; n++) await write(100);
  await reading;
  const { rows } = await pool.query(
    'SELECT f.position::text FROM feed_entry f WHERE run_id = $1 ORDER BY f.xid, f.position',
    [runId],
  );
  expect(seen.map(String)).toEqual(rows.map(({ position }) => position));
  const waiting = follower.next();
  await follower.return();
  expect(await waiting).toEqual({ done: true, value: undefined });
});

test('a cursor expires with what came after it', async () => {
  const { pool } = app.platform;
  const source = overSse();
  const [first] = (await take(source, CHANGES, { after: '0.0' }, 1)) as Change[];
  await pool.query(`UPDATE feed_entry SET at = now() - interval '8 days'`);
  await clearFeed(pool);
  await expect(take(source, CHANGES, { after: first!.cursor }, 1)).rejects.toMatchObject({
    extensions: { code: 'CURSOR_EXPIRED' },
  });
  source.close();
});
