import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Seeded, seed } from '../prisma/seed.js';
import { encodeGlobalId as id, localId } from '../schema/globalId.js';
import { createMember } from '../tests/support/members.js';
import { resultOf } from '../tests/support/mutationCalls.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { nodeDefinition } from '../workflow/nodeDefinitions.js';

let app: TestApp;
let seeded: Seeded;
let still: string;
let product: string;
beforeAll(async () => {
  app = await startTestApp({ definition: nodeDefinition });
  seeded = await seed(app.platform);
  still = id('OutputType', seeded.outputTypeId);
  product = id('Product', seeded.product.id);
});
afterAll(() => app.close());

const ERROR = '... on Error { __typename code message } ... on ValidationError { issues { path message } }';
const ORDER = `... on Order { id number reference state total { amount currency }
  lines { id lineNumber quantity state unitPrice { amount currency } price { amount } runs { id } deliveredAssets { name } } }`;
const BATCH = `... on DispatchBatch { started lines { orderLineId result { __typename ... on Run { id status } ... on Error { code message } } } }`;
function mutate(
  field: string,
  argument: string,
  input: unknown,
  selection: string,
  error = ERROR,
  headers?: Record<string, string>,
) {
  const type = argument === 'id' ? 'ID' : `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
  return resultOf(app, field, type, `${selection} ${error}`, input, { argument, headers });
}
const PLAIN = '... on Error { __typename code message }';
const place = (input: object) => mutate('createOrder', 'input', input, ORDER);
const line = (more: object = {}) => ({ productId: product, outputTypeId: still, ...more });
const orderOf = async (orderId: string) =>
  (
    await app.gql(`query ($id: ID!) { order(id: $id) { ${ORDER.replace('... on Order {', '').replace(/}$/, '')} } }`, {
      id: orderId,
    })
  ).data.order;

describe('placing an order', () => {
  test('freezes prices to the cent, once per idempotency key', async () => {
    const input = {
      lines: [line({ quantity: 3, options: { samples: 16 } }), line()],
      reference: 'PO 4711',
      idempotencyKey: 'po-4711',
    };
    const order = await place(input);
    expect(order).toMatchObject({
      __typename: 'Order',
      reference: 'PO 4711',
      state: 'draft',
      total: [{ amount: '116.00', currency: 'EUR' }],
      lines: [
        { lineNumber: 1, quantity: 3, unitPrice: { amount: '29.00', currency: 'EUR' }, price: { amount: '87.00' } },
        { lineNumber: 2, quantity: 1, price: { amount: '29.00' }, state: 'draft' },
      ],
    });
    const { db } = app.platform;
    await db.pricingTier.updateMany({ data: { unitPriceCents: 9900 } });
    expect(await place(input)).toEqual(order);
    await db.pricingTier.updateMany({ data: { unitPriceCents: 2900 } });
    expect(await place({ ...input, reference: 'PO 4712' })).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  test('is refused as a whole, every mistake at its place in its line', async () => {
    const before = await app.platform.db.order.count();
    const refused = await place({
      lines: [
        line(),
        line({ quantity: 0, options: { samples: 4096, engine: 'eevee', resolution: { width: 9000, height: 64 } } }),
        line({ materialOverrides: { ring: 'unobtainium' } }),
      ],
    });
    expect(refused.issues.map(({ path }: { path: string }) => path)).toEqual([
      '/lines/1/quantity',
      '/lines/1/options/samples',
      '/lines/1/options/engine',
      '/lines/1/options/resolution/width',
      '/lines/2/materialOverrides/ring',
    ]);
    expect(await app.platform.db.order.count()).toBe(before);
  });

  test('keeps to categories, allowed materials and what is still offered', async () => {
    const { db } = app.platform;
    const other = await db.product.create({
      data: { sku: 'GEAR-1', name: 'Gear', cadFileId: seeded.cadFileId, category: undefined },
    });
    const wrong = await place({ lines: [line({ productId: id('Product', other.id) })] });
    expect(wrong.issues).toMatchObject([{ path: '/lines/0/productId', message: expect.stringContaining('Bearings') }]);
    const original = await db.outputType.findUniqueOrThrow({ where: { id: seeded.outputTypeId } });
    const { id: _id, key: _key, pinnedVersionId: _p, ...copy } = original;
    const narrow = await db.outputType.create({
      data: { ...copy, key: 'narrow', constraints: { materials: ['brass'] } } as never,
    });
    const [material] = await db.material.findMany({ where: { name: { not: 'brass' } }, take: 1 });
    const materialOverrides = { ring: material!.name };
    const lines = [line({ outputTypeId: id('OutputType', narrow.id), materialOverrides })];
    expect((await place({ lines })).issues).toMatchObject([{ path: '/lines/0/materialOverrides/ring' }]);
    await db.outputType.update({ where: { id: narrow.id }, data: { archivedAt: new Date() } });
    expect((await place({ lines: [line({ outputTypeId: id('OutputType', narrow.id) })] })).issues).toMatchObject([
      { path: '/lines/0/outputTypeId' },
    ]);
  });

  test('says of each line whose product or output type there is not, however that was named', async () => {
    const nothing = '00000000-0000-7000-8000-000000000000';
    const lines = [
      line({ productId: id('Product', nothing), outputTypeId: id('OutputType', nothing) }),
      line(),
      line({ productId: still, quantity: 0 }),
      line({ outputTypeId: 'garbage' }),
    ];
    const issues = [
      { path: '/lines/0/productId', message: 'There is no such product.' },
      { path: '/lines/0/outputTypeId', message: 'There is no such output type.' },
      { path: '/lines/2/productId', message: 'There is no such product.' },
      { path: '/lines/2/quantity', message: expect.any(String) },
      { path: '/lines/3/outputTypeId', message: 'There is no such output type.' },
    ];
    const order = await place({ lines: [line()] });
    expect(await place({ lines })).toMatchObject({ code: 'VALIDATION_FAILED', issues });
    expect(await mutate('addOrderLines', 'input', { orderId: order.id, lines }, ORDER)).toMatchObject({ issues });
    const alone = line({ outputTypeId: 'garbage' });
    expect(await mutate('createOrderLine', 'input', alone, '... on OrderLine { id }')).toMatchObject({
      issues: [{ path: '/outputTypeId', message: 'There is no such output type.' }],
    });
  });

  test('has no lines of what is made of CAD files', async () => {
    const { db } = app.platform;
    const intake = await db.outputType.create({
      data: { key: 'intake', name: 'Intake', family: 'cad_file', artifactKind: 'glb_model', visibility: 'public' },
    });
    expect((await place({ lines: [line({ outputTypeId: id('OutputType', intake.id) })] })).issues).toEqual([
      { path: '/lines/0/outputTypeId', message: '“Intake” cannot be ordered: it is made once for one CAD file.' },
    ]);
  });
});

describe('an order', () => {
  test('has a bound, so that its lines can come whole', async () => {
    const order = await place({ lines: Array.from({ length: 499 }, () => line()) });
    const add = (count: number) =>
      mutate(
        'addOrderLines',
        'input',
        { orderId: order.id, lines: Array.from({ length: count }, () => line()) },
        ORDER,
      );
    const refused = await add(2);
    expect(refused).toMatchObject({ code: 'ORDER_FULL', message: expect.stringContaining('499 lines') });
    expect((await add(1)).lines).toHaveLength(500);
    expect(await mutate('createOrderLine', 'input', { ...line(), orderId: order.id }, PLAIN, PLAIN)).toMatchObject({
      code: 'ORDER_FULL',
    });
  });

  test('takes lines and gives them back until it is dispatched', async () => {
    const order = await place({ lines: [line()] });
    const more = await mutate('addOrderLines', 'input', { orderId: order.id, lines: [line(), line()] }, ORDER);
    expect(more.lines.map(({ lineNumber }: { lineNumber: number }) => lineNumber)).toEqual([1, 2, 3]);
    const fewer = await mutate('removeOrderLine', 'id', more.lines[1].id, ORDER, PLAIN);
    expect(fewer.lines.map(({ lineNumber }: { lineNumber: number }) => lineNumber)).toEqual([1, 3]);
    const batch = await mutate('dispatchOrder', 'input', { orderId: order.id }, BATCH, PLAIN);
    expect(batch).toMatchObject({ started: 2, lines: [{ result: { __typename: 'Run', status: 'queued' } }, {}] });
    expect((await orderOf(order.id)).state).toBe('queued');
    expect(await mutate('removeOrderLine', 'id', order.lines[0].id, ORDER, PLAIN)).toMatchObject({
      code: 'ORDER_DISPATCHED',
    });
    expect(await mutate('dispatchOrder', 'input', { orderId: order.id }, BATCH, PLAIN)).toMatchObject({
      code: 'NOTHING_TO_DISPATCH',
    });
  });

  test('is cancelled as far as nothing was delivered, and stays so', async () => {
    const order = await place({ lines: [line(), line()] });
    await mutate('dispatchOrderLines', 'input', { orderLineIds: [order.lines[0].id] }, BATCH, ERROR);
    const cancelled = await mutate('cancelOrder', 'id', order.id, ORDER, PLAIN);
    expect(cancelled).toMatchObject({ state: 'cancelled', total: [] });
    const again = await mutate('dispatchOrderLines', 'input', { orderLineIds: [order.lines[1].id] }, BATCH, ERROR);
    expect(again.lines[0].result).toMatchObject({ code: 'ORDER_LINE_CANCELLED' });
    const alone = await mutate('dispatch', 'input', { orderLineId: order.lines[1].id }, '', PLAIN);
    expect(alone).toMatchObject({ code: 'ORDER_LINE_CANCELLED' });
  });

  test('has one run of a line at a time, however often it is asked for', async () => {
    const order = await place({ lines: [line()] });
    const dispatch = (input: object = {}) =>
      mutate('dispatch', 'input', { orderLineId: order.lines[0].id, ...input }, '... on Run { id }', PLAIN);
    const [first, second] = await Promise.all([dispatch(), dispatch()]);
    expect([first, second].filter(({ id: runId, code }) => runId || code === 'ORDER_LINE_RUNNING')).toHaveLength(2);
    expect((await orderOf(order.id)).lines[0].runs).toHaveLength(1);
    for (const input of [{}, { useDraft: true }, { idempotencyKey: 'another' }])
      expect(await dispatch(input)).toMatchObject({ code: 'ORDER_LINE_RUNNING' });
  });

  test('gives the run of a key again, whatever became of the line since', async () => {
    const order = await place({ lines: [line()] });
    const dispatch = (input: object = {}) =>
      mutate('dispatch', 'input', { orderLineId: order.lines[0].id, ...input }, '... on Run { id }', PLAIN);
    const first = await dispatch({ idempotencyKey: 'once' });
    await mutate('cancelRun', 'id', first.id, '', PLAIN);
    const second = await dispatch();
    expect(second.id).not.toBe(first.id);
    expect(await dispatch({ idempotencyKey: 'once' })).toEqual(first);
    await mutate('cancelOrder', 'id', order.id, ORDER, PLAIN);
    expect(await dispatch({ idempotencyKey: 'once' })).toEqual(first);
  });

  test('gives back one line and keeps the others', async () => {
    const order = await place({ lines: [line(), line()] });
    await mutate('dispatchOrder', 'input', { orderId: order.id }, BATCH, PLAIN);
    const cancel = () =>
      mutate('cancelOrderLine', 'id', order.lines[0].id, '... on OrderLine { state runs { status } }', PLAIN);
    expect(await cancel()).toMatchObject({ state: 'cancelled', runs: [{ status: 'cancelled' }] });
    expect(await cancel()).toMatchObject({ state: 'cancelled' });
    expect(await orderOf(order.id)).toMatchObject({ state: 'queued', total: [{ amount: '29.00' }] });
    const [, second] = order.lines.map((each: { id: string }) => localId('OrderLine', each.id));
    await app.platform.pool.query(`UPDATE run SET status = 'succeeded' WHERE order_line_id = $1`, [second]);
    expect(await mutate('cancelOrderLine', 'id', order.lines[1].id, '... on OrderLine { state }', PLAIN)).toMatchObject(
      { code: 'ORDER_LINE_DELIVERED' },
    );
  });

  test('is dispatched by the hundred in one request, each line with its own result, never twice', async () => {
    const order = await place({ lines: Array.from({ length: 120 }, () => line()) });
    const unknown = id('OrderLine', '00000000-0000-7000-8000-000000000000');
    const made: string[] = order.lines.map((each: { id: string }) => each.id);
    // What is no id at all, or one of something else, stops the others as little as a line that is not there.
    const orderLineIds = [made[0]!, 'garbage', `${made[0]}==`, product, ...made.slice(1), unknown];
    const input = { orderLineIds, idempotencyKey: 'batch-1' };
    const [first, second] = await Promise.all([
      mutate('dispatchOrderLines', 'input', input, BATCH),
      mutate('dispatchOrderLines', 'input', input, BATCH),
    ]);
    expect(first.started).toBe(120);
    expect(second).toEqual(first);
    const notFound = { __typename: 'NotFoundError', code: 'NOT_FOUND', message: expect.any(String) };
    expect(first.lines.map(({ orderLineId }: any) => orderLineId)).toEqual([
      ...new Set([made[0], 'garbage', product, ...made, unknown]),
    ]);
    for (const at of [1, 2, -1]) expect(first.lines.at(at).result).toEqual(notFound);
    expect(await app.platform.db.run.count({ where: { orderLine: { orderId: localId('Order', order.id) } } })).toBe(
      120,
    );
    const other = await mutate('dispatchOrderLines', 'input', { orderLineIds: [orderLineIds[0]] }, BATCH);
    expect(other.lines[0].result).toMatchObject({ code: 'ORDER_LINE_RUNNING' });
  });

  test('knows its state by its runs, whatever became of them', async () => {
    const { db, pool } = app.platform;
    const order = await place({ lines: [line(), line()] });
    const [one, two] = order.lines.map((each: { id: string }) => localId('OrderLine', each.id));
    await mutate('dispatchOrder', 'input', { orderId: order.id }, BATCH, PLAIN);
    const end = (lineId: string, status: string) =>
      pool.query('UPDATE run SET status = $2::"RunStatus" WHERE order_line_id = $1', [lineId, status]);
    const states = async () => {
      const { state, lines } = await orderOf(order.id);
      return [state, ...lines.map((each: { state: string }) => each.state)];
    };
    await end(one, 'running');
    expect(await states()).toEqual(['running', 'running', 'queued']);
    await end(one, 'succeeded');
    await end(two, 'failed');
    expect(await states()).toEqual(['partially_delivered', 'delivered', 'failed']);
    // A second run of a delivered line that fails takes nothing back.
    await mutate('dispatchOrderLines', 'input', { orderLineIds: [order.lines[0].id] }, BATCH);
    expect((await states())[1]).toBe('queued');
    const latest = await db.run.findFirstOrThrow({ where: { orderLineId: one }, orderBy: { createdAt: 'desc' } });
    await pool.query(`UPDATE run SET status = 'failed' WHERE id = $1`, [latest.id]);
    expect(await states()).toEqual(['partially_delivered', 'delivered', 'failed']);
    await mutate('cancelOrder', 'id', order.id, ORDER, PLAIN);
    expect(await states()).toEqual(['partially_delivered', 'delivered', 'cancelled']);
  });
});

describe('a partner', () => {
  const partner = async (name: string) => (await createMember(app.platform, 'partner', { name })).headers;

  test('orders, dispatches, follows and cancels what is their own, and reaches no other’s', async () => {
    const [own, other] = [await partner('Shop'), await partner('Other shop')];
    const input = { lines: [line({ options: { samples: 16 } })], idempotencyKey: 'shop-1' };
    const order = await mutate('createOrder', 'input', input, ORDER, ERROR, own);
    expect(order).toMatchObject({ __typename: 'Order', total: [{ amount: '29.00' }], lines: [{ state: 'draft' }] });
    // The same key of somebody else is another order.
    const others = await mutate('createOrder', 'input', input, ORDER, ERROR, other);
    expect(others.id).not.toBe(order.id);

    const lineId = order.lines[0].id;
    const refusals = await Promise.all([
      mutate('addOrderLines', 'input', { orderId: order.id, lines: [line()] }, ORDER, PLAIN, other),
      mutate('removeOrderLine', 'id', lineId, ORDER, PLAIN, other),
      mutate('dispatchOrder', 'input', { orderId: order.id }, BATCH, PLAIN, other),
      mutate('cancelOrder', 'id', order.id, ORDER, PLAIN, other),
    ]);
    expect(refusals.map(({ code }) => code)).toEqual(Array(4).fill('NOT_FOUND'));
    const foreign = await mutate('dispatchOrderLines', 'input', { orderLineIds: [lineId] }, BATCH, ERROR, other);
    expect(foreign).toMatchObject({ started: 0, lines: [{ result: { code: 'NOT_FOUND' } }] });

    const batch = await mutate('dispatchOrder', 'input', { orderId: order.id }, BATCH, PLAIN, own);
    expect(batch).toMatchObject({ started: 1 });
    const seen = `query ($id: ID!) { order(id: $id) { state lines { state price { amount } runs { status } deliveredAssets { name artifact { url } } } } }`;
    expect((await app.gql(seen, { id: order.id }, own)).data.order).toMatchObject({
      state: 'queued',
      lines: [{ state: 'queued', price: { amount: '29.00' }, runs: [{ status: 'queued' }] }],
    });
    expect((await app.gql(seen, { id: order.id }, other)).data.order).toBeNull();
    expect(await mutate('cancelOrder', 'id', order.id, ORDER, PLAIN, own)).toMatchObject({ state: 'cancelled' });
  });

  test('does not see the shadow runs of their lines', async () => {
    const own = await partner('Quiet shop');
    const order = await mutate('createOrder', 'input', { lines: [line()] }, ORDER, ERROR, own);
    await mutate('dispatchOrder', 'input', { orderId: order.id }, BATCH, PLAIN, own);
    const orderLineId = localId('OrderLine', order.lines[0].id);
    await app.platform.db.run.updateMany({ where: { orderLineId }, data: { mode: 'shadow' } });
    const { data } = await app.gql(`{ order(id: "${order.id}") { lines { runs { id } } } }`, {}, own);
    expect(data.order.lines[0].runs).toEqual([]);
  });

  test('does not read what the studio made its orders of', async () => {
    const own = await partner('Curious shop');
    for (const field of ['effectiveParams { name }', 'outputType { overrides }', 'runs { graph }']) {
      const { errors } = await app.gql(`{ orders { edges { node { lines { ${field} } } } } }`, {}, own);
      expect(errors?.[0]?.extensions.code, field).toBe('FORBIDDEN');
    }
  });
});
