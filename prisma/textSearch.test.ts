import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../tests/support/database.js';
import { indexTextSearch } from './textSearch.js';

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await database?.drop();
});

const indexes = async () => {
  const { rows } = await client.query(`SELECT indexname FROM pg_indexes WHERE indexname LIKE '%trgm%' ORDER BY 1`);
  return rows.map(({ indexname }) => indexname);
};

it('has its indexes, and comes by them later where the database could not have them at first', async () => {
  const all = await indexes();
  expect(all).toContain('product_sku_trgm_idx');
  await client.query('DROP EXTENSION pg_trgm CASCADE');
  expect(await indexes()).toEqual([]);

  const role = `nobody_${randomBytes(4).toString('hex')}`;
  await client.query(`CREATE ROLE ${role}`);
  try {
    await client.query(`SET ROLE ${role}`);
    const { rows } = await client.query('SELECT hm_index_text_search() AS "isIndexed"');
    expect(rows).toEqual([{ isIndexed: false }]);
    await client.query('RESET ROLE');
    const found = await client.query(`SELECT count(*)::int FROM product WHERE name ILIKE '%bear%'`);
    expect(found.rows).toEqual([{ count: 0 }]);
  } finally {
    await client.query('RESET ROLE');
    await client.query(`DROP ROLE ${role}`);
  }

  expect(await indexTextSearch(database.url)).toBe(true);
  expect(await indexes()).toEqual(all);
  expect(await indexTextSearch(database.url)).toBe(true);
});
