import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, redisUrl, type TestDatabase } from '../../tests/support/database.js';
import { describeWith } from '../../tests/support/tools.js';
import { Queues, type ReadyNode } from './queues.js';

describe('the queues on PostgreSQL', () => suite(async () => null));
describeWith('redis-server', 'the queues on Redis', () => suite(redisUrl));

function suite(redis: () => Promise<string | null>) {
  let database: TestDatabase;
  let queues: Queues;
  beforeAll(async () => {
    database = await createTestDatabase();
    queues = await Queues.open({ databaseUrl: database.url, redisUrl: await redis(), prefix: randomUUID() });
  });
  afterAll(async () => {
    await queues?.close();
    await database?.drop();
  });

  it.each([
    ['one by one', 3],
    ['many at once', 12],
  ])('hand out what a shadow run waits with behind everything that is delivered, written %s', async (_how, many) => {
    const node = (isShadow: boolean): ReadyNode => ({
      runId: randomUUID(),
      idx: 0,
      capability: 'blender',
      step: 'blender_still',
      attempt: 0,
      isShadow,
    });
    const shadows = Array.from({ length: many }, () => node(true));
    const delivered = Array.from({ length: many }, () => node(false));
    await queues.enqueue(shadows);
    await queues.enqueue(delivered);
    const taken: string[] = [];
    const consumer = queues.consume('blender', 1, async ({ runId }) => {
      taken.push(runId);
      return 'done';
    });
    await expect.poll(() => taken.length).toBe(2 * many);
    await consumer.close();
    const first = new Set(taken.slice(0, many));
    expect(delivered.every(({ runId }) => first.has(runId))).toBe(true);
    expect(new Set(taken).size).toBe(2 * many);
  });
}
