import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { PartnerClient } from './client.js';
import {
  CatalogueDocument,
  type CatalogueQuery,
  OrderProgressDocument,
  type OrderProgressQuery,
  PlaceOrderDocument,
  ProduceOrderDocument,
  WhoAmIDocument,
} from './gql/graphql.js';

/** 1. Whether the token works, and what it may do. */
export async function whoAmI(client: PartnerClient) {
  return (await client.run(WhoAmIDocument, {})).viewer;
}

/** 2. What the studio offers, and every product, page by page. */
export async function catalogue(client: PartnerClient) {
  const products: CatalogueQuery['products']['edges'][number]['node'][] = [];
  let after: string | null | undefined;
  for (;;) {
    const page: CatalogueQuery = await client.run(CatalogueDocument, { first: 100, after });
    products.push(...page.products.edges.map(({ node }) => node));
    const outputTypes = page.outputTypes.edges.map(({ node }) => node);
    if (!page.products.pageInfo.hasNextPage) return { products, outputTypes };
    after = page.products.pageInfo.endCursor;
  }
}

/** 3. Places an order. With the same `reference` again, as after a lost answer, it is the same order and not a second one. */
export async function placeOrder(
  client: PartnerClient,
  reference: string,
  lines: { productId: string; outputTypeId: string; quantity?: number }[],
) {
  const { createOrder } = await client.run(PlaceOrderDocument, {
    input: { reference, lines, idempotencyKey: reference },
  });
  if ('id' in createOrder) return createOrder;
  const issues = 'issues' in createOrder ? createOrder.issues.map(({ path, message }) => `${path}: ${message}`) : [];
  throw new Error([createOrder.message, ...issues].join('\n'));
}

/** 4. Has an order produced; lines that cannot be say why, and the others run. */
export async function produce(client: PartnerClient, order: { id: string; reference: string }) {
  const { dispatchOrder } = await client.run(ProduceOrderDocument, {
    input: { orderId: order.id, idempotencyKey: order.reference },
  });
  if ('started' in dispatchOrder) return dispatchOrder;
  throw new Error(dispatchOrder.message);
}

const ENDED = new Set(['delivered', 'partially_delivered', 'failed', 'cancelled']);
type Delivered = NonNullable<OrderProgressQuery['order']>['lines'][number]['deliveredAssets'][number];

/** 5. Waits for an order and fetches its files, each checked by its hash. */
export async function deliveries(client: PartnerClient, orderId: string, everyMs = 5_000) {
  for (;;) {
    const { order } = await client.run(OrderProgressDocument, { id: orderId });
    if (!order) throw new Error('There is no such order.');
    if (ENDED.has(order.state)) {
      const assets = order.lines.flatMap(({ deliveredAssets }) => deliveredAssets);
      return { state: order.state, files: await Promise.all(assets.map((asset) => fetched(client, asset))) };
    }
    await pause(everyMs);
  }
}

async function fetched(client: PartnerClient, { name, artifact }: Delivered) {
  const content = await client.download(artifact.url);
  if (createHash('sha256').update(content).digest('hex') !== artifact.sha256)
    throw new Error(`${name} did not arrive whole.`);
  return { name, mediaType: artifact.mediaType, content };
}
