import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Seeded, seed } from '../prisma/seed.js';
import { encodeGlobalId } from '../schema/globalId.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { nodeDefinition } from '../workflow/nodeDefinitions.js';

let app: TestApp;
let seeded: Seeded;
beforeAll(async () => {
  app = await startTestApp({ definition: nodeDefinition });
  seeded = await seed(app.platform);
});
afterAll(() => app.close());

/** An order of so many lines, each made a bit differently, so that no two share a plan. */
async function order(count: number): Promise<string> {
  const line = {
    productId: encodeGlobalId('Product', seeded.product.id),
    outputTypeId: encodeGlobalId('OutputType', seeded.outputTypeId),
  };
  const lines = Array.from({ length: count }, (_x, n) => ({ ...line, options: { samples: 16 + (n % 100) } }));
  const { data } = await app.gql(
    'mutation ($input: CreateOrderInput!) { createOrder(input: $input) { ... on Order { id } } }',
    { input: { lines } },
  );
  return data.createOrder.id;
}

/** Dispatches an order, and counts the statements that takes. */
async function dispatched(orderId: string): Promise<number> {
  const query = vi.spyOn(pg.Client.prototype, 'query');
  try {
    const { data } = await app.gql(
      `mutation ($input: DispatchOrderInput!) { dispatchOrder(input: $input) {
        ... on DispatchBatch { started lines { result { ... on Run { id status } ... on Error { message } } } } } }`,
      { input: { orderId } },
    );
    const { started, lines } = data.dispatchOrder;
    expect(lines.filter(({ result }: any) => !result.id)).toEqual([]);
    expect(started).toBe(lines.length);
    return query.mock.calls.length;
  } finally {
    query.mockRestore();
  }
}

test('hundreds of lines are dispatched in few statements, by the fifty and not by the line', async () => {
  await dispatched(await order(1));
  const [few, many] = [await dispatched(await order(50)), await dispatched(await order(300))];
  expect(few).toBeLessThan(50);
  expect(many).toBeLessThan(6 * few);
});
