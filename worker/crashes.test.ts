import { randomUUID } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { advance } from '../runtime/engine/engine.js';
import type { Platform } from '../runtime/platform.js';
import { onEachBackend } from '../tests/support/backends.js';
import { openGate, ran, testGraph } from '../tests/support/testModules.js';
import { historyOf, nodeReaches, outcomeOf, startTestRun, withoutQueue } from '../tests/support/testRuns.js';
import { startWorker } from './worker.js';

onEachBackend('after a crash, the run engine', (engine) => {
  it('publishes one asset however often the job is delivered', async () => {
    const runId = await startTestRun(engine.platform, testGraph({ a: 'publish' }, []));
    await engine.platform.queues.enqueue(
      [0, 1, 2].map((attempt) => ({ runId, idx: 0, capability: 'io', step: 'publish', attempt })),
    );
    await outcomeOf(engine.platform, runId);
    await engine.platform.queues.enqueue([{ runId, idx: 0, capability: 'io', step: 'publish', attempt: 7 }]);
    const waiting = async () => Object.values((await engine.platform.queues.depths()).io).some((jobs) => jobs > 0);
    await expect.poll(waiting).toBe(false);
    expect(ran.get(`${runId}/a`)).toBe(1);
    expect(await engine.platform.db.asset.findMany({ where: { runId } })).toMatchObject([
      { name: 'hello.txt', kind: 'text', nodeId: 'a' },
    ]);
  });

  it('gives a dead worker’s node another attempt and refuses the late result', async () => {
    const gate = randomUUID();
    const lost = await startTestRun(
      engine.platform,
      testGraph({ gate: { step: 'wait', params: { gate } }, a: 'join' }, ['gate>a']),
    );
    await nodeReaches(engine.platform, lost, 'gate', { status: 'running' });
    // Claimed by a worker nobody knows, as it were.
    const stolen = await engine.platform.db.nodeRun.findFirstOrThrow({ where: { runId: lost, nodeId: 'gate' } });
    const deadWorker = randomUUID();
    await engine.platform.pool.query('UPDATE node_run SET worker_id = $1 WHERE run_id = $2 AND idx = 0', [
      deadWorker,
      lost,
    ]);
    await engine.worker.sweeper.sweep();
    openGate(gate);
    const { run, node } = await outcomeOf(engine.platform, lost);
    expect(run.status).toBe('succeeded');
    expect(node.gate!.attempt).toBe(2);
    const late = {
      runId: lost,
      idx: 0,
      token: stolen.token!,
      outcome: 'succeeded' as const,
      outputs: { out: { data: 'late' } },
      isCached: false,
      cacheKey: null,
      failure: null,
      retryInMs: 0,
      artifacts: [],
      asset: null,
      notification: null,
      events: [{ type: 'node.finished', data: {} }],
    };
    const before = await historyOf(engine.platform, lost);
    expect(
      await advance(engine.platform.pool, deadWorker, { finish: [late], progress: [], claim: [], slots: {} }),
    ).toMatchObject({ refused: [stolen.token] });
    expect(await historyOf(engine.platform, lost)).toHaveLength(before.length);
  });

  it('gives up on a node that loses three workers', async () => {
    const graph = testGraph({ a: 'wait', b: 'join' }, ['a>b']);
    const runId = await startTestRun(engine.platform, graph);
    for (let attempt = 1; attempt <= 3; attempt++) {
      await nodeReaches(engine.platform, runId, 'a', { status: 'running', attempt });
      await engine.platform.pool.query('UPDATE node_run SET worker_id = $1 WHERE run_id = $2 AND idx = 0', [
        randomUUID(),
        runId,
      ]);
      await engine.worker.sweeper.sweep();
    }
    const { run, nodes } = await outcomeOf(engine.platform, runId);
    expect(run).toMatchObject({ status: 'failed', failure: { code: 'WORKER_LOST', nodeId: 'a' } });
    expect(nodes).toEqual({ a: 'failed', b: 'skipped' });
  });

  it('clears away what a killed worker left on disk', async () => {
    const [dead, alive] = [randomUUID(), randomUUID()];
    for (const id of [dead, alive])
      await mkdir(path.join(engine.platform.settings.home, 'work', id), { recursive: true });
    await engine.platform.db.worker.create({
      data: { id: dead, host: 'elsewhere', pid: 1, capabilities: [], stoppedAt: new Date() },
    });
    await engine.platform.db.worker.create({ data: { id: alive, host: 'elsewhere', pid: 1, capabilities: [] } });
    const second = await startWorker(await engine.test.another(), { capabilities: [] });
    const left = await readdir(path.join(engine.platform.settings.home, 'work'));
    await second.stop(0);
    expect(left).toContain(alive);
    expect(left).not.toContain(dead);
  });

  it('enqueues a ready node whose job was lost', async () => {
    const runId = await startTestRun(
      { ...engine.platform, runs: withoutQueue(engine.platform) } as Platform,
      testGraph({ a: 'join' }, []),
    );
    await engine.platform.pool.query(`UPDATE node_run SET ready_at = now() - interval '1 minute' WHERE run_id = $1`, [
      runId,
    ]);
    await engine.worker.sweeper.sweep();
    expect((await outcomeOf(engine.platform, runId)).run.status).toBe('succeeded');
  });

  it('fails a node whose result the database will not take, and goes on with the others', async () => {
    const runs = await Promise.all(
      ['join', 'unrecordable', 'join'].map((step) => startTestRun(engine.platform, testGraph({ a: step }, []))),
    );
    const [good, bad, other] = await Promise.all(runs.map((runId) => outcomeOf(engine.platform, runId)));
    expect([good!.run.status, other!.run.status]).toEqual(['succeeded', 'succeeded']);
    expect(bad!.run).toMatchObject({ status: 'failed', failure: { code: 'RESULT_NOT_RECORDED' } });
    expect(await engine.platform.db.asset.count({ where: { runId: bad!.run.id } })).toBe(0);
  });
});
