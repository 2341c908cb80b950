import { expect, it } from 'vitest';
import { rerunFrom } from '../runtime/runs/rerun.js';
import { onEachBackend } from '../tests/support/backends.js';
import { openGate, testGraph } from '../tests/support/testModules.js';
import { endOf, outcomeOf, startTestRun } from '../tests/support/testRuns.js';

onEachBackend('running again from a node', (engine) => {
  const cachedIn = async (runId: string) => {
    const { run, node } = await outcomeOf(engine.platform, runId);
    expect(run.status).toBe('succeeded');
    return Object.keys(node).filter((id) => node[id]!.isCached);
  };

  it('makes it and what depends on it anew, and reuses the rest', async () => {
    const text = `again on ${engine.platform.queues.backend}`;
    const step = (name: string) => ({ step: 'pure_join', params: { text: `${text} ${name}` } });
    const graph = testGraph({ a: step('a'), b: step('b'), c: step('c'), d: step('d') }, ['a>b', 'a>c', 'b>d']);
    const first = await startTestRun(engine.platform, graph);
    expect(await cachedIn(first)).toEqual([]);

    const { runId } = await rerunFrom(engine.platform, { runId: first, nodeId: 'b' });
    expect(await cachedIn(runId)).toEqual(['a', 'c']);
    const { run, node } = await outcomeOf(engine.platform, runId);
    expect(run).toMatchObject({ rerunOfId: first, rerunFrom: 'b' });
    expect(node.d!.outputs).toEqual((await outcomeOf(engine.platform, first)).node.d!.outputs);

    // A run of that run begins where it is told to, and nowhere else.
    const third = await rerunFrom(engine.platform, { runId, nodeId: 'c' });
    expect(await cachedIn(third.runId)).toEqual(['a', 'b', 'd']);
  });

  it('makes all parts of a node anew, or one of them', async () => {
    const params = { salt: `again on ${engine.platform.queues.backend}`, total: 4, perPart: 2 };
    const first = await startTestRun(engine.platform, testGraph({ p: { step: 'puzzle', params } }, []));
    expect(await cachedIn(first)).toEqual([]);
    const whole = await rerunFrom(engine.platform, { runId: first, nodeId: 'p' });
    expect(await cachedIn(whole.runId)).toEqual([]);
    const part = await rerunFrom(engine.platform, { runId: first, nodeId: 'p/2' });
    expect(await cachedIn(part.runId)).toEqual(['p/1']);
  });

  it('happens once for a key, and not while the run goes on', async () => {
    const gate = `again on ${engine.platform.queues.backend}`;
    const runId = await startTestRun(engine.platform, testGraph({ a: { step: 'wait', params: { gate } } }, []));
    await expect(rerunFrom(engine.platform, { runId, nodeId: 'a' })).rejects.toMatchObject({
      code: 'RUN_NOT_RERUNNABLE',
    });
    openGate(gate);
    await endOf(engine.platform, runId);
    await expect(rerunFrom(engine.platform, { runId, nodeId: 'z' })).rejects.toMatchObject({
      issues: [{ path: '/nodeId' }],
    });
    const request = { runId, nodeId: 'a', idempotencyKey: `key of ${runId}` };
    const again = await rerunFrom(engine.platform, request);
    expect(await rerunFrom(engine.platform, request)).toEqual(again);
    await endOf(engine.platform, again.runId);
    await expect(rerunFrom(engine.platform, { ...request, runId: again.runId })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });
});
