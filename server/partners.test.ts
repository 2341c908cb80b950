import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../generated/prisma/enums.js';
import type { Scope } from '../runtime/access/access.js';
import { encodeGlobalId } from '../schema/globalId.js';
import { createMember } from '../tests/support/members.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { type Catalogue, createCatalogue, createEndedRun } from '../tests/support/testData.js';

let app: TestApp;
let catalogue: Catalogue;
beforeAll(async () => {
  app = await startTestApp();
  catalogue = await createCatalogue(app.platform);
});
afterAll(() => app.close());

const member = (role: Role, scopes?: Scope[]) => createMember(app.platform, role, { scopes });

describe('a partner', () => {
  it('sees what their own orders brought about, and nothing of anybody else', async () => {
    const { db } = app.platform;
    const [a, b] = [await member('partner'), await member('partner')];
    const { runId } = await createEndedRun(app.platform, catalogue);
    await db.order.update({ where: { id: catalogue.order.id }, data: { accountId: a.account.id } });
    await db.run.update({ where: { id: runId }, data: { orderLineId: catalogue.line.id, cadFileId: null } });
    const asset = await db.asset.findFirstOrThrow({ where: { runId } });
    const ids = [
      encodeGlobalId('Order', catalogue.order.id),
      encodeGlobalId('OrderLine', catalogue.line.id),
      encodeGlobalId('Run', runId),
      encodeGlobalId('Asset', asset.id),
      encodeGlobalId('Artifact', asset.artifactId),
    ];
    const everything = `query($ids: [ID!]!) {
      orders { totalCount edges { node { id } } }
      runs { totalCount edges { node { id } } }
      assets { totalCount edges { node { artifact { url thumbnailUrl } } } }
      nodes(ids: $ids) { id }
    }`;
    const own = (await app.gql(everything, { ids }, a.headers)).data;
    expect([own.orders, own.runs, own.assets].map(({ totalCount }) => totalCount)).toEqual([1, 1, 1]);
    expect(own.nodes.map((node: any) => node?.id)).toEqual(ids);
    const others = (await app.gql(everything, { ids }, b.headers)).data;
    expect([others.orders, others.runs, others.assets].map(({ totalCount, edges }) => [totalCount, edges])).toEqual([
      [0, []],
      [0, []],
      [0, []],
    ]);
    expect(others.nodes).toEqual([null, null, null, null, null]);
    expect((await app.gql(`{ run(id: "${ids[2]}") { id } }`, {}, b.headers)).data.run).toBeNull();
    const cancelled = await app.gql(`mutation { cancelRun(id: "${ids[2]}") { __typename } }`, {}, b.headers);
    expect(cancelled.data.cancelRun.__typename).toBe('NotFoundError');
    const started = await app.gql(
      `mutation { dispatch(input: { orderLineId: "${ids[1]}" }) { __typename } }`,
      {},
      b.headers,
    );
    expect(started.data.dispatch.__typename).toBe('NotFoundError');
  });

  it('reads that it placed its orders itself; the studio reads who placed which', async () => {
    const [a, b] = [await member('partner'), await member('partner')];
    const studio = await member('viewer');
    const { db } = app.platform;
    const placed = [a.account.id, b.account.id, null].map((accountId) => ({ reference: 'placed', accountId }));
    await db.order.createMany({ data: placed });
    const read = async (headers: Record<string, string>, placedBy: string | null = null) => {
      const { data } = await app.gql(
        'query ($by: String) { orders(filter: { text: "placed", placedBy: $by }) { edges { node { placedBy } } } }',
        { by: placedBy },
        headers,
      );
      return data.orders.edges.map(({ node }: any) => node.placedBy);
    };
    expect(await read(a.headers)).toEqual([a.account.name]);
    expect(await read(a.headers, b.account.name)).toEqual([]);
    expect(await read(studio.headers)).toEqual([null, b.account.name, a.account.name]);
    expect(await read(studio.headers, b.account.name)).toEqual([b.account.name]);
  });

  it('changes nothing of anybody else’s, and keeps idempotency keys of their own', async () => {
    const [a, b] = [await member('partner'), await member('partner')];
    const line = `{ productId: "${encodeGlobalId('Product', catalogue.product.id)}", outputTypeId: "${encodeGlobalId('OutputType', catalogue.outputType.id)}" }`;
    const placed = await app.gql(
      `mutation { createOrder(input: { idempotencyKey: "po-1", lines: [${line}] }) { ... on Order { id lines { id } } ... on Error { message } } }`,
      {},
      a.headers,
    );
    const order = placed.data.createOrder;
    const lineId = order.lines[0].id;
    const foreign = [
      `addOrderLines(input: { orderId: "${order.id}", lines: [${line}] })`,
      `removeOrderLine(id: "${lineId}")`,
      `createOrderLine(input: { orderId: "${order.id}", productId: "${encodeGlobalId('Product', catalogue.product.id)}", outputTypeId: "${encodeGlobalId('OutputType', catalogue.outputType.id)}" })`,
      `dispatch(input: { orderLineId: "${lineId}" })`,
      `dispatchOrder(input: { orderId: "${order.id}" })`,
      `cancelOrderLine(id: "${lineId}")`,
      `cancelOrder(id: "${order.id}")`,
    ];
    for (const mutation of foreign) {
      const { data, errors } = await app.gql(`mutation { it: ${mutation} { __typename } }`, {}, b.headers);
      expect(data?.it.__typename ?? errors, mutation).toBe('NotFoundError');
    }
    const batch = await app.gql(
      `mutation { dispatchOrderLines(input: { orderLineIds: ["${lineId}"] }) { ... on DispatchBatch { started lines { result { __typename } } } } }`,
      {},
      b.headers,
    );
    expect(batch.data.dispatchOrderLines).toEqual({ started: 0, lines: [{ result: { __typename: 'NotFoundError' } }] });
    const seen = [`preflight(input: { orderLineId: "${lineId}" })`, `preflightOrder(orderId: "${order.id}")`];
    for (const query of seen)
      expect((await app.gql(`{ it: ${query} { __typename } }`, {}, b.headers)).data.it.__typename, query).toBe(
        'NotFoundError',
      );
    const again = await app.gql(
      `mutation { createOrder(input: { idempotencyKey: "po-1", lines: [${line}] }) { ... on Order { id } } }`,
      {},
      b.headers,
    );
    const own = await app.gql(`{ orders { edges { node { id lines { id } } } } }`, {}, b.headers);
    expect(own.data.orders.edges.map(({ node }: any) => node.id)).toEqual([again.data.createOrder.id]);
    const start = (id: string, headers: Record<string, string>) =>
      app.gql(
        `mutation { dispatch(input: { orderLineId: "${id}", idempotencyKey: "run-1" }) { __typename ... on Run { id } } }`,
        {},
        headers,
      );
    const first = (await start(lineId, a.headers)).data.dispatch;
    const second = (await start(own.data.orders.edges[0].node.lines[0].id, b.headers)).data.dispatch;
    expect([first.__typename, second.__typename]).toEqual(['Run', 'Run']);
    expect(second.id).not.toBe(first.id);
    expect((await start(lineId, a.headers)).data.dispatch.id).toBe(first.id);
  });

  it('reads nothing that is the studio’s, by no way round', async () => {
    const { headers } = await member('partner');
    const studio = [
      '{ workflows { edges { node { id } } } }',
      '{ products { edges { node { cadFile { artifact { url } } } } } }',
      '{ outputTypes { edges { node { overrides } } } }',
      '{ outputTypes { edges { node { workflow { draft } } } } }',
      '{ runs { edges { node { graph } } } }',
      '{ runs { edges { node { nodeRuns { id } } } } }',
      '{ assets { edges { node { supersedes { artifact { url } } } } } }',
      'query { ...f } fragment f on Query { products { edges { node { ...p } } } } fragment p on Product { materialAssignments }',
      'subscription { runChanged { run { graph } } }',
    ];
    for (const query of studio) {
      const { errors } = await app.gql(query, {}, headers);
      expect(errors?.[0]?.extensions.code, query).toBe('FORBIDDEN');
    }
    const workflow = encodeGlobalId('Workflow', catalogue.workflow.id);
    expect((await app.gql(`{ node(id: "${workflow}") { id } }`, {}, headers)).data.node).toBeNull();
    const product = encodeGlobalId('Product', catalogue.product.id);
    const { data } = await app.gql(`{ nodes(ids: ["${workflow}", "${product}"]) { id } }`, {}, headers);
    expect(data.nodes).toEqual([null, { id: product }]);
  });

  it('reads what the families of runs are called, and not how they are made', async () => {
    const { headers } = await member('partner');
    const { data } = await app.gql('{ families { family label description subject } }', {}, headers);
    expect(data.families).toContainEqual(expect.objectContaining({ family: 'order_line', subject: 'orderLine' }));
    const { errors } = await app.gql('{ families { allowedSteps } }', {}, headers);
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('may not dispatch by another workflow than what is sold', async () => {
    const { headers } = await member('partner');
    const { data } = await app.gql(
      `mutation($id: ID!) { dispatch(input: { orderLineId: $id, useDraft: true }) { __typename } }`,
      { id: encodeGlobalId('OrderLine', catalogue.line.id) },
      headers,
    );
    expect(data.dispatch.__typename).toBe('ForbiddenError');
  });
});

describe('what a partner may not read', () => {
  it('chooses no run of theirs, neither in lists nor live', async () => {
    const partner = await member('partner');
    const { db } = app.platform;
    const { runId } = await createEndedRun(app.platform, catalogue);
    const order = await db.order.create({ data: { accountId: partner.account.id } });
    const { productId, outputTypeId } = catalogue.line;
    const line = await db.orderLine.create({ data: { orderId: order.id, lineNumber: 1, productId, outputTypeId } });
    const { cadFileId, workflowId } = await db.run.update({ where: { id: runId }, data: { orderLineId: line.id } });
    await db.cadFile.update({ where: { id: cadFileId! }, data: { name: 'prototype-of-others.step' } });
    const count = async (headers: Record<string, string>, text: string) =>
      (await app.gql('query ($text: String) { runs(filter: { text: $text }) { totalCount } }', { text }, headers)).data
        .runs.totalCount;
    const studio = await member('viewer');
    expect(await count(studio.headers, 'prototype-of')).toBeGreaterThan(0);
    expect(await count(partner.headers, 'prototype-of')).toBe(0);
    expect(await count(partner.headers, catalogue.product.name)).toBe(1);
    for (const filter of [
      `cadFileId: "${encodeGlobalId('CadFile', cadFileId!)}"`,
      `workflowId: "${encodeGlobalId('Workflow', workflowId!)}"`,
    ]) {
      const query = encodeURIComponent(`subscription { runChanged(filter: { ${filter} }) { cursor } }`);
      const live = await app.fetch(`/graphql?query=${query}`, {
        headers: { ...partner.headers, accept: 'text/event-stream' },
        signal: AbortSignal.timeout(5_000),
      });
      expect(await live.text()).toContain('You may not choose by');
    }
  });

  it('is not told in refusals: whose line it is, or of which order', async () => {
    const { headers } = await member('partner');
    const remove = async (id: string) => {
      const query = 'mutation ($id: ID!) { removeOrderLine(id: $id) { ... on Error { message } } }';
      const { data } = await app.gql(query, { id: encodeGlobalId('OrderLine', id) }, headers);
      return data.removeOrderLine.message.replace(id, '');
    };
    expect(await remove(catalogue.line.id)).toBe(await remove('00000000-0000-7000-8000-000000000000'));
  });
});

describe('a token of the studio that may see everything and order, but not operate', () => {
  it('changes, dispatches and cancels what its own account ordered, and nothing else', async () => {
    const { db } = app.platform;
    const { account, headers } = await member('artist', ['view', 'order']);
    const other = await member('partner');
    const { productId, outputTypeId } = catalogue.line;
    const place = async (accountId: string) => {
      const lines = { create: { lineNumber: 1, productId, outputTypeId } };
      const order = await db.order.create({ data: { accountId, lines }, include: { lines: true } });
      const { runId } = await createEndedRun(app.platform, catalogue);
      const ran = await db.orderLine.create({ data: { orderId: order.id, lineNumber: 2, productId, outputTypeId } });
      const ids = {
        order: encodeGlobalId('Order', order.id),
        line: encodeGlobalId('OrderLine', order.lines[0]!.id),
        run: encodeGlobalId('Run', runId),
      };
      return {
        ...ids,
        async begin() {
          await db.run.update({ where: { id: runId }, data: { status: 'running', orderLineId: ran.id } });
        },
      };
    };
    const product = `{ productId: "${encodeGlobalId('Product', productId)}", outputTypeId: "${encodeGlobalId('OutputType', outputTypeId)}" }`;
    const outcomes = async ({ order, line, run, begin }: Awaited<ReturnType<typeof place>>) => {
      const ask = async (mutation: string) => {
        const { data } = await app.gql(`mutation { it: ${mutation} }`, {}, headers);
        return data.it.lines?.[0].result.__typename ?? data.it.__typename;
      };
      const type = '{ __typename }';
      const batch = '{ __typename ... on DispatchBatch { lines { result { __typename } } } }';
      const open = [
        await ask(`addOrderLines(input: { orderId: "${order}", lines: [${product}] }) ${type}`),
        await ask(
          `createOrderLine(input: { orderId: "${order}", productId: "${encodeGlobalId('Product', productId)}", outputTypeId: "${encodeGlobalId('OutputType', outputTypeId)}" }) ${type}`,
        ),
      ];
      await begin();
      return [
        ...open,
        await ask(`dispatch(input: { orderLineId: "${line}" }) ${type}`),
        await ask(`dispatchOrderLines(input: { orderLineIds: ["${line}"] }) ${batch}`),
        await ask(`cancelRun(id: "${run}") ${type}`),
        await ask(`cancelOrderLine(id: "${line}") ${type}`),
        await ask(`cancelOrder(id: "${order}") ${type}`),
      ];
    };
    const refused = await outcomes(await place(other.account.id));
    expect(refused).toEqual(Array(7).fill('NotFoundError'));
    const own = await outcomes(await place(account.id));
    expect(own).toEqual(['Order', 'OrderLine', 'Run', 'ConflictError', 'Run', 'OrderLine', 'Order']);
    const { order } = await place(other.account.id);
    // To look is allowed; this workflow has steps that nobody knows.
    const preflight = await app.gql(`{ preflightOrder(orderId: "${order}") { __typename } }`, {}, headers);
    expect(preflight.errors).toMatchObject([{ extensions: { code: 'PLAN_IMPOSSIBLE' } }]);
  });
});
