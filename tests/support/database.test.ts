import { Redis } from 'ioredis';
import pg from 'pg';
import { expect, it } from 'vitest';
import { createTestDatabase, redisUrl } from './database.js';
import { describeWith } from './tools.js';

it('a test database is migrated, writable and gone after drop', async () => {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  client.on('error', () => {}); // the drop below cuts this connection
  await client.query(`insert into category (id, key, label) values (gen_random_uuid(), 'bearings', 'Bearings')`);
  expect((await client.query('select key from category')).rows).toEqual([{ key: 'bearings' }]);
  await database.drop();
  const again = new pg.Client({ connectionString: database.url });
  await expect(again.connect()).rejects.toThrow('does not exist');
});

it('two test databases do not share rows', async () => {
  const [a, b] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const count = async (url: string, insert: boolean) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    if (insert) await client.query(`insert into secret (name, value) values ('a', 'b')`);
    const { rows } = await client.query<{ n: number }>('select count(*)::int as n from secret');
    await client.end();
    return rows[0]!.n;
  };
  expect([await count(a.url, true), await count(b.url, false)]).toEqual([1, 0]);
  await Promise.all([a.drop(), b.drop()]);
});

describeWith('redis-server', 'the shared Redis', () => {
  it('answers', async () => {
    const redis = new Redis(await redisUrl());
    await redis.set('a', '1');
    expect(await redis.get('a')).toBe('1');
    await redis.quit();
  });
});
