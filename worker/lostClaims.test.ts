import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LossyConnection, lossyConnection } from '../tests/support/lossyConnection.js';
import { createTestPlatform, type TestPlatform } from '../tests/support/platform.js';
import { testDefinition, testGraph } from '../tests/support/testModules.js';
import { historyOf, outcomeOf, startTestRun } from '../tests/support/testRuns.js';
import { type RunningWorker, startWorker } from './worker.js';

let test: TestPlatform;
let connection: LossyConnection;
let worker: RunningWorker;

beforeAll(async () => {
  test = await createTestPlatform({ definition: testDefinition });
  connection = await lossyConnection(test.platform.settings.databaseUrl);
  worker = await startWorker(await test.another({ databaseUrl: connection.url }));
});
afterAll(async () => {
  await worker?.stop(0);
  await test?.remove();
  await connection?.close();
});

it.each([
  // The answer to the end of `a` hands over `b`; the answer to a queue job's claim hands over `a`.
  ['a successor', 'b'],
  ['the node of a job', 'a'],
])('gives back %s whose claim was committed but never heard of', async (_what, nodeId) => {
  const lost = connection.loseAnswer(`"nodeId" : "${nodeId}"`);
  const graph = testGraph({ a: { step: 'wait', params: { ms: 100 } }, b: 'join', c: 'join' }, ['a>b', 'b>c']);
  const runId = await startTestRun(test.platform, graph);
  await lost;
  const { run, node } = await outcomeOf(test.platform, runId);
  expect(run.status).toBe('succeeded');
  expect(node[nodeId]).toMatchObject({ attempt: 2, maxAttempts: node.c!.maxAttempts + 1 });
  const steps = (await historyOf(test.platform, runId)).filter((event) => event.nodeId === nodeId);
  expect(steps.map(({ type }) => type)).toEqual(['node.started', 'node.released', 'node.started', 'node.finished']);
});
