import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Platform } from '../runtime/platform.js';
import { createTestPlatform, type TestPlatform } from '../tests/support/platform.js';
import { openGate, testDefinition, testGraph } from '../tests/support/testModules.js';
import { historyOf, outcomeOf, startTestRun } from '../tests/support/testRuns.js';
import { type RunningWorker, startWorker } from './worker.js';

let test: TestPlatform;
let platform: Platform;
let worker: RunningWorker;
beforeAll(async () => {
  test = await createTestPlatform({ definition: testDefinition });
  platform = test.platform;
  worker = await startWorker(platform, { concurrency: { cpu: 1 } });
});
afterAll(async () => {
  await worker?.stop(0);
  await test?.remove();
});

const stateOf = async (runId: string) => (await platform.db.nodeRun.findFirstOrThrow({ where: { runId } })).status;

it('a shadow run gives its slot to what will be delivered, and goes on when nobody waits', async () => {
  const gate = randomUUID();
  const shadow = await startTestRun(platform, testGraph({ a: { step: 'wait', params: { gate } } }, []));
  await platform.db.run.update({ where: { id: shadow }, data: { mode: 'shadow' } });
  await expect.poll(() => stateOf(shadow)).toBe('running');
  const delivered = await startTestRun(platform, testGraph({ a: 'join' }, []));
  const { run } = await outcomeOf(platform, delivered);
  openGate(gate);
  const late = await outcomeOf(platform, shadow);
  expect([run.status, late.run.status]).toEqual(['succeeded', 'succeeded']);
  expect(run.finishedAt!.getTime()).toBeLessThan(late.run.finishedAt!.getTime());
  const events = await historyOf(platform, shadow);
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'node.released', data: { reason: 'What will be delivered goes first.' } }),
  );
});

it('what will be delivered does not give way to anything', async () => {
  const gate = randomUUID();
  const first = await startTestRun(platform, testGraph({ a: { step: 'wait', params: { gate } } }, []));
  await expect.poll(() => stateOf(first)).toBe('running');
  const second = await startTestRun(platform, testGraph({ a: 'join' }, []));
  // Long enough for a shadow run to be in its way.
  const waitedS = async () => {
    const { rows } = await platform.pool.query(
      'SELECT extract(epoch FROM now() - ready_at)::float8 AS s FROM node_run WHERE run_id = $1',
      [second],
    );
    return rows[0].s;
  };
  await expect.poll(waitedS).toBeGreaterThan(1.5);
  openGate(gate);
  expect((await outcomeOf(platform, second)).run.status).toBe('succeeded');
  const { node } = await outcomeOf(platform, first);
  expect(node.a).toMatchObject({ status: 'succeeded', attempt: 1 });
});
