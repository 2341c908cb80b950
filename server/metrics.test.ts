import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';
import { testDefinition, testGraph } from '../tests/support/testModules.js';
import { endOf, startTestRun } from '../tests/support/testRuns.js';
import { type RunningWorker, startWorker } from '../worker/worker.js';

let app: TestApp;
let worker: RunningWorker;
beforeAll(async () => {
  app = await startTestApp({ definition: testDefinition });
});
afterAll(async () => {
  await worker?.stop(0);
  await app?.close();
});

/** The value of a series, as Prometheus reads it. */
async function metric(series: string): Promise<number> {
  const text = await (await app.fetch('/metrics', { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })).text();
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return Number(line?.slice(series.length));
}

test('metrics count runs, jobs and requests', async () => {
  for (const status of ['queued', 'running', 'succeeded', 'failed'])
    expect(await metric(`hartomat_runs{status="${status}"}`)).toBe(0);
  expect(await metric('hartomat_queue_jobs{capability="blender",state="waiting"}')).toBe(0);
  await app.fetch('/health/live');
  const requests = 'hartomat_http_request_duration_seconds_count{method="GET",route="/health",status="200"}';
  await expect.poll(() => metric(requests)).toBe(1);
  expect(await metric('hartomat_process_resident_memory_bytes')).toBeGreaterThan(1e6);
  expect(await metric('hartomat_webhook_deliveries_pending')).toBe(0);
});

test('metrics tell what waits for how long, who works, and what failed for which reason', async () => {
  const { platform } = app;
  expect(await metric('hartomat_workers{capability="cpu"}')).toBe(0);
  expect(await metric('hartomat_queue_oldest_wait_seconds{capability="cpu"}')).toBe(0);
  const runs = await Promise.all([
    startTestRun(platform, testGraph({ a: { step: 'flaky', params: { times: 9, failureClass: 'input' } } }, [])),
    startTestRun(platform, testGraph({ a: 'crash', b: { step: 'crash', onFailure: 'continue' } }, [])),
    startTestRun(platform, testGraph({ a: 'join' }, [])),
  ]);
  expect(await metric('hartomat_nodes{capability="cpu",state="waiting"}')).toBe(4);
  await expect.poll(() => metric('hartomat_queue_oldest_wait_seconds{capability="cpu"}')).toBeGreaterThan(0.1);
  expect(await metric('hartomat_nodes{capability="blender",state="waiting"}')).toBe(0);

  worker = await startWorker(platform, { capabilities: ['cpu', 'io'] });
  expect((await Promise.all(runs.map((runId) => endOf(platform, runId)))).toSorted()).toEqual([
    ...['failed', 'failed', 'succeeded'],
  ]);
  expect(await metric('hartomat_workers{capability="cpu"}')).toBe(1);
  expect(await metric('hartomat_workers{capability="cad"}')).toBe(0);
  expect(await metric('hartomat_nodes{capability="cpu",state="waiting"}')).toBe(0);
  expect(await metric('hartomat_failed_nodes{class="input"}')).toBe(1);
  expect(await metric('hartomat_failed_nodes{class="crash"}')).toBeGreaterThanOrEqual(1);
  expect(await metric('hartomat_failed_nodes{class="timeout"}')).toBe(0);
});
