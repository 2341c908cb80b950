import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { NodeRunStatus } from '../generated/prisma/enums.js';
import { NODE_TRANSITIONS } from '../runtime/engine/transitions.js';
import { cancelRun } from '../runtime/runs/cancel.js';
import { dispatch } from '../runtime/runs/dispatch.js';
import { retryRun } from '../runtime/runs/retry.js';
import { onEachBackend } from '../tests/support/backends.js';
import { openGate, ran, testGraph } from '../tests/support/testModules.js';
import { historyOf, nodeReaches, outcomeOf, startTestRun, testCadFile } from '../tests/support/testRuns.js';

onEachBackend('the run engine', (engine) => {
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
    const runId = await startTestRun(engine.platform, graph);
    const { run, node } = await outcomeOf(engine.platform, runId);
    expect(run).toMatchObject({ status: 'succeeded', openNodes: 0, failure: null });
    expect(node.d).toMatchObject({
      status: 'succeeded',
      progress: 1,
      attempt: 1,
      outputs: { out: { data: 'a+b+a+c+d' } },
    });
  });

  it('writes a gapless history in the order of things', async () => {
    const runId = await startTestRun(engine.platform, testGraph({ a: 'join', b: 'join' }, ['a>b']));
    const events = await historyOf(engine.platform, runId);
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
    const { run, node } = await outcomeOf(engine.platform, await startTestRun(engine.platform, graph));
    expect(run.status).toBe('succeeded');
    expect((node.z!.outputs as any).out.data.split('+')).toHaveLength(601);
  });

  it('halts at a failed node, says why and skips the rest', async () => {
    const runId = await startTestRun(
      engine.platform,
      testGraph({ a: 'join', bad: { step: 'flaky', params: { times: 9, failureClass: 'input' } }, c: 'join' }, [
        'a>bad',
        'bad>c',
      ]),
    );
    const { run, nodes, node } = await outcomeOf(engine.platform, runId);
    expect(run).toMatchObject({
      status: 'failed',
      failure: { code: 'FLAKY', message: 'It did not work this time.', nodeId: 'bad' },
    });
    expect(nodes).toEqual({ a: 'succeeded', bad: 'failed', c: 'skipped' });
    expect(node.bad).toMatchObject({ attempt: 1, failure: { failureClass: 'input' } });
  });

  it('keeps how far came what failed a moment after it said so', async () => {
    const params = { times: 9, failureClass: 'input' };
    const runId = await startTestRun(engine.platform, testGraph({ a: { step: 'flaky', params } }, []));
    const { node } = await outcomeOf(engine.platform, runId);
    expect(node.a).toMatchObject({ status: 'failed', progress: 0.4, message: 'trying' });
    const events = await historyOf(engine.platform, runId);
    const told = events.filter(({ type }) => type === 'node.progress' || type === 'node.finished');
    expect(told.map(({ type }) => type)).toEqual(['node.progress', 'node.finished']);
    expect(told[0]!.data).toEqual({ fraction: 0.4, message: 'trying' });
  });

  it('goes on around a failed node that may fail, and ends partial', async () => {
    const graph = testGraph(
      { a: 'join', bad: { step: 'crash', onFailure: 'continue' }, after: 'join', later: 'join', side: 'join' },
      ['a>bad', 'bad>after', 'after>later', 'a>side'],
    );
    const { run, nodes, node } = await outcomeOf(engine.platform, await startTestRun(engine.platform, graph));
    expect(run).toMatchObject({ status: 'partial', failure: null });
    expect(nodes).toEqual({ a: 'succeeded', bad: 'failed', after: 'skipped', later: 'skipped', side: 'succeeded' });
    expect(node.bad!.failure).toMatchObject({ code: 'INTERNAL_ERROR', failureClass: 'crash' });
    expect(JSON.stringify(node.bad!.failure)).not.toContain('secret');
  });

  it('tries passing faults again and keeps what the module said', async () => {
    const runId = await startTestRun(engine.platform, testGraph({ a: { step: 'flaky', params: { times: 2 } } }, []));
    const { run, node } = await outcomeOf(engine.platform, runId);
    expect(run.status).toBe('succeeded');
    expect(node.a).toMatchObject({ attempt: 3, outputs: { out: { data: 'at last' } } });
    const events = await historyOf(engine.platform, runId);
    expect(events.filter(({ type }) => type === 'node.retrying')).toHaveLength(2);
    expect(events.filter(({ type }) => type === 'node.log').map(({ data }) => data.message)).toEqual([
      'try 1 \ufffd \ufffd',
      'try 2 \ufffd \ufffd',
      'try 3 \ufffd \ufffd',
    ]);
  });

  it.skipIf(process.platform !== 'linux')('tries again what a full disk kept from its work', async () => {
    const params = { times: 1, fillsDisk: true };
    const runId = await startTestRun(engine.platform, testGraph({ a: { step: 'flaky', params } }, []));
    const { node } = await outcomeOf(engine.platform, runId);
    expect(node.a).toMatchObject({ attempt: 2, status: 'succeeded' });
    const [retrying] = (await historyOf(engine.platform, runId)).filter(({ type }) => type === 'node.retrying');
    expect(retrying!.data).toMatchObject({ failure: { code: 'DISK_FULL', failureClass: 'resource' } });
  });

  it('runs a node again whose claim the database has forgotten, without waiting for the sweeper', async () => {
    const gate = randomUUID();
    const runId = await startTestRun(engine.platform, testGraph({ a: { step: 'wait', params: { gate } } }, []));
    await nodeReaches(engine.platform, runId, 'a', { status: 'running' });
    // As after a crash that took a claim along: the node is ready, and for the sweeper it has a job for the rest of the day.
    await engine.platform.pool.query(
      `UPDATE node_run SET status = 'ready', token = NULL, worker_id = NULL, attempt = 0, started_at = NULL, enqueued_at = now() + interval '1 day' WHERE run_id = $1`,
      [runId],
    );
    await engine.platform.pool.query(`DELETE FROM run_event WHERE run_id = $1 AND type = 'node.started'`, [runId]);
    openGate(gate);
    const { run, node } = await outcomeOf(engine.platform, runId);
    expect(run.status).toBe('succeeded');
    expect(node.a).toMatchObject({ attempt: 1, status: 'succeeded' });
  });

  it('stops a node at its time limit', async () => {
    const { run, node } = await outcomeOf(
      engine.platform,
      await startTestRun(engine.platform, testGraph({ a: { step: 'wait', timeoutMs: 1_000 } }, [])),
    );
    expect(run).toMatchObject({ status: 'failed', failure: { code: 'TIMEOUT' } });
    expect(node.a!.failure).toMatchObject({ failureClass: 'timeout' });
  });

  it('cancels: waiting nodes at once, the running one is told to stop', async () => {
    const runId = await startTestRun(engine.platform, testGraph({ a: 'wait', b: 'join' }, ['a>b']));
    await nodeReaches(engine.platform, runId, 'a', { status: 'running' });
    await cancelRun(engine.platform, runId);
    const { run, nodes } = await outcomeOf(engine.platform, runId);
    expect(run.status).toBe('cancelled');
    expect(nodes).toEqual({ a: 'cancelled', b: 'cancelled' });
    await expect(cancelRun(engine.platform, runId)).rejects.toMatchObject({ code: 'RUN_ENDED' });
    const events = await historyOf(engine.platform, runId);
    const steps = events.map(({ type }) => type).filter((type) => type !== 'node.progress');
    expect(steps.slice(-3)).toEqual(['node.finished', 'node.finished', 'run.finished']);
  });

  it('retries what failed and keeps what succeeded', async () => {
    const runId = await startTestRun(
      engine.platform,
      testGraph({ a: 'join', b: { step: 'flaky', params: { times: 1, failureClass: 'input' } }, c: 'join' }, [
        'a>b',
        'b>c',
      ]),
    );
    expect((await outcomeOf(engine.platform, runId)).run.status).toBe('failed');
    await retryRun(engine.platform, runId);
    const { run, nodes } = await outcomeOf(engine.platform, runId);
    expect(run).toMatchObject({ status: 'succeeded', failure: null, openNodes: 0 });
    expect(nodes).toEqual({ a: 'succeeded', b: 'succeeded', c: 'succeeded' });
    expect(ran.get(`${runId}/a`)).toBe(1);
    await expect(retryRun(engine.platform, runId)).rejects.toMatchObject({ code: 'RUN_NOT_RETRYABLE' });
    const seqs = (await historyOf(engine.platform, runId)).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
  });

  it('gives a node the attempts and the waits of its policy anew whenever it is retried', async () => {
    const flaky = { step: 'flaky', params: { times: 99 }, retry: { attempts: 2, backoffMs: 10 } };
    const runId = await startTestRun(engine.platform, testGraph({ a: flaky }, []));
    for (const attempts of [2, 4, 6]) {
      const { node } = await outcomeOf(engine.platform, runId);
      expect(node.a).toMatchObject({ status: 'failed', attempt: attempts, maxAttempts: attempts });
      if (attempts < 6) await retryRun(engine.platform, runId);
    }
    const waits = (await historyOf(engine.platform, runId)).filter(({ type }) => type === 'node.retrying');
    expect(waits.map(({ data }) => data.retryInMs)).toEqual([10, 10, 10]);
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
    await outcomeOf(engine.platform, await startTestRun(engine.platform, graph('c')));
    const second = await startTestRun(engine.platform, graph('changed'));
    const { run, node } = await outcomeOf(engine.platform, second);
    expect(run.status).toBe('succeeded');
    expect([node.a, node.b, node.c].map((n) => n!.isCached)).toEqual([true, true, false]);
    expect(node.c!.outputs).toEqual({ out: { data: `${text}+b+changed` } });
    expect(ran.has(`${second}/a`)).toBe(false);
  });

  it('makes one run of one idempotency key, and refuses it for something else', async () => {
    const graph = testGraph({ a: 'join' }, []);
    const key = randomUUID();
    const cadFile = await testCadFile(engine.platform);
    const workflow = (name: string, stored: object) =>
      engine.platform.db.workflow.create({
        data: {
          key: `${name}-${key}`,
          name,
          family: 'cad_file',
          draft: stored as never,
          versions: { create: { number: 1, graph: stored as never } },
        },
      });
    const [one, other] = [await workflow('one', graph), await workflow('other', testGraph({ b: 'join' }, []))];
    const same = () => dispatch(engine.platform, { cadFileId: cadFile.id, workflowId: one.id, idempotencyKey: key });
    const results = await Promise.all([same(), same(), same()]);
    expect(new Set(results.map(({ runId }) => runId)).size).toBe(1);
    expect(results.filter(({ created }) => created)).toHaveLength(1);
    await expect(
      dispatch(engine.platform, { cadFileId: cadFile.id, workflowId: other.id, idempotencyKey: key }),
    ).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('replays events from a cursor and goes on live without gap or repeat, even when its connection is lost', async () => {
    const ids = Array.from({ length: 12 }, (_, i) => `n${i}`);
    const graph = testGraph(
      Object.fromEntries(ids.map((id) => [id, { step: 'wait', params: { ms: 60 } }])),
      ids.slice(1).map((id, i) => `n${i}>${id}`),
    );
    const runId = await startTestRun(engine.platform, graph);
    const seen: number[] = [];
    for await (const event of engine.platform.events.run(runId, 0)) {
      seen.push(event.seq);
      if (seen.length === 5)
        await engine.platform.pool.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hartomat_run' AND datname = current_database()`,
        );
      if (seen.length === 12) break;
    }
    for await (const event of engine.platform.events.run(runId, seen.at(-1)!)) seen.push(event.seq);
    expect(seen).toEqual(seen.map((_, i) => i + 1));
    expect((await outcomeOf(engine.platform, runId)).run.lastSeq).toBe(seen.length);
  });

  it('moves nodes only along the transition table, in all that ran here', async () => {
    const graph = testGraph({ a: { step: 'flaky', params: { times: 1 } }, b: 'join' }, ['a>b']);
    await outcomeOf(engine.platform, await startTestRun(engine.platform, graph));
    const { rows } = await engine.platform.pool.query(
      `SELECT run_id, node_id, array_agg(type || coalesce(':' || (data->>'status'), '') ORDER BY seq) AS steps FROM run_event WHERE node_id IS NOT NULL AND type NOT IN ('node.log', 'node.progress') GROUP BY 1, 2`,
    );
    expect(rows.length).toBeGreaterThan(1);
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
});
