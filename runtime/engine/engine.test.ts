import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/support/database.js';
import { advance, dispatchRuns, type Finish, type NewRun, type StoredPlan } from './engine.js';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  // One connection: the counters below are those of its transaction.
  pool = new pg.Pool({ connectionString: database.url, max: 1 });
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

it('reads no other run to end one, however many there are', async () => {
  await dispatchRuns(pool, [PLAN], Array.from({ length: 200 }, newRun));
  const worker = randomUUID();
  const run = newRun();
  await dispatchRuns(pool, [], [run]);
  const claim = { finish: [], progress: [], claim: [{ runId: run.id, idx: 0 }], slots: {} };
  let [node] = (await advance(pool, worker, claim)).claimed;
  for (; node!.idx < NODES - 1; )
    [node] = (await advance(pool, worker, { ...claim, claim: [], finish: [endOf(node!)], slots: { cpu: 1 } })).claimed;
  const before = await nodeRunsRead();
  await advance(pool, worker, { ...claim, claim: [], finish: [endOf(node!)] });
  const read = (await nodeRunsRead()) - before;
  expect((await pool.query('SELECT status FROM run WHERE id = $1', [run.id])).rows).toEqual([{ status: 'succeeded' }]);
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(3 * NODES);
});

/** Rows of `node_run` this connection has read so far, flushed counts and those still pending. */
async function nodeRunsRead(): Promise<number> {
  await pool.query('SELECT pg_stat_force_next_flush()');
  const { rows } = await pool.query(
    `SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) AS read FROM pg_stat_user_tables WHERE relname = 'node_run'`,
  );
  return Number(rows[0].read);
}

const NODES = 10;
const range = Array.from({ length: NODES }, (_, idx) => idx);
const PLAN = {
  hash: 'chain',
  graph: {},
  plan: {
    nodes: range.map((idx) => ({
      idx,
      id: `n${idx}`,
      step: 'step',
      moduleKey: 'test.step',
      capability: 'cpu',
      predecessors: range.filter((other) => other === idx - 1),
      successors: range.filter((other) => other === idx + 1),
      bindings: {},
      onFailure: 'halt',
      retry: { attempts: 1, backoffMs: 0 },
    })),
  },
} as unknown as StoredPlan;

const newRun = (): NewRun => ({
  id: randomUUID(),
  family: 'cad_file',
  planHash: PLAN.hash,
  nodeCount: NODES,
  workflowId: null,
  workflowVersionId: null,
  cadFileId: null,
  orderLineId: null,
  entry: {},
  paramOrigins: {},
  idempotencyKey: null,
  requestHash: null,
});

const endOf = ({ runId, idx, token }: { runId: string; idx: number; token: string }): Finish => ({
  runId,
  idx,
  token,
  outcome: 'succeeded',
  outputs: {},
  isCached: false,
  cacheKey: null,
  failure: null,
  retryInMs: 0,
  artifacts: [],
  asset: null,
  notification: null,
  events: [{ type: 'node.finished', data: { status: 'succeeded' } }],
});
