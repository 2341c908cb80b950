import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { cancelRun } from '../runtime/runs/cancel.js';
import { retryRun } from '../runtime/runs/retry.js';
import { onEachBackend } from '../tests/support/backends.js';
import { pieces, testGraph } from '../tests/support/testModules.js';
import { nodeReaches, outcomeOf, startTestRun } from '../tests/support/testRuns.js';

onEachBackend('a node that shares its work out', (engine) => {
  const puzzle = (params: Record<string, unknown>, more = {}) =>
    testGraph({ a: 'join', p: { step: 'puzzle', params, ...more }, z: 'join' }, ['a>p', 'p>z']);

  it('runs as its parts, and itself when they have succeeded', async () => {
    const runId = await startTestRun(engine.platform, puzzle({ salt: randomUUID(), total: 5 }));
    const { run, nodes, node } = await outcomeOf(engine.platform, runId);
    expect(run).toMatchObject({ status: 'succeeded', openNodes: 0 });
    expect(Object.keys(nodes)).toEqual(['a', 'p/1', 'p/2', 'p/3', 'p', 'z']);
    expect(node.p!.outputs).toMatchObject({
      out: { data: 'piece-0.txt+piece-1.txt+piece-2.txt+piece-3.txt+piece-4.txt' },
      pieces: [0, 1, 2, 3, 4].map((i) => ({ artifact: { fileName: `piece-${i}.txt` } })),
    });
    expect(node['p/3']!.outputs).toMatchObject({ pieces: [{ artifact: { fileName: 'piece-4.txt' } }] });
    expect(await engine.platform.db.artifact.count({ where: { runId } })).toBe(5);
  });

  it('makes only what is missing when a part breaks and is tried again', async () => {
    const salt = randomUUID();
    const graph = puzzle({ salt, total: 8, perPart: 4, breaksAt: 6 });
    const { run, node } = await outcomeOf(engine.platform, await startTestRun(engine.platform, graph));
    expect(run.status).toBe('succeeded');
    expect([node['p/1']!.attempt, node['p/2']!.attempt, node.p!.attempt]).toEqual([1, 2, 1]);
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((i) => pieces.get(`${salt}/${i}`))).toEqual(Array(8).fill(1));
    expect(await engine.platform.db.checkpoint.count()).toBe(0);
  });

  it('goes on where a cancelled run stopped, in another run', async () => {
    const salt = randomUUID();
    const graph = puzzle({ salt, total: 8, perPart: 4, breaksAt: 6, waits: true });
    const first = await startTestRun(engine.platform, graph);
    await expect.poll(() => pieces.get(`${salt}/broken`)).toBe(1);
    await expect.poll(() => pieces.get(`${salt}/3`)).toBe(1);
    await nodeReaches(engine.platform, first, 'p/1', { status: 'succeeded' });
    await cancelRun(engine.platform, first);
    expect((await outcomeOf(engine.platform, first)).nodes).toMatchObject({
      'p/1': 'succeeded',
      'p/2': 'cancelled',
      p: 'cancelled',
    });
    const { run, node } = await outcomeOf(engine.platform, await startTestRun(engine.platform, graph));
    expect(run.status).toBe('succeeded');
    expect([node['p/1']!.isCached, node['p/2']!.isCached]).toEqual([true, false]);
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((i) => pieces.get(`${salt}/${i}`))).toEqual(Array(8).fill(1));
  });

  it('halts at a broken part, and retries that part and what gathers', async () => {
    const salt = randomUUID();
    const runId = await startTestRun(engine.platform, puzzle({ salt, total: 4, breaksAt: 2, failureClass: 'input' }));
    const failed = await outcomeOf(engine.platform, runId);
    expect(failed.run).toMatchObject({ status: 'failed', failure: { code: 'PIECE_BROKEN', nodeId: 'p/2' } });
    expect(failed.nodes).toMatchObject({ 'p/2': 'failed', p: 'skipped', z: 'skipped' });
    await retryRun(engine.platform, runId);
    const { run, node } = await outcomeOf(engine.platform, runId);
    expect(run.status).toBe('succeeded');
    expect(node.p!.outputs).toMatchObject({ out: { data: 'piece-0.txt+piece-1.txt+piece-2.txt+piece-3.txt' } });
    expect(pieces.get(`${salt}/0`)).toBe(1);
  });

  it('is worked around as a whole when it may fail', async () => {
    const params = { salt: randomUUID(), total: 4, breaksAt: 2, failureClass: 'input' };
    const graph = puzzle(params, { onFailure: 'continue' });
    const { run, nodes } = await outcomeOf(engine.platform, await startTestRun(engine.platform, graph));
    expect(run.status).toBe('partial');
    expect(nodes).toEqual({ a: 'succeeded', 'p/1': 'succeeded', 'p/2': 'failed', p: 'skipped', z: 'skipped' });
  });

  it('holds each part to the time limit of the node', async () => {
    const params = { salt: randomUUID(), total: 2, perPart: 1, breaksAt: 0, waits: true };
    const graph = puzzle(params, { timeoutMs: 1_000, retry: { attempts: 1, backoffMs: 0 } });
    const { run } = await outcomeOf(engine.platform, await startTestRun(engine.platform, graph));
    expect(run).toMatchObject({
      status: 'failed',
      failure: { code: 'TIMEOUT', nodeId: expect.stringMatching(/^p\/[12]$/) },
    });
  });
});
