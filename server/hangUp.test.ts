import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';
import { createCatalogue, createEndedRun } from '../tests/support/testData.js';

let app: TestApp;
let observer: pg.Client;
beforeAll(async () => {
  app = await startTestApp();
  observer = new pg.Client(app.platform.settings.databaseUrl);
  await observer.connect();
});
afterAll(async () => {
  await observer?.end();
  await app?.close();
});

/** What waits for the lock on products. Asked beside the pool, whose connections they may all have. */
async function stuck(): Promise<string[]> {
  const { rows } = await observer.query<{ what: string }>(
    `select case when query like 'select count(*)%' then 'count' when query like '%where%"id" = %' then 'row' else 'list' end as what
     from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock' and query like '%from "product"%' order by what`,
  );
  return rows.map(({ what }) => what);
}

const ask = (fields: string, signal: AbortSignal | null = null) =>
  app.fetch('/graphql', {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: `{ ${fields} }` }),
    signal,
  });
const LIST = 'products(first: 1) { edges { node { sku } } }';
const COUNT = 'products(first: 1) { totalCount }';
const ROW = `node(id: "${id('Product', randomUUID())}") { ... on Product { sku } }`;

test('when a client hangs up, its statements are broken off, and nobody else’s', async () => {
  const holder = await app.platform.pool.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE product IN ACCESS EXCLUSIVE MODE');
    const stays = [ask(LIST), ask(COUNT)];
    await expect.poll(stuck).toEqual(['count', 'list']);
    // The second time the documents are known, which is another way to the executor.
    for (const [begun, others] of [
      [
        [LIST, COUNT],
        ['count', 'count', 'list', 'list'],
      ],
      [
        [LIST, COUNT],
        ['count', 'count', 'list', 'list'],
      ],
      [[ROW], ['count', 'list', 'row']],
      [[ROW], ['count', 'list', 'row']],
    ] as const) {
      const hangUp = new AbortController();
      const gone = begun.map((fields) => expect(ask(fields, hangUp.signal)).rejects.toThrow());
      await expect.poll(stuck).toEqual(others);
      hangUp.abort();
      await Promise.all(gone);
      await expect.poll(stuck).toEqual(['count', 'list']);
    }
    await holder.query('ROLLBACK');
    const answers = await Promise.all(stays.map(async (answer) => (await answer).json()));
    expect(answers).toEqual([
      expect.objectContaining({ data: { products: { edges: [] } } }),
      expect.objectContaining({ data: { products: { totalCount: 0 } } }),
    ]);
  } finally {
    holder.release(true);
  }
  expect(app.logged.join('')).not.toContain('failed unexpectedly');
});

/** What is read in batches, table by table. */
const BATCHES: [what: string, table: string, fields: (ids: Ids) => string][] = [
  ['plans', 'run_plan', ({ run }) => `run(id: "${run}") { nodeRuns { params } }`],
  ['outputs', 'artifact', ({ run }) => `run(id: "${run}") { artifacts { id } }`],
  ['events', 'run_event', ({ run }) => `run(id: "${run}") { events { seq } }`],
  ['lines of logs', 'run_event', ({ run }) => `run(id: "${run}") { nodeRuns { log { seq } } }`],
  ['what is out of date', 'asset', () => 'staleAssets { totalCount edges { node { asset { id } } } }'],
  ['queues', 'node_run', () => 'queues { waiting }'],
  ['their workers', 'worker', () => 'queues { workers }'],
  ['categories of output types', 'category', () => 'outputTypes { edges { node { id categories { label } } } }'],
  ['what was delivered', 'asset', ({ order }) => `order(id: "${order}") { lines { deliveredAssets { id } } }`],
];
interface Ids {
  run: string;
  order: string;
}

test('so are those that read for several at once, when all of them are gone', async () => {
  const catalogue = await createCatalogue(app.platform);
  const { runId } = await createEndedRun(app.platform, catalogue);
  const ids = { run: id('Run', runId), order: id('Order', catalogue.order.id) };
  for (const [what, table, fields] of BATCHES) {
    const waiting = async () => {
      const { rows } = await observer.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows.length;
    };
    const holder = await app.platform.pool.connect();
    try {
      await holder.query('BEGIN');
      await holder.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      const hangUp = new AbortController();
      const gone = [1, 2].map(() => expect(ask(fields(ids), hangUp.signal)).rejects.toThrow());
      await expect.poll(waiting, { message: what }).toBeGreaterThan(0);
      hangUp.abort();
      await Promise.all(gone);
      await expect.poll(waiting, { message: what }).toBe(0);
    } finally {
      holder.release(true);
    }
    const { data, errors } = await (await ask(fields(ids))).json();
    expect(errors, what).toBeUndefined();
    expect(JSON.stringify(data), what).toMatch(/"(id|seq|params|totalCount|waiting|workers)":/);
  }
  expect(app.logged.join('')).not.toContain('failed unexpectedly');
});
