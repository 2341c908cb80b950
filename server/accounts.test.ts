import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createClient } from 'graphql-sse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiToken } from '../generated/prisma/client.js';
import type { Role } from '../generated/prisma/enums.js';
import type { Scope } from '../runtime/access/access.js';
import { createAccount, createApiToken, updateAccount } from '../runtime/access/accounts.js';
import { encodeGlobalId } from '../schema/globalId.js';
import { schema } from '../schema/index.js';
import { createMember } from '../tests/support/members.js';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const member = (role: Role, scopes?: Scope[]) => createMember(app.platform, role, { scopes });

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

/** An open event stream. */
function stream(headers: Record<string, string>) {
  const client = createClient({ url: new URL('/graphql/stream', app.url).href, headers, retryAttempts: 0 });
  const ended = new Promise<string>((resolve) => {
    client.subscribe(
      { query: 'subscription { runChanged { run { id } } }' },
      { next: () => {}, error: () => resolve('broken off'), complete: () => resolve('completed') },
    );
  });
  return { ended, close: () => client.dispose() };
}

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
    const looker = await member('artist', ['view']);
    expect((await app.gql('{ viewer { scopes } }', {}, looker.headers)).data.viewer.scopes).toEqual(['view']);
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

  it.each<[string, (token: ApiToken) => Promise<unknown>]>([
    [
      'are revoked',
      ({ id }) =>
        app.gql(`mutation($id: ID!) { revokeApiToken(id: $id) { __typename } }`, {
          id: encodeGlobalId('ApiToken', id),
        }),
    ],
    ['run out', async () => {}],
  ])('take their open streams with them when they %s', async (how, end) => {
    const { token, secret } = await member('viewer');
    // Long enough to be let in on a busy machine.
    const expiresAt = how === 'run out' ? new Date(Date.now() + 3_000) : null;
    await app.platform.db.apiToken.update({ where: { id: token.id }, data: { expiresAt } });
    const { ended, close } = stream(bearer(secret));
    await expect
      .poll(() => app.platform.db.apiToken.count({ where: { id: token.id, lastUsedAt: { not: null } } }))
      .toBe(1);
    await end(token);
    expect(await ended).toBe('broken off');
    close();
  });
});

describe('a request whose body comes late', () => {
  /** Sends all but the last byte, lets something happen, and sends that. */
  async function late(secret: string, mutation: string, meanwhile: () => Promise<unknown>) {
    const { hostname, port } = new URL(app.url);
    const body = JSON.stringify({ query: `mutation { it: ${mutation} { __typename } }` });
    const headers = { ...bearer(secret), 'content-type': 'application/json', 'content-length': body.length };
    const sent = request({ hostname, port, path: '/graphql', method: 'POST', headers });
    const answered = once(sent, 'response');
    sent.write(body.slice(0, -1));
    // So that its head was read, and whose it is was asked.
    await app.gql('{ viewer { name } }', {}, bearer(secret));
    await meanwhile();
    sent.end(body.slice(-1));
    const [answer] = (await answered) as [IncomingMessage];
    return { status: answer.statusCode, ...JSON.parse((await answer.toArray()).join('')) };
  }

  it('does nothing where its token was revoked meanwhile', async () => {
    const { secret, token } = await member('artist');
    const mutation = 'createCategory(input: { key: "late", label: "Late" })';
    const answer = await late(secret, mutation, async () => {
      await app.gql('mutation ($id: ID!) { revokeApiToken(id: $id) { __typename } }', {
        id: encodeGlobalId('ApiToken', token.id),
      });
      await expect.poll(async () => (await app.gql('{ viewer { name } }', {}, bearer(secret))).status).toBe(401);
    });
    expect(answer).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(await app.platform.db.category.count({ where: { key: 'late' } })).toBe(0);
  });

  it('may what its sender may by then', async () => {
    const { secret, account } = await member('artist');
    const mutation = 'createCategory(input: { key: "late", label: "Late" })';
    const answer = await late(secret, mutation, async () => {
      await updateAccount(app.platform, { accountId: account.id, role: 'viewer' });
      const role = async () => (await app.gql('{ viewer { role } }', {}, bearer(secret))).data.viewer.role;
      await expect.poll(role).toBe('viewer');
    });
    expect(answer.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(await app.platform.db.category.count({ where: { key: 'late' } })).toBe(0);
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

describe('signing in', () => {
  /** By a link that an admin made. @returns where it led, and what the browser sends from then on. */
  async function signIn(accountId: string) {
    const { data } = await app.gql(
      `mutation($id: ID!) { createSignInLink(accountId: $id) { ... on SignInLink { path } } }`,
      { id: encodeGlobalId('Account', accountId) },
    );
    const { path } = data.createSignInLink;
    const cookie = (await app.fetch(path)).headers.get('set-cookie')!.split(';')[0]!;
    return { path, cookie, headers: { cookie, 'x-graphql-yoga-csrf': '1' } };
  }
  const asked = (headers: Record<string, string>) => app.gql('{ viewer { name role } }', {}, headers);
  const openStreams = async () => {
    const metrics = await (await app.fetch('/metrics', { headers: bearer(ADMIN_TOKEN) })).text();
    return Number(/^hartomat_http_event_streams (\d+)$/m.exec(metrics)![1]);
  };

  it('works by a link an admin made, with the role of the account, until signing out', async () => {
    const { account } = await member('artist');
    const { path, cookie, headers } = await signIn(account.id);
    expect((await app.fetch(path)).status).toBe(401);
    expect((await asked(headers)).data.viewer).toEqual({ name: account.name, role: 'artist' });
    expect((await app.fetch('/sign-out', { method: 'POST', headers: { cookie } })).status).toBe(403);
    const before = await openStreams();
    const { ended, close } = stream(headers);
    await expect.poll(openStreams).toBe(before + 1);
    expect((await app.fetch('/sign-out', { method: 'POST', headers })).status).toBe(204);
    expect(await ended).toBe('broken off');
    close();
    await expect.poll(async () => (await asked(headers)).status).toBe(401);
  });

  it('ends with the account', async () => {
    const { account } = await member('artist');
    const { headers } = await signIn(account.id);
    expect((await asked(headers)).status).toBe(200);
    await updateAccount(app.platform, { accountId: account.id, isDisabled: true });
    await expect.poll(async () => (await asked(headers)).status).toBe(401);
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
  it('are found by id by admins alone, but for one’s own account and tokens', async () => {
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
    expect(await found(viewer.headers)).toEqual([null, encodeGlobalId('ApiToken', viewer.token.id), null, own]);
    expect(await found((await member('operator')).headers)).toEqual([null, null, null, null]);
  });
});
