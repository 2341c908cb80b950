import { randomUUID } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodeRunStatus } from '../generated/prisma/enums.js';
import { cancelRun } from '../runtime/cancel.js';
import { dispatch } from '../runtime/dispatch.js';
import { advance } from '../runtime/engine/engine.js';
import { NODE_TRANSITIONS } from '../runtime/engine/transitions.js';
import type { Platform } from '../runtime/platform.js';
import { retryRun } from '../runtime/retry.js';
import { RunStarter } from '../runtime/startRun.js';
import { redisUrl } from '../tests/support/database.js';
import { createTestPlatform, type TestPlatform } from '../tests/support/platform.js';
import { pieces, ran, testDefinition, testGraph } from '../tests/support/testModules.js';
import { historyOf, outcomeOf, startTestRun, testCadFile } from '../tests/support/testRuns.js';
import { describeWith } from '../tests/support/tools.js';
import { type RunningWorker, startWorker } from './worker.js';

describe('the run engine on PostgreSQL', () => suite(async () => null));
describeWith('redis-server', 'the run engine on Redis', () => suite(redisUrl));

/** One suite for both queue backends: what a run does must not depend on what carries its jobs. */
function suite(redis: () => Promise<string | null>) {
  let test: TestPlatform;
  let platform: Platform;
  let worker: RunningWorker;

  beforeAll(async () => {
    test = await createTestPlatform({ definition: testDefinition, redisUrl: await redis() });
    platform = test.platform;
    worker = await startWorker(await test.another({ maxConnections: 4 }), { concurrency: { cpu: 4, io: 2 } });
  });
  afterAll(async () => {
    await worker?.stop(0);
    await test?.remove();
  });

  it('runs a graph from its entry to its end and hands outputs along the edges', async () => {
    const graph = testGraph(
      {
        a: { step: 'join', params: { text: 'a' } },
        b: { step: 'join', params: { text: 'b' } },
        c: { step: 'join', params: { text: 'c' } },
        d: { step: 'join', params: { text: 'd' } },
      },
      ['a>b', 'a>c', 'b>d', 'c>d'],
    );
    const runId = await startTestRun(platform, graph);
    const { run, node } = await outcomeOf(platform, runId);
    expect(run).toMatchObject({ status: 'succeeded', openNodes: 0, failure: null });
    expect(node.d).toMatchObject({
      status: 'succeeded',
      progress: 1,
      attempt: 1,
      outputs: { out: { data: 'a+b+a+c+d' } },
    });
  });

  it('writes a gapless history in the order of things', async () => {
    const runId = await startTestRun(platform, testGraph({ a: 'join', b: 'join' }, ['a>b']));
    const events = await historyOf(platform, runId);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
    expect(events.map(({ type, nodeId }) => [type, nodeId].filter(Boolean).join(' '))).toEqual([
      'run.queued',
      'run.started',
      'node.started a',
      'node.finished a',
      'node.started b',
      'node.finished b',
      'run.finished',
    ]);
  });

  it('takes a fan-out of 300 and joins it', async () => {
    const middle = Array.from({ length: 300 }, (_, i) => `m${i}`);
    const graph = testGraph(
      Object.fromEntries(['a', ...middle, 'z'].map((id) => [id, 'join'])),
      middle.flatMap((id) => [`a>${id}`, `${id}>z`]),
    );
    const { run, node } = await outcomeOf(platform, await startTestRun(platform, graph));
    expect(run.status).toBe('succeeded');
    expect((node.z!.outputs as any).out.data.split('+')).toHaveLength(601);
  });

  it('halts at a failed node, says why and skips the rest', async () => {
    const runId = await startTestRun(
      platform,
      testGraph({ a: 'join', bad: { step: 'flaky', params: { times: 9, failureClass: 'input' } }, c: 'join' }, [
        'a>bad',
        'bad>c',
      ]),
    );
    const { run, nodes, node } = await outcomeOf(platform, runId);
    expect(run).toMatchObject({
      status: 'failed',
      failure: { code: 'FLAKY', message: 'It did not work this time.', nodeId: 'bad' },
    });
    expect(nodes).toEqual({ a: 'succeeded', bad: 'failed', c: 'skipped' });
    expect(node.bad).toMatchObject({ attempt: 1, failure: { failureClass: 'input' } });
  });

  it('goes on around a failed node that may fail, and ends partial', async () => {
    const graph = testGraph(
      { a: 'join', bad: { step: 'crash', onFailure: 'continue' }, after: 'join', later: 'join', side: 'join' },
      ['a>bad', 'bad>after', 'after>later', 'a>side'],
    );
    const { run, nodes, node } = await outcomeOf(platform, await startTestRun(platform, graph));
    expect(run).toMatchObject({ status: 'partial', failure: null });
    expect(nodes).toEqual({ a: 'succeeded', bad: 'failed', after: 'skipped', later: 'skipped', side: 'succeeded' });
    expect(node.bad!.failure).toMatchObject({ code: 'INTERNAL_ERROR', failureClass: 'crash' });
    expect(JSON.stringify(node.bad!.failure)).not.toContain('secret');
  });

  it('tries passing faults again and keeps what the module said', async () => {
    const runId = await startTestRun(platform, testGraph({ a: { step: 'flaky', params: { times: 2 } } }, []));
    const { run, node } = await outcomeOf(platform, runId);
    expect(run.status).toBe('succeeded');
    expect(node.a).toMatchObject({ attempt: 3, outputs: { out: { data: 'at last' } } });
    const events = await historyOf(platform, runId);
    expect(events.filter(({ type }) => type === 'node.retrying')).toHaveLength(2);
    expect(events.filter(({ type }) => type === 'node.log').map(({ data }) => data.message)).toEqual([
      'try 1 \ufffd \ufffd',
      'try 2 \ufffd \ufffd',
      'try 3 \ufffd \ufffd',
    ]);
  });

  it.skipIf(process.platform !== 'linux')('tries again what a full disk kept from its work', async () => {
    const params = { times: 1, fillsDisk: true };
    const runId = await startTestRun(platform, testGraph({ a: { step: 'flaky', params } }, []));
    const { node } = await outcomeOf(platform, runId);
    expect(node.a).toMatchObject({ attempt: 2, status: 'succeeded' });
    const [retrying] = (await historyOf(platform, runId)).filter(({ type }) => type === 'node.retrying');
    expect(retrying!.data).toMatchObject({ failure: { code: 'DISK_FULL', failureClass: 'resource' } });
  });

  it('stops a node at its time limit', async () => {
    const { run, node } = await outcomeOf(
      platform,
      await startTestRun(platform, testGraph({ a: { step: 'wait', timeoutMs: 1_000 } }, [])),
    );
    expect(run).toMatchObject({ status: 'failed', failure: { code: 'TIMEOUT' } });
    expect(node.a!.failure).toMatchObject({ failureClass: 'timeout' });
  });

  it('cancels: waiting nodes at once, the running one is told to stop', async () => {
    const runId = await startTestRun(platform, testGraph({ a: 'wait', b: 'join' }, ['a>b']));
    await nodeReaches(platform, runId, 'a', 'running');
    await cancelRun(platform, runId);
    const { run, nodes } = await outcomeOf(platform, runId);
    expect(run.status).toBe('cancelled');
    expect(nodes).toEqual({ a: 'cancelled', b: 'cancelled' });
    await expect(cancelRun(platform, runId)).rejects.toMatchObject({ code: 'RUN_ENDED' });
    const events = await historyOf(platform, runId);
    expect(events.map(({ type }) => type).slice(-3)).toEqual(['node.finished', 'node.finished', 'run.finished']);
  });

  it('retries what failed and keeps what succeeded', async () => {
    const runId = await startTestRun(
      platform,
      testGraph({ a: 'join', b: { step: 'flaky', params: { times: 1, failureClass: 'input' } }, c: 'join' }, [
        'a>b',
        'b>c',
      ]),
    );
    expect((await outcomeOf(platform, runId)).run.status).toBe('failed');
    await retryRun(platform, runId);
    const { run, nodes } = await outcomeOf(platform, runId);
    expect(run).toMatchObject({ status: 'succeeded', failure: null, openNodes: 0 });
    expect(nodes).toEqual({ a: 'succeeded', b: 'succeeded', c: 'succeeded' });
    expect(ran.get(`${runId}/a`)).toBe(1);
    await expect(retryRun(platform, runId)).rejects.toMatchObject({ code: 'RUN_NOT_RETRYABLE' });
    const seqs = (await historyOf(platform, runId)).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
  });

  it('answers a pure node from the cache, and runs again only what a changed param touches', async () => {
    const text = randomUUID();
    const graph = (last: string) =>
      testGraph(
        {
          a: { step: 'pure_join', params: { text } },
          b: { step: 'pure_join', params: { text: 'b' } },
          c: { step: 'pure_join', params: { text: last } },
        },
        ['a>b', 'b>c'],
      );
    await outcomeOf(platform, await startTestRun(platform, graph('c')));
    const second = await startTestRun(platform, graph('changed'));
    const { run, node } = await outcomeOf(platform, second);
    expect(run.status).toBe('succeeded');
    expect([node.a, node.b, node.c].map((n) => n!.isCached)).toEqual([true, true, false]);
    expect(node.c!.outputs).toEqual({ out: { data: `${text}+b+changed` } });
    expect(ran.has(`${second}/a`)).toBe(false);
  });

  describe('a node that shares its work out', () => {
    const puzzle = (params: Record<string, unknown>, more = {}) =>
      testGraph({ a: 'join', p: { step: 'puzzle', params, ...more }, z: 'join' }, ['a>p', 'p>z']);

    it('runs as its parts, and itself when they have succeeded', async () => {
      const runId = await startTestRun(platform, puzzle({ salt: randomUUID(), total: 5 }));
      const { run, nodes, node } = await outcomeOf(platform, runId);
      expect(run).toMatchObject({ status: 'succeeded', openNodes: 0 });
      expect(Object.keys(nodes)).toEqual(['a', 'p/1', 'p/2', 'p/3', 'p', 'z']);
      expect(node.p!.outputs).toMatchObject({
        out: { data: 'piece-0.txt+piece-1.txt+piece-2.txt+piece-3.txt+piece-4.txt' },
        pieces: [0, 1, 2, 3, 4].map((i) => ({ artifact: { fileName: `piece-${i}.txt` } })),
      });
      expect(node['p/3']!.outputs).toMatchObject({ pieces: [{ artifact: { fileName: 'piece-4.txt' } }] });
      expect(await platform.db.artifact.count({ where: { runId } })).toBe(5);
    });

    it('makes only what is missing when a part breaks and is tried again', async () => {
      const salt = randomUUID();
      const graph = puzzle({ salt, total: 8, perPart: 4, breaksAt: 6 });
      const { run, node } = await outcomeOf(platform, await startTestRun(platform, graph));
      expect(run.status).toBe('succeeded');
      expect([node['p/1']!.attempt, node['p/2']!.attempt, node.p!.attempt]).toEqual([1, 2, 1]);
      expect([0, 1, 2, 3, 4, 5, 6, 7].map((i) => pieces.get(`${salt}/${i}`))).toEqual(Array(8).fill(1));
      expect(await platform.db.checkpoint.count()).toBe(0);
    });

    it('goes on where a cancelled run stopped, in another run', async () => {
      const salt = randomUUID();
      const graph = puzzle({ salt, total: 8, perPart: 4, breaksAt: 6, waits: true });
      const first = await startTestRun(platform, graph);
      await expect.poll(() => pieces.get(`${salt}/broken`)).toBe(1);
      await expect.poll(() => pieces.get(`${salt}/3`)).toBe(1);
      await nodeReaches(platform, first, 'p/1', 'succeeded');
      await cancelRun(platform, first);
      expect((await outcomeOf(platform, first)).nodes).toMatchObject({
        'p/1': 'succeeded',
        'p/2': 'cancelled',
        p: 'cancelled',
      });
      const { run, node } = await outcomeOf(platform, await startTestRun(platform, graph));
      expect(run.status).toBe('succeeded');
      expect([node['p/1']!.isCached, node['p/2']!.isCached]).toEqual([true, false]);
      expect([0, 1, 2, 3, 4, 5, 6, 7].map((i) => pieces.get(`${salt}/${i}`))).toEqual(Array(8).fill(1));
    });

    it('halts at a broken part, and retries that part and what gathers', async () => {
      const salt = randomUUID();
      const runId = await startTestRun(platform, puzzle({ salt, total: 4, breaksAt: 2, failureClass: 'input' }));
      const failed = await outcomeOf(platform, runId);
      expect(failed.run).toMatchObject({ status: 'failed', failure: { code: 'PIECE_BROKEN', nodeId: 'p/2' } });
      expect(failed.nodes).toMatchObject({ 'p/2': 'failed', p: 'skipped', z: 'skipped' });
      await retryRun(platform, runId);
      const { run, node } = await outcomeOf(platform, runId);
      expect(run.status).toBe('succeeded');
      expect(node.p!.outputs).toMatchObject({ out: { data: 'piece-0.txt+piece-1.txt+piece-2.txt+piece-3.txt' } });
      expect(pieces.get(`${salt}/0`)).toBe(1);
    });

    it('is worked around as a whole when it may fail', async () => {
      const params = { salt: randomUUID(), total: 4, breaksAt: 2, failureClass: 'input' };
      const graph = puzzle(params, { onFailure: 'continue' });
      const { run, nodes } = await outcomeOf(platform, await startTestRun(platform, graph));
      expect(run.status).toBe('partial');
      expect(nodes).toEqual({ a: 'succeeded', 'p/1': 'succeeded', 'p/2': 'failed', p: 'skipped', z: 'skipped' });
    });

    it('holds each part to the time limit of the node', async () => {
      const params = { salt: randomUUID(), total: 4, breaksAt: 2, waits: true };
      const graph = puzzle(params, { timeoutMs: 1_000, retry: { attempts: 1, backoffMs: 0 } });
      const { run } = await outcomeOf(platform, await startTestRun(platform, graph));
      expect(run).toMatchObject({ status: 'failed', failure: { code: 'TIMEOUT', nodeId: 'p/2' } });
    });
  });

  it('publishes one asset however often the job is delivered', async () => {
    const runId = await startTestRun(platform, testGraph({ a: 'publish' }, []));
    await platform.queues.enqueue(
      [0, 1, 2].map((attempt) => ({ runId, idx: 0, capability: 'io', step: 'publish', attempt })),
    );
    await outcomeOf(platform, runId);
    await platform.queues.enqueue([{ runId, idx: 0, capability: 'io', step: 'publish', attempt: 7 }]);
    await sleep(300);
    expect(ran.get(`${runId}/a`)).toBe(1);
    expect(await platform.db.asset.findMany({ where: { runId } })).toMatchObject([
      { name: 'hello.txt', kind: 'text', nodeId: 'a' },
    ]);
  });

  it('gives a dead worker’s node another attempt and refuses the late result', async () => {
    const runId = await startTestRun(platform, testGraph({ a: { step: 'wait', params: { ms: 50 } } }, []), undefined);
    await outcomeOf(platform, runId);
    // The same again, but claimed by a worker nobody knows.
    const lost = await startTestRun(
      platform,
      testGraph({ gate: { step: 'wait', params: { ms: 700 } }, a: 'join' }, ['gate>a']),
    );
    await nodeReaches(platform, lost, 'gate', 'running');
    const stolen = await platform.db.nodeRun.findFirstOrThrow({ where: { runId: lost, nodeId: 'gate' } });
    const deadWorker = randomUUID();
    await platform.pool.query('UPDATE node_run SET worker_id = $1 WHERE run_id = $2 AND idx = 0', [deadWorker, lost]);
    await worker.sweeper.sweep();
    const { run, node } = await outcomeOf(platform, lost);
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
    const before = await historyOf(platform, lost);
    expect(
      await advance(platform.pool, deadWorker, { finish: [late], progress: [], claim: [], slots: {} }),
    ).toMatchObject({ refused: [stolen.token] });
    expect(await historyOf(platform, lost)).toHaveLength(before.length);
  });

  it('gives up on a node that loses three workers', async () => {
    const graph = testGraph({ a: { step: 'wait', params: { ms: 20_000 } }, b: 'join' }, ['a>b']);
    const runId = await startTestRun(platform, graph);
    for (let attempt = 1; attempt <= 3; attempt++) {
      await attemptBegins(platform, runId, attempt);
      await platform.pool.query('UPDATE node_run SET worker_id = $1 WHERE run_id = $2 AND idx = 0', [
        randomUUID(),
        runId,
      ]);
      await worker.sweeper.sweep();
    }
    const { run, nodes } = await outcomeOf(platform, runId);
    expect(run).toMatchObject({ status: 'failed', failure: { code: 'WORKER_LOST', nodeId: 'a' } });
    expect(nodes).toEqual({ a: 'failed', b: 'skipped' });
  });

  it('clears away what a killed worker left on disk', async () => {
    const [dead, alive] = [randomUUID(), randomUUID()];
    for (const id of [dead, alive]) await mkdir(path.join(platform.settings.home, 'work', id), { recursive: true });
    await platform.db.worker.create({
      data: { id: dead, host: 'elsewhere', pid: 1, capabilities: [], stoppedAt: new Date() },
    });
    await platform.db.worker.create({ data: { id: alive, host: 'elsewhere', pid: 1, capabilities: [] } });
    const second = await startWorker(await test.another(), { capabilities: [] });
    const left = await readdir(path.join(platform.settings.home, 'work'));
    await second.stop(0);
    expect(left).toContain(alive);
    expect(left).not.toContain(dead);
  });

  it('enqueues a ready node whose job was lost', async () => {
    const runId = await startTestRun(
      { ...platform, runs: withoutQueue(platform) } as Platform,
      testGraph({ a: 'join' }, []),
    );
    await platform.pool.query(`UPDATE node_run SET ready_at = now() - interval '1 minute' WHERE run_id = $1`, [runId]);
    await worker.sweeper.sweep();
    expect((await outcomeOf(platform, runId)).run.status).toBe('succeeded');
  });

  it('makes one run of one idempotency key, and refuses it for something else', async () => {
    const graph = testGraph({ a: 'join' }, []);
    const key = randomUUID();
    const cadFile = await testCadFile(platform);
    const workflow = (name: string, stored: object) =>
      platform.db.workflow.create({
        data: {
          key: `${name}-${key}`,
          name,
          family: 'cad_file',
          draft: stored as never,
          versions: { create: { number: 1, graph: stored as never } },
        },
      });
    const [one, other] = [await workflow('one', graph), await workflow('other', testGraph({ b: 'join' }, []))];
    const same = () => dispatch(platform, { cadFileId: cadFile.id, workflowId: one.id, idempotencyKey: key });
    const results = await Promise.all([same(), same(), same()]);
    expect(new Set(results.map(({ runId }) => runId)).size).toBe(1);
    expect(results.filter(({ created }) => created)).toHaveLength(1);
    await expect(
      dispatch(platform, { cadFileId: cadFile.id, workflowId: other.id, idempotencyKey: key }),
    ).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('replays events from a cursor and goes on live without gap or repeat, even when its connection is lost', async () => {
    const ids = Array.from({ length: 12 }, (_, i) => `n${i}`);
    const graph = testGraph(
      Object.fromEntries(ids.map((id) => [id, { step: 'wait', params: { ms: 60 } }])),
      ids.slice(1).map((id, i) => `n${i}>${id}`),
    );
    const runId = await startTestRun(platform, graph);
    const seen: number[] = [];
    for await (const event of platform.events.run(runId, 0)) {
      seen.push(event.seq);
      if (seen.length === 5)
        await platform.pool.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hartomat_run' AND datname = current_database()`,
        );
      if (seen.length === 12) break;
    }
    for await (const event of platform.events.run(runId, seen.at(-1)!)) seen.push(event.seq);
    expect(seen).toEqual(seen.map((_, i) => i + 1));
    expect((await outcomeOf(platform, runId)).run.lastSeq).toBe(seen.length);
  });

  it('fails a node whose result the database will not take, and goes on with the others', async () => {
    const runs = await Promise.all(
      ['join', 'unrecordable', 'join'].map((step) => startTestRun(platform, testGraph({ a: step }, []))),
    );
    const [good, bad, other] = await Promise.all(runs.map((runId) => outcomeOf(platform, runId)));
    expect([good!.run.status, other!.run.status]).toEqual(['succeeded', 'succeeded']);
    expect(bad!.run).toMatchObject({ status: 'failed', failure: { code: 'RESULT_NOT_RECORDED' } });
    expect(await platform.db.asset.count({ where: { runId: bad!.run.id } })).toBe(0);
  });

  it('moves nodes only along the transition table', async () => {
    const { rows } = await platform.pool.query(
      `SELECT run_id, node_id, array_agg(type || coalesce(':' || (data->>'status'), '') ORDER BY seq) AS steps FROM run_event WHERE node_id IS NOT NULL AND type NOT IN ('node.log', 'node.progress') GROUP BY 1, 2`,
    );
    expect(rows.length).toBeGreaterThan(300);
    for (const { steps } of rows as { steps: string[] }[]) {
      let status: NodeRunStatus = 'ready';
      for (const step of steps) {
        const next =
          step === 'node.started'
            ? 'running'
            : step === 'node.retrying' || step === 'node.released'
              ? 'ready'
              : (step.split(':')[1] as NodeRunStatus);
        const from =
          status === 'ready' && ['skipped', 'cancelled'].includes(next)
            ? 'waiting'
            : ['failed', 'skipped', 'cancelled'].includes(status)
              ? 'ready'
              : status;
        expect(NODE_TRANSITIONS[from], steps.join(' → ')).toContain(next);
        status = next;
      }
    }
  });
}

async function nodeReaches(platform: Platform, runId: string, nodeId: string, status: string): Promise<void> {
  for (let i = 0; i < 500; i++) {
    const node = await platform.db.nodeRun.findFirst({ where: { runId, nodeId } });
    if (node?.status === status) return;
    await sleep(20);
  }
  throw new Error(`${nodeId} never was ${status}`);
}

async function attemptBegins(platform: Platform, runId: string, attempt: number): Promise<void> {
  for (let i = 0; i < 500; i++) {
    const node = await platform.db.nodeRun.findFirst({ where: { runId, idx: 0 } });
    if (node?.attempt === attempt && node.status === 'running') return;
    await sleep(20);
  }
  throw new Error(`Attempt ${attempt} never began.`);
}

/** A run starter whose process dies between commit and enqueue. */
function withoutQueue(platform: Platform): RunStarter {
  return new RunStarter(
    { pool: platform.pool, queues: { enqueue: async () => {} } as unknown as Platform['queues'] },
    () => {},
  );
}
