import { createClient } from 'graphql-sse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../generated/prisma/enums.js';
import { createAccount, createApiToken } from '../runtime/accounts.js';
import { encodeGlobalId } from '../schema/globalId.js';
import { schema } from '../schema/index.js';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';
import { type Catalogue, createCatalogue, createEndedRun } from '../tests/support/testData.js';

let app: TestApp;
let catalogue: Catalogue;
beforeAll(async () => {
  app = await startTestApp();
  catalogue = await createCatalogue(app.platform);
});
afterAll(() => app.close());

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
let made = 0;
async function member(role: Role, scopes?: Parameters<typeof createApiToken>[1]['scopes']) {
  made += 1;
  const account = await createAccount(app.platform, { name: `${role} ${made}`, role });
  const { token, secret } = await createApiToken(app.platform, { accountId: account.id, name: 'Test', scopes });
  return { account, token, secret, headers: bearer(secret) };
}

describe('the schema', () => {
  it('says at every root field who may use it', () => {
    const silent = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
      Object.values(type!.getFields())
        .filter(({ name }) => name !== 'node' && name !== 'nodes')
        .filter(({ extensions }) => !(extensions as any).pothosOptions?.authScopes)
        .map(({ name }) => `${type!.name}.${name}`),
    );
    expect(silent).toEqual([]);
  });
});

describe('API tokens', () => {
  it('are told once, kept as a hash, and recognised', async () => {
    const created = await app.gql(
      `mutation { createAccount(input: { name: "Shop", role: partner }) { ... on Account { id } } }`,
    );
    const { data } = await app.gql(
      `mutation($accountId: ID!) { createApiToken(input: { accountId: $accountId, name: "PIM" }) {
        ... on CreatedApiToken { secret token { id prefix scopes lastUsedAt } } } }`,
      { accountId: created.data.createAccount.id },
    );
    const { secret, token } = data.createApiToken;
    expect(secret).toMatch(/^hm_[\w-]{43}$/);
    expect(token).toMatchObject({ prefix: secret.slice(0, 8), scopes: ['order'], lastUsedAt: null });
    const rows = await app.platform.db.apiToken.findMany();
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect((await app.gql('{ viewer { name role scopes } }', {}, bearer(secret))).data.viewer).toEqual({
      name: 'Shop',
      role: 'partner',
      scopes: ['order'],
    });
    const used = await app.gql('{ apiTokens { edges { node { name lastUsedAt } } } }');
    expect(used.data.apiTokens.edges[0].node.lastUsedAt).not.toBeNull();
    expect(app.logged.join('\n')).not.toContain(secret);
  });

  it('never may more than the role of their account', async () => {
    const account = await createAccount(app.platform, { name: 'Curious', role: 'viewer' });
    await expect(
      createApiToken(app.platform, { accountId: account.id, name: 'x', scopes: ['admin'] }),
    ).rejects.toMatchObject({ issues: [{ path: '/scopes' }] });
    const operator = await member('operator', ['view', 'operate']);
    await app.platform.db.account.update({ where: { id: operator.account.id }, data: { role: 'viewer' } });
    expect((await app.gql('{ viewer { scopes } }', {}, operator.headers)).data.viewer.scopes).toEqual(['view']);
  });

  it('stop working when they run out', async () => {
    const { token, headers } = await member('viewer');
    await app.platform.db.apiToken.update({ where: { id: token.id }, data: { expiresAt: new Date(Date.now() - 1) } });
    expect((await app.gql('{ viewer { name } }', {}, headers)).status).toBe(401);
  });

  it('are worthless the moment they are revoked, and so are those of a disabled account', async () => {
    const { token, headers } = await member('artist');
    expect((await app.gql('{ viewer { name } }', {}, headers)).status).toBe(200);
    await app.gql(`mutation($id: ID!) { revokeApiToken(id: $id) { __typename } }`, {
      id: encodeGlobalId('ApiToken', token.id),
    });
    await expect.poll(async () => (await app.gql('{ viewer { name } }', {}, headers)).status).toBe(401);

    const other = await member('artist');
    expect((await app.gql('{ viewer { name } }', {}, other.headers)).status).toBe(200);
    await app.gql(
      `mutation($accountId: ID!) { updateAccount(input: { accountId: $accountId, isDisabled: true }) { __typename } }`,
      { accountId: encodeGlobalId('Account', other.account.id) },
    );
    await expect.poll(async () => (await app.gql('{ viewer { name } }', {}, other.headers)).status).toBe(401);
  });

  it('take their open streams with them', async () => {
    const { token, secret } = await member('viewer');
    const client = createClient({
      url: new URL('/graphql/stream', app.url).href,
      headers: bearer(secret),
      retryAttempts: 0,
    });
    const ended = new Promise<string>((resolve) => {
      client.subscribe(
        { query: 'subscription { runChanged { run { id } } }' },
        { next: () => {}, error: () => resolve('broken off'), complete: () => resolve('completed') },
      );
    });
    await expect
      .poll(() => app.platform.db.apiToken.count({ where: { id: token.id, lastUsedAt: { not: null } } }))
      .toBe(1);
    await app.gql(`mutation($id: ID!) { revokeApiToken(id: $id) { __typename } }`, {
      id: encodeGlobalId('ApiToken', token.id),
    });
    expect(await ended).toBe('broken off');
    client.dispose();
  });
});

describe('roles', () => {
  const forbidden = async (query: string, headers: Record<string, string>) =>
    (await app.gql(query, {}, headers)).errors?.[0]?.extensions.code;

  it('decide what may be changed', async () => {
    const [viewer, artist, operator] = [await member('viewer'), await member('artist'), await member('operator')];
    const write = 'mutation { createWorkflow(input: { name: "W", family: cad_file }) { __typename } }';
    expect(await forbidden(write, viewer.headers)).toBe('FORBIDDEN');
    expect(await forbidden(write, operator.headers)).toBe('FORBIDDEN');
    expect(await forbidden(write, artist.headers)).toBeUndefined();
    const admin = 'mutation { createAccount(input: { name: "Me", role: admin }) { __typename } }';
    for (const { headers } of [viewer, artist, operator]) expect(await forbidden(admin, headers)).toBe('FORBIDDEN');
    for (const { headers } of [viewer, artist, operator])
      expect(await forbidden('{ auditTrail { edges { node { id } } } }', headers)).toBe('FORBIDDEN');
  });

  it('keep metrics, uploads and node definitions for whom they are', async () => {
    const partner = await member('partner');
    for (const path of ['/metrics', '/api/workflows/node-definitions'])
      expect((await app.fetch(path, { headers: partner.headers })).status).toBe(403);
    expect((await app.fetch('/api/uploads', { method: 'POST', body: 'x', headers: partner.headers })).status).toBe(403);
  });
});

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
      assets { totalCount edges { node { artifact { url } } } }
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

describe('signing in', () => {
  it('works by a link an admin made, with the role of the account, until signing out', async () => {
    const { account } = await member('artist');
    const { data } = await app.gql(
      `mutation($id: ID!) { createSignInLink(accountId: $id) { ... on SignInLink { path } } }`,
      { id: encodeGlobalId('Account', account.id) },
    );
    const { path } = data.createSignInLink;
    const first = await app.fetch(path);
    const cookie = first.headers.get('set-cookie')!.split(';')[0]!;
    expect((await app.fetch(path)).status).toBe(401);
    const asked = () => app.gql('{ viewer { name role } }', {}, { cookie, 'x-graphql-yoga-csrf': '1' });
    expect((await asked()).data.viewer).toEqual({ name: account.name, role: 'artist' });
    expect((await app.fetch('/sign-out', { method: 'POST', headers: { cookie } })).status).toBe(403);
    const out = await app.fetch('/sign-out', { method: 'POST', headers: { cookie, 'x-graphql-yoga-csrf': '1' } });
    expect(out.status).toBe(204);
    await expect.poll(async () => (await asked()).status).toBe(401);
  });

  it('is not for partners, nor for disabled accounts', async () => {
    const partner = await member('partner');
    const { data } = await app.gql(
      `mutation($id: ID!) { createSignInLink(accountId: $id) { ... on Error { code } } }`,
      { id: encodeGlobalId('Account', partner.account.id) },
    );
    expect(data.createSignInLink.code).toBe('ROLE_WITHOUT_CONSOLE');
  });
});

describe('accounts, tokens and the audit trail', () => {
  it('are found by id by admins alone, but for one’s own account', async () => {
    const [viewer, other] = [await member('viewer'), await member('artist')];
    const { id: auditId } = await app.platform.db.auditEntry.create({
      data: { actor: 'x', mutation: 'x', input: {}, outcome: 'ok', tookMs: 1 },
    });
    const ids = [
      encodeGlobalId('Account', other.account.id),
      encodeGlobalId('ApiToken', viewer.token.id),
      encodeGlobalId('AuditEntry', auditId),
    ];
    const own = encodeGlobalId('Account', viewer.account.id);
    const found = async (headers?: Record<string, string>) => {
      const { data } = await app.gql(
        'query($ids: [ID!]!) { nodes(ids: $ids) { id } }',
        { ids: [...ids, own] },
        headers,
      );
      return data.nodes.map((node: any) => node?.id ?? null);
    };
    expect(await found()).toEqual([...ids, own]);
    expect(await found(viewer.headers)).toEqual([null, null, null, own]);
    expect(await found((await member('operator')).headers)).toEqual([null, null, null, null]);
  });
});

describe('the audit trail', () => {
  it('has every mutation with who sent it and what became of it, and no secrets', async () => {
    const artist = await member('artist');
    await app.gql(
      'mutation($id: ID!) { createProduct(input: { sku: "?", name: "", cadFileId: $id }) { __typename } }',
      { id: encodeGlobalId('CadFile', catalogue.cadFile.id) },
      artist.headers,
    );
    await app.gql('mutation { createAccount(input: { name: "No", role: viewer }) { __typename } }', {}, artist.headers);
    const { data } = await app.gql(
      `query($id: ID!) { auditTrail(filter: { accountId: $id }) { totalCount edges { node { actor mutation outcome input } } } }`,
      { id: encodeGlobalId('Account', artist.account.id) },
    );
    expect(data.auditTrail.edges.map(({ node }: any) => [node.actor, node.mutation, node.outcome])).toEqual([
      [artist.account.name, 'createAccount', 'FORBIDDEN'],
      [artist.account.name, 'createProduct', 'VALIDATION_FAILED'],
    ]);
    expect(data.auditTrail.edges[1].node.input.input).toMatchObject({ sku: '?' });
    const all = JSON.stringify((await app.gql('{ auditTrail(first: 100) { edges { node { input } } } }')).data);
    expect(all).not.toContain(ADMIN_TOKEN);
    expect(all).not.toContain('hm_');
  });

  it('takes the drafts that an editor saves in one sitting together, and says of which workflow', async () => {
    const artist = await member('artist');
    const workflows = await Promise.all(
      ['One', 'Other'].map((name) =>
        app.platform.db.workflow.create({
          data: {
            key: `sitting_${name}`,
            name,
            family: 'cad_file',
            draft: { format: 1, family: 'cad_file', nodes: [], edges: [] },
          },
        }),
      ),
    );
    const [one, other] = workflows.map(({ id }) => encodeGlobalId('Workflow', id));
    const nodes = Array.from({ length: 60 }, (_, each) => ({ id: `step_${each}`, step: 'resolve_step_path' }));
    const save = (workflowId: string, expectedRevision: number) =>
      app.gql(
        'mutation($input: SaveWorkflowDraftInput!) { saveWorkflowDraft(input: $input) { __typename } }',
        { input: { workflowId, expectedRevision, graph: { format: 1, family: 'cad_file', nodes, edges: [] } } },
        artist.headers,
      );
    const { draftRevision: first } = workflows[0]!;
    for (const revision of [first, first + 1, first + 1, first + 2]) await save(one!, revision);
    await save(other!, workflows[1]!.draftRevision);
    const { data } = await app.gql(
      `query($id: ID!) { auditTrail(filter: { accountId: $id }) { edges { node { outcome times input at lastAt } } } }`,
      { id: encodeGlobalId('Account', artist.account.id) },
    );
    const entries = data.auditTrail.edges.map(({ node }: any) => node);
    expect(entries.map((entry: any) => [entry.outcome, entry.times, entry.input.input.workflowId])).toEqual([
      ['ok', 1, other],
      ['DRAFT_CHANGED', 1, one],
      ['ok', 3, one],
    ]);
    expect(entries[2].input.input).toMatchObject({ expectedRevision: first + 2, graph: { nodes: expect.anything() } });
    expect(Date.parse(entries[2].lastAt)).toBeGreaterThanOrEqual(Date.parse(entries[2].at));
  });

  it('is searched for what was typed, signs included', async () => {
    const found = async (mutation: string) =>
      (
        await app.gql('query($mutation: String!) { auditTrail(filter: { mutation: $mutation }) { totalCount } }', {
          mutation,
        })
      ).data.auditTrail.totalCount;
    expect(await found('CREATEPROD')).toBeGreaterThan(0);
    for (const text of ['%', '_', 'create%', '\\']) expect(await found(text)).toBe(0);
  });
});
