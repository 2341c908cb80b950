import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPlatform } from '../runtime/platform.js';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { type AppWithWorker, startAppWithWorker } from '../tests/support/appWithWorker.js';
import { dispatchRun } from '../tests/support/mutationCalls.js';
import { startRedis, type TestRedis } from '../tests/support/redis.js';
import { ADMIN_TOKEN, type TestApp } from '../tests/support/testApp.js';
import { openGate, ran, testDefinition, testGraph } from '../tests/support/testModules.js';
import { nodeReaches, outcomeOf, startTestRun } from '../tests/support/testRuns.js';
import { describeWith } from '../tests/support/tools.js';

const AUTHORIZED = { authorization: `Bearer ${ADMIN_TOKEN}` };

describeWith('redis-server', 'while Redis, which carries the jobs,', () => {
  let dir: string;
  let redis: TestRedis;
  let studio: AppWithWorker;
  let app: TestApp;
  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'hartomat-redis-'));
    redis = await startRedis(dir);
    studio = await startAppWithWorker({ redisUrl: redis.url });
    app = studio.app;
  });
  afterAll(async () => {
    await studio?.close();
    await redis?.kill();
    await rm(dir, { recursive: true, force: true });
  });

  const queueState = async () => {
    const answer = await app.fetch('/health/ready');
    return [answer.status, (await answer.json()).checks.queue];
  };
  const retry = (runId: string) =>
    app.gql(
      'mutation ($id: ID!) { retryRun(id: $id) { __typename ... on Run { status } ... on Error { code message } } }',
      { id: id('Run', runId) },
    );

  /** What must hold whatever keeps the queue away.
   * @param gate - of this time. */
  async function holds(gate: string, takeAway: () => Promise<void> | void, bringBack: () => Promise<void> | void) {
    const { platform } = app;
    const failing = await startTestRun(platform, testGraph({ a: { step: 'flaky', params: failsOnce } }, []));
    expect((await outcomeOf(platform, failing)).run.status).toBe('failed');
    const runId = await startTestRun(
      platform,
      testGraph({ gate: { step: 'wait', params: { gate } }, heavy: 'heavy_join', asset: publishes(gate) }, [
        'gate>heavy',
        'heavy>asset',
      ]),
    );
    await nodeReaches(platform, runId, 'gate', { status: 'running' });
    const { cadFileId, workflowId } = await platform.db.run.findUniqueOrThrow({ where: { id: runId } });
    expect(await queueState()).toEqual([200, 'ok']);

    const leaving = await openPlatform(platform.settings, { definition: testDefinition, log: platform.log });
    await leaving.queues.depths();
    await takeAway();
    let dispatched: { __typename: string; id: string };
    try {
      await expect.poll(queueState).toEqual([503, 'does not answer']);
      expect((await app.fetch('/health/live')).status).toBe(200);
      // What Postgres can do alone goes on.
      openGate(gate);
      await nodeReaches(platform, runId, 'gate', { status: 'succeeded' });
      expect((await retry(failing)).data.retryRun.__typename).toBe('Run');
      const asked = { cadFileId: id('CadFile', cadFileId!), workflowId: id('Workflow', workflowId!) };
      dispatched = await dispatchRun(app, asked);
      expect(dispatched.__typename).toBe('Run');
      // A job that the sweeper cannot write is still to be written, and not in a minute.
      const heavy = { runId_idx: { runId, idx: 1 } };
      await platform.db.nodeRun.update({ where: heavy, data: { readyAt: new Date(0) } });
      await studio.worker.sweeper.sweep();
      expect(await platform.db.nodeRun.findUnique({ where: heavy })).toMatchObject({
        status: 'ready',
        enqueuedAt: null,
      });
      // Whoever wants to stop can.
      await leaving.close();
      const metrics = await app.fetch('/metrics', { headers: AUTHORIZED });
      expect(metrics.status).toBe(200);
      expect(await metrics.text()).toContain('hartomat_nodes{capability="cad",state="waiting"}');
    } finally {
      await bringBack();
    }
    await expect.poll(queueState).toEqual([200, 'ok']);
    const second = Buffer.from(dispatched.id, 'base64').toString().split(':')[1]!;
    for (const one of [runId, failing, second]) {
      const { run, nodes } = await outcomeOf(platform, one);
      expect([run.status, ...new Set(Object.values(nodes))]).toEqual(['succeeded', 'succeeded']);
    }
    for (const one of [runId, second])
      for (const node of ['heavy', 'asset']) expect(ran.get(`${one}/${node}`), node).toBe(1);
    expect(await platform.db.asset.count({ where: { runId: { in: [runId, second] } } })).toBe(2);
  }

  it('is killed and comes back empty, the API answers, and runs go on from what Postgres knows', () =>
    holds('killed', redis.kill, redis.restart));

  it('answers nothing, the same holds', () => holds('frozen', redis.freeze, redis.wake));
});

const failsOnce = { times: 1, failureClass: 'input' };
const publishes = (name: string) => ({ step: 'publish', params: { name: `${name}.txt` } });
