import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Platform } from '../runtime/platform.js';
import { createTestPlatform, type TestPlatform } from '../tests/support/platform.js';
import { testDefinition, testGraph } from '../tests/support/testModules.js';
import { outcomeOf, startTestRun } from '../tests/support/testRuns.js';
import { startWorker } from './worker.js';

// What acts on the world is cut out of the plans of shadow runs (workflow/shadowPlan.ts). Here it was left in by mistake.

let test: TestPlatform;
let platform: Platform;
beforeEach(async () => {
  test = await createTestPlatform({ definition: testDefinition });
  platform = test.platform;
});
afterEach(() => test?.remove());

/** A shadow run that publishes, to its end. */
async function publishing(planSays: 'shadow' | 'nothing') {
  const runId = await startTestRun(platform, testGraph({ a: 'publish' }, []));
  await platform.db.run.update({ where: { id: runId }, data: { mode: 'shadow' } });
  // The plan of a run never changes, so the database has to be told that this mistake is meant.
  if (planSays === 'shadow')
    await platform.pool.query(
      `ALTER TABLE run_plan DISABLE TRIGGER run_plan_never_changes; UPDATE run_plan SET plan = plan || '{"isShadow": true}'`,
    );
  const worker = await startWorker(platform);
  try {
    return await outcomeOf(platform, runId);
  } finally {
    await worker.stop(0);
  }
}

it('a worker does not do what acts on the world for a shadow run', async () => {
  const { run, node } = await publishing('shadow');
  expect(run.status).toBe('failed');
  expect(node.a!.failure).toMatchObject({ code: 'EFFECT_WITHHELD' });
  expect(await platform.db.asset.count()).toBe(0);
});

it('the database takes no asset and no notification of a shadow run', async () => {
  const { run } = await publishing('nothing');
  expect(run.status).toBe('succeeded');
  await platform.db.notification.createMany({ data: [{ runId: run.id, nodeId: 'a', title: 'Ready', body: 'It is.' }] });
  expect([await platform.db.asset.count(), await platform.db.notification.count()]).toEqual([0, 0]);
});
