import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, it } from 'vitest';
import type { Platform } from '../runtime/platform.js';
import { onEachBackend } from '../tests/support/backends.js';
import { openGate, testGraph } from '../tests/support/testModules.js';
import { historyOf, nodeReaches, outcomeOf, startTestRun, withoutQueue } from '../tests/support/testRuns.js';

onEachBackend('while somebody else holds the row of a run, the run engine', (engine) => {
  /** Does `work` while another connection holds what the statement locks. */
  async function whileLocked(lock: string, values: string[], work: () => Promise<void>): Promise<void> {
    const client = new pg.Client({ connectionString: engine.platform.settings.databaseUrl });
    await client.connect();
    try {
      await client.query('BEGIN');
      await client.query(lock, values);
      await work();
    } finally {
      await client.end();
    }
  }

  const whileHeld = (runId: string, work: () => Promise<void>) =>
    whileLocked('SELECT FROM run WHERE id = $1 FOR UPDATE', [runId], work);

  const chain = testGraph({ a: 'join', b: 'heavy_join', c: 'join' }, ['a>c']);
  const runsOn = async () => {
    const runs = await Promise.all([1, 2, 3].map(() => startTestRun(engine.platform, chain)));
    for (const runId of runs) expect((await outcomeOf(engine.platform, runId)).run.status).toBe('succeeded');
  };
  /** Written without a job. */
  const startUnqueued = (graph: ReturnType<typeof testGraph>) =>
    startTestRun({ ...engine.platform, runs: withoutQueue(engine.platform) } as Platform, graph);

  it('runs the others on, and records what the held one did when it can', async () => {
    const gate = randomUUID();
    const graph = testGraph(
      { a: { step: 'wait', params: { gate } }, b: { step: 'wait', params: { gate } }, c: 'join' },
      ['a>c', 'b>c'],
    );
    const runId = await startTestRun(engine.platform, graph);
    for (const nodeId of ['a', 'b']) await nodeReaches(engine.platform, runId, nodeId, { status: 'running' });
    await whileHeld(runId, async () => {
      openGate(gate);
      await runsOn();
      // Others may take what the held ones had, for longer than a claim takes.
      await runsOn();
      expect(await engine.platform.db.nodeRun.count({ where: { runId, status: 'running' } })).toBe(2);
    });
    const { run, node } = await outcomeOf(engine.platform, runId);
    expect(run.status).toBe('succeeded');
    expect(Object.values(node).map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
    const events = await historyOf(engine.platform, runId);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
    expect(events.map(({ type }) => type).filter((type) => /released|retrying/.test(type))).toEqual([]);
  });

  it('gives its jobs back to the queue and takes them when it can', async () => {
    const runId = await startUnqueued(testGraph({ a: 'join', b: 'heavy_join' }, []));
    await whileHeld(runId, async () => {
      await engine.platform.queues.enqueue([
        { runId, idx: 0, capability: 'cpu', step: 'join', attempt: 0 },
        { runId, idx: 1, capability: 'cad', step: 'heavy_join', attempt: 0 },
      ]);
      await runsOn();
      await runsOn();
      expect(await engine.platform.db.nodeRun.count({ where: { runId, status: 'ready' } })).toBe(2);
    });
    const { run, node } = await outcomeOf(engine.platform, runId);
    expect(run.status).toBe('succeeded');
    // By the jobs it had, not by new ones of the sweeper.
    expect(Object.values(node)).toMatchObject([
      { attempt: 1, enqueuedAt: null },
      { attempt: 1, enqueuedAt: null },
    ]);
  });

  it('runs the others on where a run waits for something else than its own row', async () => {
    let runId = '';
    await whileLocked(`SELECT pg_advisory_xact_lock(hashtext($1))`, ['hartomat_catalogue'], async () => {
      runId = await startTestRun(engine.platform, testGraph({ a: 'publish', b: 'join' }, []));
      await nodeReaches(engine.platform, runId, 'a', { status: 'running' });
      await runsOn();
      await runsOn();
      expect(await engine.platform.db.asset.count({ where: { runId } })).toBe(0);
    });
    const { run, node } = await outcomeOf(engine.platform, runId);
    expect(run.status).toBe('succeeded');
    expect(node.a).toMatchObject({ attempt: 1 });
    expect(await engine.platform.db.asset.count({ where: { runId } })).toBe(1);
  });

  it('sweeps the others', async () => {
    const [held, orphaned, unqueued] = await Promise.all([
      startTestRun(engine.platform, testGraph({ a: 'wait' }, [])),
      startTestRun(engine.platform, testGraph({ a: 'wait' }, [])),
      startUnqueued(testGraph({ a: 'join' }, [])),
    ]);
    for (const runId of [held, orphaned]) await nodeReaches(engine.platform, runId, 'a', { status: 'running' });
    await engine.platform.pool.query('UPDATE node_run SET worker_id = $1 WHERE run_id = ANY($2)', [
      randomUUID(),
      [held, orphaned],
    ]);
    const makeOld = `UPDATE node_run SET ready_at = now() - interval '1 minute' WHERE run_id = $1`;
    await engine.platform.pool.query(makeOld, [unqueued]);
    await whileHeld(held, async () => {
      await engine.worker.sweeper.sweep();
      await nodeReaches(engine.platform, orphaned, 'a', { status: 'running', attempt: 2 });
      expect((await outcomeOf(engine.platform, unqueued)).run.status).toBe('succeeded');
      await nodeReaches(engine.platform, held, 'a', { status: 'running', attempt: 1 });
    });
    await engine.worker.sweeper.sweep();
    await nodeReaches(engine.platform, held, 'a', { status: 'running', attempt: 2 });
    for (const runId of [held, orphaned]) await engine.platform.pool.query('SELECT hm_cancel($1, $2)', [runId, 'test']);
  });

  it('lets the other shadow runs begin', async () => {
    const { pool } = engine.platform;
    const shadows = await Promise.all([1, 2].map(() => startUnqueued(testGraph({ a: 'join' }, []))));
    for (const shadow of shadows) {
      const legacy = await startTestRun(engine.platform, testGraph({ a: 'join' }, []));
      await outcomeOf(engine.platform, legacy);
      await pool.query(`UPDATE run SET finished_at = now() - interval '2 hours' WHERE id = $1`, [legacy]);
      await pool.query(`UPDATE run SET mode = 'shadow', shadow_of_id = $2 WHERE id = $1`, [shadow, legacy]);
      await pool.query(`UPDATE node_run SET status = 'waiting', pending = 1, ready_at = NULL WHERE run_id = $1`, [
        shadow,
      ]);
    }
    await whileHeld(shadows[0]!, async () => {
      await engine.worker.sweeper.sweep();
      expect((await outcomeOf(engine.platform, shadows[1]!)).run.status).toBe('succeeded');
      await nodeReaches(engine.platform, shadows[0]!, 'a', { status: 'waiting' });
    });
    await engine.worker.sweeper.sweep();
    expect((await outcomeOf(engine.platform, shadows[0]!)).run.status).toBe('succeeded');
  });

  it('leaves a ready node alone that is about to be claimed', async () => {
    const runId = await startUnqueued(testGraph({ a: 'join' }, []));
    await engine.platform.pool.query(`UPDATE node_run SET ready_at = now() - interval '1 minute' WHERE run_id = $1`, [
      runId,
    ]);
    await whileHeld(runId, async () => {
      await engine.worker.sweeper.sweep();
      expect(await engine.platform.db.nodeRun.findFirst({ where: { runId } })).toMatchObject({ enqueuedAt: null });
    });
    await engine.worker.sweeper.sweep();
    expect((await outcomeOf(engine.platform, runId)).run.status).toBe('succeeded');
  });
});
