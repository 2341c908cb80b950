import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';

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
