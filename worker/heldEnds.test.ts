import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Advance, ClaimedNode, Finish } from '../runtime/engine/engine.js';
import type { Platform } from '../runtime/platform.js';
import { createTestPlatform, type TestPlatform } from '../tests/support/platform.js';
import { testDefinition, testGraph } from '../tests/support/testModules.js';
import { startTestRun, withoutQueue } from '../tests/support/testRuns.js';
import { HeldRuns } from './heldRuns.js';

const NOTHING: Advance = { finish: [], progress: [], claim: [], slots: {} };

let test: TestPlatform;
beforeAll(async () => {
  test = await createTestPlatform({ definition: testDefinition });
});
afterAll(() => test?.remove());

const startUnqueued = (graph: ReturnType<typeof testGraph>) =>
  startTestRun({ ...test.platform, runs: withoutQueue(test.platform) } as Platform, graph);

/** Holds the row of a run until it is let go of. */
async function hold(runId: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: test.platform.settings.databaseUrl });
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM run WHERE id = $1 FOR UPDATE', [runId]);
  return () => client.end();
}

const endOf = ({ runId, idx, token }: ClaimedNode): Finish => ({
  ...{ runId, idx, token, outcome: 'succeeded', outputs: {}, isCached: false, cacheKey: null, failure: null },
  ...{ retryInMs: 0, artifacts: [], asset: null, notification: null },
  events: [{ type: 'node.finished', data: { status: 'succeeded' } }],
});

it('an end is not lost where its run is found free while the step that it came with still waits for another one', async () => {
  const { pool, log, db } = test.platform;
  const [held, slow] = [
    await startUnqueued(testGraph({ a: 'wait', b: 'wait' }, [])),
    await startUnqueued(testGraph({ a: 'wait' }, [])),
  ];
  let isFree = false;
  const tokens: string[] = [];
  const runs = new HeldRuns({ workerId: randomUUID(), pool, log, known: () => tokens, onFree: () => (isFree = true) });
  const { claimed } = await runs.take({
    ...NOTHING,
    claim: [
      { runId: held, idx: 0 },
      { runId: slow, idx: 0 },
    ],
  });
  tokens.push(...claimed.map(({ token }) => token));
  const letGo = await hold(held);
  // Nothing is kept of the run: there is only something to take of it.
  expect((await runs.take({ ...NOTHING, claim: [{ runId: held, idx: 1 }] })).held).toEqual([held]);
  const letGoOfSlow = await hold(slow);
  const taking = runs.take({ ...NOTHING, finish: claimed.map(endOf) });
  await letGo();
  await expect.poll(() => isFree || !runs.isWaiting(), { interval: 10 }).toBe(true);
  await letGoOfSlow();
  await taking;
  while (runs.isWaiting()) {
    await expect.poll(() => runs.isDue()).toBe(true);
    await runs.take(NOTHING);
  }
  for (const { runId, idx } of claimed)
    expect(await db.nodeRun.findFirst({ where: { runId, idx } })).toMatchObject({ status: 'succeeded' });
});
