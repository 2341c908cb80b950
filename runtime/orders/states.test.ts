import { afterAll, beforeAll, expect, test } from 'vitest';
import { OrderState, RunStatus } from '../../generated/prisma/enums.js';
import { createTestPlatform, type TestPlatform } from '../../tests/support/platform.js';
import { type Catalogue, createCatalogue, createEndedRun } from '../../tests/support/testData.js';
import { orderState, ordersIn } from './states.js';

const STATES = Object.values(OrderState);

let studio: TestPlatform;
let catalogue: Catalogue;
beforeAll(async () => {
  studio = await createTestPlatform();
  catalogue = await createCatalogue(studio.platform);
});
afterAll(() => studio?.remove());

const line = (state: OrderState = 'draft') => ({
  productId: catalogue.product.id,
  outputTypeId: catalogue.outputType.id,
  state,
});
const orderOf = (states: readonly OrderState[]) =>
  studio.platform.db.order.create({
    data: { lines: { create: states.map((state, index) => ({ ...line(state), lineNumber: index + 1 })) } },
    include: { lines: { orderBy: { lineNumber: 'asc' } } },
  });

test.each<[OrderState, OrderState[]]>([
  ['draft', []],
  ['draft', ['draft', 'cancelled']],
  ['queued', ['queued', 'draft', 'cancelled']],
  ['running', ['queued', 'delivered']],
  ['running', ['running', 'failed']],
  ['delivered', ['delivered', 'delivered']],
  ['partially_delivered', ['delivered', 'cancelled']],
  ['partially_delivered', ['partially_delivered']],
  ['failed', ['failed', 'draft', 'cancelled']],
  ['cancelled', ['cancelled']],
])('an order is %s when its lines are %j', (expected, states) => {
  expect(orderState(states.map((state) => ({ state })))).toBe(expected);
});

test('orders are found by the state that they say they are in, whatever mix of lines they have', async () => {
  const { db } = studio.platform;
  const mixes = Array.from({ length: 2 ** STATES.length }, (_, mix) => STATES.filter((_, place) => mix & (1 << place)));
  const orders: Awaited<ReturnType<typeof orderOf>>[] = [];
  for (const mix of mixes) orders.push(await orderOf(mix));
  const among = { id: { in: orders.map(({ id }) => id) } };
  const found = async (...states: OrderState[]) =>
    (await db.order.findMany({ where: { AND: [among, ordersIn(states)] } })).map(({ id }) => id).sort();
  const expected = (...states: OrderState[]) =>
    orders
      .filter(({ lines }) => states.includes(orderState(lines)))
      .map(({ id }) => id)
      .sort();
  for (const state of STATES) expect(await found(state), state).toEqual(expected(state));
  expect(await found('failed', 'draft')).toEqual(expected('failed', 'draft'));
  expect(await found()).toEqual([]);
});

/** States as they lie beside the lines, and as the view derives them from the runs. */
async function kept() {
  const { rows } = await studio.platform.pool.query(
    'SELECT l.id, l.state::text AS kept, s.state AS derived FROM order_line l JOIN order_line_state s ON s.order_line_id = l.id',
  );
  return rows as { id: string; kept: string; derived: string }[];
}

test('what lies beside a line is what its runs say, whatever happens to them', async () => {
  const { db, pool } = studio.platform;
  await db.orderLine.updateMany({ data: { state: 'draft' } });
  const { lines } = await orderOf(['draft', 'draft']);
  const [one, other] = lines.map(({ id }) => id) as [string, string];
  const stateOf = async (id: string) => {
    const all = await kept();
    expect(all.filter((each) => each.kept !== each.derived)).toEqual([]);
    return all.find((each) => each.id === id)!.kept;
  };
  const { runId } = await createEndedRun(studio.platform, { ...catalogue, line: lines[0]! });
  expect(await stateOf(one)).toBe('draft');
  const change = (data: object) => db.run.update({ where: { id: runId }, data });
  await change({ orderLineId: one });
  expect(await stateOf(one)).toBe('delivered');
  for (const status of Object.values(RunStatus)) {
    await change({ status });
    await stateOf(one);
  }
  await change({ status: 'failed' });
  expect(await stateOf(one)).toBe('partially_delivered');
  await db.asset.deleteMany({ where: { runId } });
  expect(await stateOf(one)).toBe('failed');
  await change({ mode: 'shadow' });
  expect(await stateOf(one)).toBe('draft');
  await change({ mode: 'graph', orderLineId: other });
  expect([await stateOf(one), await stateOf(other)]).toEqual(['draft', 'failed']);
  await db.orderLine.update({ where: { id: other }, data: { cancelledAt: new Date() } });
  expect(await stateOf(other)).toBe('cancelled');
  await pool.query('UPDATE run SET last_seq = last_seq + 1');
  expect(await stateOf(other)).toBe('cancelled');
});

test('two runs of a line that change at the same time leave it in the state of both', async () => {
  const { db, pool } = studio.platform;
  const { lines } = await orderOf(['draft']);
  const line = lines[0]!;
  const runs: string[] = [];
  for (const at of [0, 1]) {
    const { runId } = await createEndedRun(studio.platform, { ...catalogue, line }, new Date(Date.now() + at));
    await db.run.update({ where: { id: runId }, data: { orderLineId: line.id, status: 'running' } });
    runs.push(runId);
  }
  const clients = await Promise.all([pool.connect(), pool.connect()]);
  try {
    for (const [place, client] of clients.entries()) {
      await client.query('BEGIN');
      await client.query(`UPDATE run SET status = $2::"RunStatus" WHERE id = $1`, [
        runs[place],
        place === 0 ? 'succeeded' : 'failed',
      ]);
    }
    await Promise.all(clients.map((client) => client.query('COMMIT')));
  } finally {
    for (const client of clients) client.release();
  }
  expect((await kept()).find(({ id }) => id === line.id)).toMatchObject({ kept: 'delivered', derived: 'delivered' });
});
