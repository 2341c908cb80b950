import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ statementLimitMs: 2_000 });
});
afterAll(() => app?.close());

test('a statement that takes too long is broken off in the database and told in words, and nothing else suffers', async () => {
  const holder = await app.platform.pool.connect();
  const ask = (fields: string) => app.gql(`{ products(first: 1) { ${fields} } }`);
  try {
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE product IN ACCESS EXCLUSIVE MODE');
    const answers = await Promise.all([
      ask('edges { node { id } }'),
      ask('totalCount'),
      app.gql('{ viewer { name } }'),
    ]);
    const [list, count, other] = answers;
    for (const { errors } of [list!, count!])
      expect(errors).toMatchObject([
        { message: expect.stringContaining('took too long'), extensions: { code: 'TIMEOUT' } },
      ]);
    expect(other!.errors).toBeUndefined();
    const { rows } = await holder.query(
      `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    expect(rows).toEqual([]);
  } finally {
    await holder.query('ROLLBACK');
    holder.release();
  }
  expect((await ask('totalCount')).data).toEqual({ products: { totalCount: 0 } });
});
