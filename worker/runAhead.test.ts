import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { advance, type ClaimedNode, type Finish } from '../runtime/engine/engine.js';
import type { Platform } from '../runtime/platform.js';
import { dispatch } from '../runtime/runs/dispatch.js';
import { createTestPlatform, type TestPlatform } from '../tests/support/platform.js';
import { ran, testDefinition, testGraph } from '../tests/support/testModules.js';
import { historyOf, outcomeOf, startTestRun } from '../tests/support/testRuns.js';
import { Pace } from './pace.js';
import { Plans } from './plans.js';
import { type RunAheadParts, runAhead } from './runAhead.js';
import { type RunningWorker, startWorker } from './worker.js';

let test: TestPlatform;
let platform: Platform;
let worker: RunningWorker;

beforeAll(async () => {
  test = await createTestPlatform({ definition: testDefinition });
  platform = test.platform;
});
afterAll(async () => {
  await worker?.stop(0);
  await test?.remove();
});

const DIAMOND = testGraph(
  {
    a: { step: 'quick_join', params: { text: 'a' } },
    b: { step: 'quick_join', params: { text: 'b' } },
    c: { step: 'quick_join', params: { text: 'c' } },
    d: { step: 'join', params: { text: 'd' } },
  },
  ['a>b', 'a>c', 'b>d', 'c>d'],
);

/** Claims node a of a new run by hand. */
async function claimed(): Promise<ClaimedNode> {
  const runId = await startTestRun(platform, DIAMOND);
  const claim = { finish: [], progress: [], claim: [{ runId, idx: 0 }], slots: {} };
  return (await advance(platform.pool, randomUUID(), claim)).claimed[0]!;
}

const end = (node: ClaimedNode, idx: number, more: Partial<Finish> = {}): Finish => ({
  runId: node.runId,
  idx,
  token: node.token,
  outcome: 'succeeded',
  outputs: { out: { data: `${idx}` } },
  isCached: false,
  cacheKey: null,
  failure: null,
  retryInMs: 0,
  artifacts: [],
  asset: null,
  notification: null,
  events: [{ type: 'node.finished', data: { status: 'succeeded' } }],
  ...(idx > 0 && { ahead: 0 }),
  ...more,
});

const step = (finish: Finish[]) => advance(platform.pool, randomUUID(), { finish, progress: [], claim: [], slots: {} });

it('records what ran ahead in one step with the claimed node, and readies what follows', async () => {
  const node = await claimed();
  const { ready, refused } = await step([end(node, 0), end(node, 1), end(node, 2)]);
  expect(ready.map(({ idx }) => idx)).toEqual([3]);
  expect(refused).toEqual([]);
  const { rows } = await platform.pool.query(
    'SELECT type, node_id FROM run_event WHERE run_id = $1 AND node_id IS NOT NULL ORDER BY seq',
    [node.runId],
  );
  expect(rows.map(({ type, node_id }) => `${type} ${node_id}`)).toEqual([
    'node.started a',
    'node.finished a',
    'node.started b',
    'node.finished b',
    'node.started c',
    'node.finished c',
  ]);
});

it('takes a part of what could have run ahead, and the rest in the usual way', async () => {
  const node = await claimed();
  const { ready } = await step([end(node, 0), end(node, 2)]);
  expect(ready.map(({ idx }) => idx)).toEqual([1]);
});

it('refuses what ran ahead of a node that belongs to somebody else by now', async () => {
  const node = await claimed();
  await platform.pool.query('UPDATE node_run SET token = $1 WHERE run_id = $2 AND idx = 0', [randomUUID(), node.runId]);
  const { refused } = await step([end(node, 0), end(node, 1)]);
  expect(refused).toEqual([node.token, node.token]);
  const { rows } = await platform.pool.query('SELECT status FROM node_run WHERE run_id = $1 ORDER BY idx', [
    node.runId,
  ]);
  expect(rows.map(({ status }) => status)).toEqual(['running', 'waiting', 'waiting', 'waiting']);
});

it('refuses what ran ahead in a run that was cancelled meanwhile', async () => {
  const node = await claimed();
  await platform.pool.query(`SELECT hm_cancel($1, 'somebody')`, [node.runId]);
  const { refused } = await step([end(node, 0), end(node, 1)]);
  expect(refused).toEqual([node.token]);
  expect((await outcomeOf(platform, node.runId)).nodes).toEqual({
    a: 'succeeded',
    b: 'cancelled',
    c: 'cancelled',
    d: 'cancelled',
  });
});

it('leaves to be claimed what failed ahead, and effects', async () => {
  const node = await claimed();
  const pace = new Pace();
  const begun: string[] = [];
  const parts: RunAheadParts = {
    plans: new Plans(platform.pool),
    pace,
    slots: { cpu: 1, io: 0, cad: 0, blender: 0 },
    run: async ({ idx, nodeId }) => {
      begun.push(nodeId);
      return end(node, idx, nodeId === 'b' ? { outcome: 'failed', outputs: null } : {});
    },
  };
  pace.record('join', 0.1);
  const ends = await runAhead(parts, node, new AbortController());
  expect(begun).toEqual(['a', 'b', 'c']);
  expect(ends.map(({ idx, token, ahead }) => [idx, token, ahead])).toEqual([
    [0, node.token, undefined],
    [2, node.token, 0],
  ]);
});

it('runs quick nodes ahead in a worker: each once, in order, with one claim for all of them', async () => {
  worker = await startWorker(await test.another(), { concurrency: { cpu: 1 } });
  const first = await startTestRun(platform, DIAMOND);
  await outcomeOf(platform, first);
  const { workflowId, cadFileId } = await platform.db.run.findUniqueOrThrow({ where: { id: first } });
  // On a busy machine it may take a few runs until it has seen that they are quick.
  const ends = new Set<number>();
  let runId = first;
  while (ends.size !== 1) {
    ({ runId } = await dispatch(platform, { workflowId, cadFileId }));
    ends.clear();
    const { node } = await outcomeOf(platform, runId);
    for (const id of ['a', 'b', 'c']) ends.add(node[id]!.finishedAt!.getTime());
  }
  expect(ends.size).toBe(1);
  const { run, node } = await outcomeOf(platform, runId);
  expect(run).toMatchObject({ status: 'succeeded', openNodes: 0 });
  expect(node.d).toMatchObject({ outputs: { out: { data: 'a+b+a+c+d' } } });
  expect(node.d!.startedAt!.getTime()).toBeGreaterThanOrEqual([...ends][0]!);
  for (const id of ['a', 'b', 'c', 'd']) expect(ran.get(`${runId}/${id}`)).toBe(1);
  expect(Object.values(node).map(({ attempt, pending }) => [attempt, pending])).toEqual(Array(4).fill([1, 0]));
  const events = await historyOf(platform, runId);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
});
