import { afterAll, beforeAll, expect, it } from 'vitest';
import { queueLoads } from '../runtime/queues/load.js';
import { createTestPlatform, type TestPlatform } from '../tests/support/platform.js';
import { openGate, testDefinition, testGraph } from '../tests/support/testModules.js';
import { endOf, nodeReaches, startTestRun } from '../tests/support/testRuns.js';
import { type RunningWorker, startWorker } from './worker.js';

let test: TestPlatform;
let worker: RunningWorker | undefined;
beforeAll(async () => {
  test = await createTestPlatform({ definition: testDefinition });
});
afterAll(async () => {
  await worker?.stop(0);
  await test?.remove();
});

const waitAt = (gate: string) => startTestRun(test.platform, testGraph({ a: { step: 'wait', params: { gate } } }, []));
const load = async (of: string) => (await queueLoads(test.platform)).find(({ capability }) => capability === of);
const IDLE = { waiting: 0, waitingSince: null, retrying: 0, running: 0 };

it('tells of each queue what waits, what runs and who takes from it', async () => {
  expect(await queueLoads(test.platform)).toEqual(
    ['cpu', 'cad', 'blender', 'io'].map((capability) => ({ capability, ...IDLE, workers: 0 })),
  );

  // Nobody is there to take them.
  const first = await waitAt('queue-load');
  const second = await waitAt('queue-load');
  const { readyAt } = await test.platform.db.nodeRun.findFirstOrThrow({ where: { runId: first } });
  const waiting = { capability: 'cpu', waiting: 2, waitingSince: readyAt, retrying: 0, running: 0, workers: 0 };
  expect(await load('cpu')).toEqual(waiting);

  // One at a time.
  worker = await startWorker(await test.another(), { capabilities: ['cpu', 'io'], concurrency: { cpu: 1 } });
  await expect.poll(() => load('cpu')).toMatchObject({ waiting: 1, running: 1, workers: 1 });
  expect(await load('io')).toEqual({ capability: 'io', ...IDLE, workers: 1 });

  openGate('queue-load');
  for (const runId of [first, second]) await endOf(test.platform, runId);
  expect(await load('cpu')).toEqual({ capability: 'cpu', ...IDLE, workers: 1 });
});

it('counts what begins another attempt later apart', async () => {
  const retry = { attempts: 3, backoffMs: 3_600_000 };
  const graph = testGraph({ a: { step: 'flaky', params: { times: 9 }, retry } }, []);
  const runId = await startTestRun(test.platform, graph);
  await nodeReaches(test.platform, runId, 'a', { status: 'ready', attempt: 1 });
  expect(await load('cpu')).toMatchObject({ ...IDLE, retrying: 1 });
});
