import { getNamedType, isInputObjectType, isListType, isNonNullType, isObjectType } from 'graphql';
import { createClient } from 'graphql-sse';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { revokeApiToken } from '../runtime/access/accounts.js';
import { encodeGlobalId } from '../schema/globalId.js';
import { schema } from '../schema/index.js';
import { createMember } from '../tests/support/members.js';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';
import { readDoorSettings } from './doorSettings.js';
import { GUESSES } from './guessing.js';
import { createSignInUrl } from './signIn.js';

const SHOP = 'https://shop.example';
const AUTHORIZED = { authorization: `Bearer ${ADMIN_TOKEN}` };
const JSON_TYPE = { 'content-type': 'application/json' };
const VIEWER = '{ viewer { name } }';

let app: TestApp;
let strict: TestApp;
beforeAll(async () => {
  [app, strict] = await Promise.all([
    startTestApp({ doors: readDoorSettings({ HARTOMAT_CORS_ORIGINS: `${SHOP}, http://localhost:5173` }) }),
    startTestApp({ doors: readDoorSettings({ HARTOMAT_GRAPHIQL: 'off', HARTOMAT_INTROSPECTION: 'admins' }) }),
  ]);
});
afterAll(() => Promise.all([app.close(), strict.close()]));

const token = (on: TestApp, role: 'viewer' | 'partner' = 'viewer') => createMember(on.platform, role);

describe('the settings of the doors', () => {
  it('let nobody but our own pages in where nothing is set', () => {
    expect(readDoorSettings({ HARTOMAT_CORS_ORIGINS: ' ' })).toEqual({
      corsOrigins: [],
      graphiql: 'all',
      introspection: 'all',
      documents: 'all',
      persistedDocuments: [],
    });
  });

  it.each([
    [{ HARTOMAT_CORS_ORIGINS: '*' }, 'HARTOMAT_CORS_ORIGINS'],
    [{ HARTOMAT_CORS_ORIGINS: 'https://shop.example/' }, 'HARTOMAT_CORS_ORIGINS'],
    [{ HARTOMAT_CORS_ORIGINS: 'shop.example' }, 'HARTOMAT_CORS_ORIGINS'],
    [{ HARTOMAT_GRAPHIQL: 'yes' }, 'HARTOMAT_GRAPHIQL'],
    [{ HARTOMAT_INTROSPECTION: 'partners' }, 'HARTOMAT_INTROSPECTION'],
    [{ HARTOMAT_DOCUMENTS: 'persisted' }, 'HARTOMAT_DOCUMENTS'],
  ])('name what is wrong: %o', (env, name) => {
    expect(() => readDoorSettings(env)).toThrow(
      expect.objectContaining({ code: 'SETTINGS_INVALID', message: expect.stringContaining(name) }),
    );
  });
});

describe('CORS', () => {
  const preflight = (origin: string, path = '/graphql') =>
    app.fetch(path, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    });
  const corsHeaders = ({ headers }: Response) =>
    [...headers.keys()].filter((name) => name.startsWith('access-control'));

  it('lets listed origins send a token, and never a cookie', async () => {
    for (const path of ['/graphql', '/graphql/stream', '/api/uploads']) {
      const { status, headers } = await preflight(SHOP, path);
      expect([status, headers.get('access-control-allow-origin')]).toEqual([204, SHOP]);
      expect(headers.get('access-control-allow-headers')).toBe('authorization');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
    const answer = await app.fetch('/graphql', {
      method: 'POST',
      headers: { ...AUTHORIZED, ...JSON_TYPE, origin: SHOP, 'sec-fetch-site': 'cross-site' },
      body: JSON.stringify({ query: VIEWER }),
    });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, SHOP]);
    expect(answer.headers.get('vary')).toMatch(/Origin/i);
  });

  it('refuses the cookie of whoever is signed in, from a listed origin too', async () => {
    const opened = await app.fetch(await createSignInUrl(app.platform.db, app.url));
    const cookie = opened.headers.get('set-cookie')!.split(';')[0]!;
    const body = JSON.stringify({ query: 'mutation { cancelRun(id: "x") { __typename } }' });
    const sent = { ...JSON_TYPE, cookie, origin: SHOP, 'x-graphql-yoga-csrf': '1' };
    expect((await app.fetch('/graphql', { method: 'POST', headers: sent, body })).status).toBe(403);
  });

  it('tells other origins nothing', async () => {
    for (const origin of ['https://evil.example', `${SHOP}.evil.example`, 'http://shop.example', 'null'])
      expect(corsHeaders(await preflight(origin)), origin).toEqual([]);
    const answer = await app.fetch('/graphql', {
      method: 'POST',
      headers: { ...AUTHORIZED, ...JSON_TYPE, origin: 'https://evil.example' },
      body: JSON.stringify({ query: VIEWER }),
    });
    expect(corsHeaders(answer)).toEqual([]);
    expect(corsHeaders(await app.fetch('/health/live', { headers: { origin: SHOP } }))).toEqual([]);
  });
});

describe('GraphiQL and introspection', () => {
  const SCHEMA = '{ __schema { queryType { name } } }';
  const html = (on: TestApp, headers = AUTHORIZED) =>
    on.fetch('/graphql', { headers: { ...headers, accept: 'text/html' } });

  it('are there for everybody who is signed in, where nothing else is set', async () => {
    const { headers } = await token(app, 'partner');
    expect((await app.gql(SCHEMA, {}, headers)).data.__schema.queryType.name).toBe('Query');
    expect((await html(app, headers)).headers.get('content-type')).toMatch(/html/);
  });

  it('can be for admins alone, or for nobody', async () => {
    const { headers } = await token(strict);
    for (const query of [
      SCHEMA,
      '{ __type(name: "Run") { name } }',
      '{ ...f } fragment f on Query { __schema { description } }',
    ]) {
      expect((await strict.gql(query, {}, headers)).errors?.[0]?.extensions.code).toBe('INTROSPECTION_OFF');
      expect((await strict.gql(query)).errors).toBeUndefined();
    }
    expect((await strict.gql('{ __typename viewer { __typename } }', {}, headers)).errors).toBeUndefined();
    expect(await (await html(strict)).text()).not.toContain('GraphiQL');
  });
});

describe('names of the schema', () => {
  const wrong: [string, object?][] = [
    ['{ viewr { name } }'],
    ['{ runs(filtr: {}) { totalCount } }'],
    ['{ runs { edges { node { stats } } } }'],
    ['{ viewer }'],
    ['query ($x: RunFiltr) { viewer { name } }'],
    ['query ($f: RunFilter) { runs(filter: $f) { totalCount } }', { f: { statu: 'failed' } }],
    ['query ($f: RunFilter) { runs(filter: $f) { totalCount } }', { f: { family: 'cad_fil' } }],
  ];

  it.each(wrong)('are not given away to whom they are not told: %s', async (query, variables) => {
    const { headers } = await token(strict);
    const said = async (who?: Record<string, string>) =>
      (await strict.gql(query, variables, who)).errors!.map(({ message }) => message).join(' ');
    for (let time = 0; time < 2; time++) {
      expect(await said()).toContain('Did you mean');
      expect(await said(headers)).not.toContain('Did you mean');
    }
  });
});

describe('guessing', () => {
  it('of tokens ends for an address, but not for those it knows; the same wrong token again is no guess', async () => {
    const known = await token(strict);
    const late = await token(strict);
    const asked = (secret: string) => strict.gql(VIEWER, {}, { authorization: `Bearer ${secret}` });
    expect((await asked(known.secret)).status).toBe(200);
    for (let time = 0; time < GUESSES.tokens + 5; time++) expect((await asked('forgotten')).status).toBe(401);
    for (let guess = 1; guess < GUESSES.tokens; guess++) expect((await asked(`hm_${guess}`)).status).toBe(401);
    const refused = await strict.fetch('/graphql', { method: 'POST', headers: { authorization: 'Bearer hm_more' } });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(((await refused.json()) as any).errors[0].extensions).toMatchObject({ code: 'TOO_MANY_ATTEMPTS' });
    expect((await asked(late.secret)).status).toBe(429);
    expect((await asked(known.secret)).status).toBe(200);
    expect((await strict.gql(VIEWER)).status).toBe(200);
    const opened = await strict.fetch(await createSignInUrl(strict.platform.db, strict.url));
    const cookie = opened.headers.get('set-cookie')!.split(';')[0]!;
    expect((await strict.gql(VIEWER, {}, { cookie })).status).toBe(200);
    expect((await strict.fetch('/health/live')).status).toBe(200);
  });

  it('of sign-in codes ends for an address', async () => {
    for (let guess = 0; guess < GUESSES.signInCodes; guess++)
      expect((await app.fetch(`/sign-in?code=${guess}`)).status).toBe(401);
    const refused = await app.fetch(await createSignInUrl(app.platform.db, app.url));
    expect(refused.status).toBe(429);
    expect(refused.headers.get('set-cookie')).toBeNull();
    expect(refused.headers.get('retry-after')).not.toBeNull();
    expect(await refused.text()).toContain('Wait a quarter of an hour');
  });
});

describe('lists without a bound', () => {
  const isList = (type: unknown): boolean => (isNonNullType(type) ? isList(type.ofType) : isListType(type));
  const code = ({ errors }: Awaited<ReturnType<TestApp['gql']>>) => errors?.[0]?.extensions;

  it('cannot be sent to any argument, nor to any field of an input', async () => {
    const lists = Object.values(schema.getTypeMap()).flatMap((type) => {
      if (type.name.startsWith('__')) return [];
      if (isInputObjectType(type)) return Object.values(type.getFields()).map(({ type: given }) => given);
      if (isObjectType(type)) return Object.values(type.getFields()).flatMap(({ args }) => args.map((arg) => arg.type));
      return [];
    });
    const sent = lists.filter(isList).map(String);
    expect(sent.length).toBeGreaterThan(5);
    for (const type of new Set(sent)) {
      const answer = await app.gql(`query ($many: ${type}) { viewer { name } }`, { many: Array(5_001).fill('x') });
      expect(code(answer) ?? {}, type).toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED' });
    }
    const through = await app.gql('query ($input: [ID!]!) { nodes(ids: $input) { id } }', {
      input: Array(5_001).fill('x'),
    });
    expect(code(through)).toMatchObject({ code: 'DOCUMENT_TOO_LARGE', limit: 'items' });
  });

  it('are not read either: every connection has a largest page, and says so', async () => {
    const connections = Object.values(schema.getTypeMap()).flatMap((type) =>
      isObjectType(type) && !type.name.startsWith('__')
        ? Object.values(type.getFields()).filter((field) => getNamedType(field.type).name.endsWith('Connection'))
        : [],
    );
    expect(connections.length).toBeGreaterThan(10);
    for (const { name, args } of connections)
      for (const which of ['first', 'last'])
        expect(args.find((arg) => arg.name === which)?.description, name).toMatch(/at most 100/);
    const all = schema.getQueryType()!.getFields();
    const roots = connections.filter(({ name, args }) => all[name] && args.every((arg) => !isNonNullType(arg.type)));
    for (const { name } of roots)
      for (const which of ['first', 'last']) {
        const asked = await statementsOf(() => app.gql(`{ ${name}(${which}: 5000) { edges { cursor } } }`));
        if (name !== 'staleAssets' || which === 'first') expect(asked.join(), name).toMatch(/\b10[01]\b/);
        expect(asked.join(), name).not.toMatch(/\b500[01]\b/);
      }
  });

  /** What the database is asked while something is done: statements with their values. */
  async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
    const query = vi.spyOn(pg.Client.prototype, 'query');
    try {
      await work();
      return query.mock.calls.map((call) =>
        JSON.stringify(call, (_key, value) => (typeof value === 'function' ? '' : value)),
      );
    } finally {
      query.mockRestore();
    }
  }

  it('hold for nodes: 5,000 ids are refused before one is looked up', async () => {
    const ids = Array(5_000).fill(encodeGlobalId('Run', '00000000-0000-7000-8000-000000000000'));
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    const asked = await statementsOf(async () =>
      expect(code(await app.gql(query, { ids }))?.code).toMatch(/TOO_MANY_IDS|TOO_EXPENSIVE/),
    );
    expect(asked.filter((statement) => /"run"/i.test(statement))).toEqual([]);
  });

  it('nor can variables be nested until something breaks', async () => {
    const nested = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    const response = await app.fetch('/graphql', {
      method: 'POST',
      headers: { ...AUTHORIZED, ...JSON_TYPE },
      body: `{"query":"query ($g: JSON!) { graphFindings(graph: $g) { code } }","variables":{"g":${nested}}}`,
    });
    const answer = (await response.json()) as any;
    expect(answer.errors[0].extensions).toMatchObject({ code: 'DOCUMENT_TOO_LARGE', limit: 'variableNesting' });
  });
});

describe('documents made to do harm', () => {
  const many = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_x, index) => text(index)).join(' ');

  it.each([
    ['1,000 aliases', `{ ${many(1_000, (index) => `a${index}: __typename`)} }`],
    [
      '100 mutations by alias',
      `mutation { ${many(100, (index) => `a${index}: revokeApiToken(id: "x") { __typename }`)} }`,
    ],
    [
      '20 mutations by alias in a fragment',
      `mutation { ...f } fragment f on Mutation { ${many(20, (index) => `a${index}: revokeApiToken(id: "x") { __typename }`)} }`,
    ],
  ])('%s are refused, and nothing is done', async (_what, query) => {
    const begun = () => app.platform.db.auditEntry.count({ where: { NOT: { outcome: 'DOCUMENT_TOO_LARGE' } } });
    const before = await begun();
    expect((await app.gql(query)).errors?.[0]?.extensions.code).toBe('DOCUMENT_TOO_LARGE');
    expect(await begun()).toBe(before);
  });
});

describe('uploads', () => {
  it('must be files: JSON that looks like one is refused', async () => {
    for (const file of [{ name: 'a.step', stream: {} }, 'a.step', { name: 'a.step', size: 3, type: 'model/step' }]) {
      const { errors } = await app.gql(
        'mutation ($file: File!) { uploadCadFile(input: { file: $file }) { __typename } }',
        { file },
      );
      expect(errors?.[0]?.message).toContain('multipart');
      expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
    expect(await app.platform.db.cadFile.count()).toBe(0);
  });
});

describe('event streams', () => {
  const subscription = JSON.stringify({ query: 'subscription { runChanged { run { graph } } }' });
  const open = (headers: Record<string, string>) =>
    app.fetch('/graphql/stream', {
      method: 'POST',
      headers: { ...JSON_TYPE, accept: 'text/event-stream', ...headers },
      body: subscription,
    });

  it('ask who is there, in every mode of the protocol', async () => {
    expect((await open({})).status).toBe(401);
    for (const method of ['PUT', 'GET', 'DELETE'])
      expect((await app.fetch('/graphql/stream', { method, headers: { accept: 'text/event-stream' } })).status).toBe(
        401,
      );
    const other = await app.fetch('/graphql', {
      method: 'POST',
      headers: { ...JSON_TYPE, accept: 'text/event-stream' },
      body: subscription,
    });
    expect(other.status).toBe(401);
    const { headers } = await token(app, 'partner');
    expect(await (await open(headers)).text()).toContain('FORBIDDEN');
  });

  it('end with their token', async () => {
    const { token: made, secret } = await token(app);
    const client = createClient({
      url: new URL('/graphql/stream', app.url).href,
      headers: { authorization: `Bearer ${secret}` },
      retryAttempts: 0,
    });
    const ended = new Promise<string>((resolve) => {
      client.subscribe(JSON.parse(subscription), {
        next: () => {},
        error: () => resolve('broken off'),
        complete: () => resolve('completed'),
      });
    });
    await expect
      .poll(() => app.platform.db.apiToken.count({ where: { id: made.id, lastUsedAt: { not: null } } }))
      .toBe(1);
    await revokeApiToken(app.platform, made.id);
    expect(await ended).toBe('broken off');
    client.dispose();
    expect((await open({ authorization: `Bearer ${secret}` })).status).toBe(401);
  });
});
