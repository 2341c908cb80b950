import { getIntrospectionQuery } from 'graphql';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';
import { createSignInUrl } from './signIn.js';

let app: TestApp;
let cookie: string;
const AUTHORIZED = { authorization: `Bearer ${ADMIN_TOKEN}` };
const JSON_TYPE = { 'content-type': 'application/json' };
const VIEWER = '{ viewer { name } }';

async function signIn(): Promise<string> {
  const response = await app.fetch(await createSignInUrl(app.platform.db, app.url));
  expect(response.status).toBe(303);
  return response.headers.get('set-cookie')!.split(';')[0]!;
}

beforeAll(async () => {
  app = await startTestApp({ maxUploadBytes: 1_000_000 });
  cookie = await signIn();
});
afterAll(() => app.close());

const post = (headers: Record<string, string>, body: BodyInit = JSON.stringify({ query: VIEWER }), path = '/graphql') =>
  app.fetch(path, { method: 'POST', headers, body });

describe('who may come in', () => {
  test.each([
    ['nobody', {}],
    ['a wrong token', { authorization: 'Bearer wrong-token-wrong-token' }],
    ['a token of another kind', { authorization: `Basic ${ADMIN_TOKEN}` }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['a made-up cookie', { cookie: 'hartomat_00000000=abc' }],
  ])('%s gets 401 everywhere but at health', async (_who, headers) => {
    const doors: [string, RequestInit][] = [
      ['/graphql', { method: 'POST', body: JSON.stringify({ query: '{ __typename }' }) }],
      ['/graphql?query={__typename}', {}],
      ['/graphql/stream', { method: 'PUT' }],
      ['/api/workflows/node-definitions', {}],
      ['/api/uploads', { method: 'POST', body: 'x' }],
      ['/api/anything', {}],
      ['/metrics', {}],
    ];
    for (const [path, init] of doors) {
      const response = await app.fetch(path, { ...init, headers: { ...JSON_TYPE, ...headers } });
      expect(response.status, path).toBe(401);
      expect(((await response.json()) as any).errors[0].extensions.code).toBe('UNAUTHENTICATED');
    }
    expect((await app.fetch('/health/live')).status).toBe(200);
  });

  test('a wrong token is not made good by a good cookie', async () => {
    expect((await post({ ...JSON_TYPE, cookie, authorization: 'Bearer wrong' })).status).toBe(401);
  });

  test('a good token and a good cookie let in', async () => {
    expect((await app.gql(VIEWER)).data.viewer.name).toBe('Admin token');
    expect((await app.gql(VIEWER, {}, { cookie: `other=1; ${cookie}` })).data.viewer.name).toBe('Owner');
  });

  test('a session that has run out does not', async () => {
    const old = await signIn();
    await app.platform.db.session.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
    expect((await post({ ...JSON_TYPE, cookie: old })).status).toBe(401);
    cookie = await signIn();
  });
});

describe('sign-in links', () => {
  test('sign in once, by a cookie that scripts cannot read and other sites cannot use', async () => {
    const url = await createSignInUrl(app.platform.db, app.url);
    const [first, second] = await Promise.all([app.fetch(url), app.fetch(url)]);
    const [good, used] = first.status === 303 ? [first, second] : [second, first];
    expect(good.headers.get('location')).toBe('/');
    expect(good.headers.get('set-cookie')).toMatch(
      /^hartomat_[0-9a-f]{8}=[\w-]{43}; Max-Age=\d+; Path=\/; .*HttpOnly; SameSite=Strict$/,
    );
    const behindProxy = await app.fetch(await createSignInUrl(app.platform.db, app.url), {
      headers: { 'x-forwarded-proto': 'https' },
    });
    expect(behindProxy.headers.get('set-cookie')).toContain('; Secure;');
    expect(used.status).toBe(401);
    const page = await used.text();
    expect(page).toContain('no longer works');
    expect(page).toContain('npm start');
    expect(used.headers.get('set-cookie')).toBeNull();
  });

  test('neither an old code, a wrong one nor none signs in, but who is signed in already just goes on', async () => {
    const url = await createSignInUrl(app.platform.db, app.url);
    await app.platform.db.signInCode.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
    for (const path of [url, '/sign-in?code=wrong', '/sign-in', '/sign-in?code=a&code=b']) {
      expect((await app.fetch(path)).status).toBe(401);
      expect((await app.fetch(path, { headers: { cookie } })).headers.get('location')).toBe('/');
    }
  });

  test('neither codes nor tokens are kept or logged in the clear', async () => {
    const code = new URL(await createSignInUrl(app.platform.db, app.url)).searchParams.get('code')!;
    await app.fetch(`/sign-in?code=${code}`);
    const rows = JSON.stringify([
      await app.platform.db.signInCode.findMany(),
      await app.platform.db.session.findMany(),
    ]);
    for (const secret of [code, cookie.split('=')[1]!, ADMIN_TOKEN]) {
      expect(rows).not.toContain(secret);
      expect(app.logged.join('')).not.toContain(secret);
    }
    expect(app.logged.join('')).toContain('/sign-in');
  });
});

describe('requests that another site could make a browser send', () => {
  const form = () => {
    const data = new FormData();
    data.set('operations', JSON.stringify({ query: VIEWER }));
    data.set('map', '{}');
    return data;
  };

  test.each([
    ['a form', 'application/x-www-form-urlencoded', `query=${encodeURIComponent(VIEWER)}`],
    ['a plain text form', 'text/plain', JSON.stringify({ query: VIEWER })],
    ['bare GraphQL', 'application/graphql', VIEWER],
  ])('%s is refused whoever sends it', async (_what, type, body) => {
    for (const headers of [AUTHORIZED, { cookie }] as Record<string, string>[])
      expect((await post({ ...headers, 'content-type': type }, body)).status).toBe(415);
  });

  test('multipart with a cookie needs the header, with a token it does not', async () => {
    expect((await post({ cookie }, form())).status).toBe(403);
    for (const header of ['x-graphql-yoga-csrf', 'apollo-require-preflight'])
      expect((await post({ cookie, [header]: '1' }, form())).status).toBe(200);
    expect((await post(AUTHORIZED, form())).status).toBe(200);
  });

  test('a foreign origin is refused whatever else it sends', async () => {
    const foreign = { cookie, ...JSON_TYPE, 'x-graphql-yoga-csrf': '1' };
    for (const origin of ['https://evil.example', 'http://127.0.0.1:1', 'null', 'x'])
      expect((await post({ ...foreign, origin })).status, origin).toBe(403);
    for (const site of ['cross-site', 'same-site'])
      expect((await post({ ...foreign, 'sec-fetch-site': site })).status).toBe(403);
    expect((await post({ ...foreign, origin: app.url, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });

  test('an upload with a cookie needs the header', async () => {
    expect((await post({ cookie, 'content-type': 'text/plain' }, 'x', '/api/uploads')).status).toBe(403);
    expect((await post({ cookie, 'x-graphql-yoga-csrf': '1' }, 'x', '/api/uploads')).status).toBe(201);
  });

  test('no other origin is let in by CORS', async () => {
    const preflight = await app.fetch('/graphql', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    const simple = await app.fetch(`/graphql?query=${encodeURIComponent(VIEWER)}`, {
      headers: { ...AUTHORIZED, origin: 'https://evil.example' },
    });
    for (const response of [preflight, simple])
      expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  describe('nothing is changed by GET', () => {
    const query = encodeURIComponent(
      'mutation { createCategory(input: { key: "by_get", label: "By GET" }) { __typename } }',
    );
    const made = () => app.platform.db.category.count({ where: { key: 'by_get' } });

    test('which is told by the status', async () => {
      const response = await app.fetch(`/graphql?query=${query}`, { headers: { cookie } });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
      expect(await made()).toBe(0);
    });

    test.each(['/graphql', '/graphql/stream'])('nor as an event stream on %s', async (path) => {
      const response = await app.fetch(`${path}?query=${query}`, { headers: { cookie, accept: 'text/event-stream' } });
      expect(await response.text()).toContain('from a POST request');
      expect(await made()).toBe(0);
    });

    test('nor over a connection that serves several operations', async () => {
      const place = await app.fetch('/graphql/stream', { method: 'PUT', headers: AUTHORIZED });
      const token = { ...AUTHORIZED, 'x-graphql-event-stream-token': await place.text() };
      const stream = await app.fetch('/graphql/stream', { headers: { ...token, accept: 'text/event-stream' } });
      const extensions = encodeURIComponent('{"operationId":"1"}');
      await app.fetch(`/graphql/stream?query=${query}&extensions=${extensions}`, { headers: token });
      const events = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      while (!text.includes('event: complete')) text += (await events.read()).value;
      await events.cancel();
      expect(text).toContain('from a POST request');
      expect(await made()).toBe(0);
    });
  });
});

describe('hostile documents', () => {
  const code = async (query: string) => {
    const { errors } = await app.gql(query);
    return errors?.[0]?.extensions;
  };
  const many = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_x, index) => text(index)).join(' ');

  test.each<[string, string, string]>([
    ['10,000 nested brackets', `{ lookup(name: ${'['.repeat(10_000)}`, 'nesting'],
    ['10,000 nested selections', `${'{ a '.repeat(10_000)}`, 'nesting'],
    ['1 MiB of names', `{ ${'viewer '.repeat(150_000)} }`, 'characters'],
    ['1 MiB of white space', `{ viewer { name } }${' '.repeat(1 << 20)}`, 'characters'],
    ['20,000 fields', `{ ${'a '.repeat(20_000)} }`, 'tokens'],
    ['a comment as long as a book', `#${'x'.repeat(1 << 20)}\n{ viewer { name } }`, 'characters'],
    ['1,000 aliases', `{ ${many(600, (index) => `a${index}: __typename`)} }`, 'aliases'],
    [
      '100 mutations by alias',
      `mutation { ${many(40, (index) => `a${index}: cancelRun(id: "x") { __typename }`)} }`,
      'mutations',
    ],
    [
      'fragments that unfold without end',
      `{ ...f0 } ${many(40, (index) => `fragment f${index} on Query { ...f${index + 1} ...f${index + 1} }`)} fragment f40 on Query { __typename }`,
      'fields',
    ],
    [
      'fields that fragments put within each other',
      `{ ...f0 } ${many(30, (index) => `fragment f${index} on Query { a { ...f${index + 1} } }`)} fragment f30 on Query { __typename }`,
      'depth',
    ],
  ])('%s are refused before they can do harm', async (_what, query, limit) => {
    expect(await code(query)).toMatchObject({ code: 'DOCUMENT_TOO_LARGE', limit });
  });

  test('a list of lists without bound is too dear, and every answer tells its cost', async () => {
    const answer = await app.gql(
      '{ runs(first: 100) { edges { node { nodeRuns { log(first: 1000) { seq } inputs { artifact { url } } } } } } }',
    );
    expect(answer.errors?.[0]?.extensions.code).toBe('TOO_EXPENSIVE');
    expect((await app.gql(VIEWER)).extensions).toEqual({ cost: { requested: 2, limit: 25_000 } });
    const dear = await app.gql('query ($n: Int) { runs(first: $n) { edges { node { title } } } }', { n: 100 });
    expect(dear.extensions?.cost.requested).toBeGreaterThan(100);
  });

  test('a fragment that contains itself is an error like any other', async () => {
    expect((await code('{ ...a } fragment a on Query { ...a }'))?.code).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  test('batches are refused', async () => {
    const response = await post(
      { ...AUTHORIZED, ...JSON_TYPE },
      JSON.stringify([{ query: VIEWER }, { query: VIEWER }]),
    );
    expect(response.status).toBe(400);
  });

  test('bodies that are too large, cut off or no JSON are refused, and the server goes on', async () => {
    const tooLong = { ...AUTHORIZED, ...JSON_TYPE, 'content-length': 6 * 1024 * 1024 };
    expect(await app.announce('/graphql', tooLong)).toBe(413);
    for (const body of ['', '{', 'null', '"x"', '5', '{"query":5}'])
      expect((await post({ ...AUTHORIZED, ...JSON_TYPE }, body)).status, body).toBe(400);
    expect((await app.gql(VIEWER)).status).toBe(200);
  });

  test('wrong variables and unknown fields are errors without stack traces or file names', async () => {
    const answers = [
      await app.gql('query ($n: Int!) { runs(first: $n) { totalCount } }', { n: 'many' }),
      await app.gql('{ rums { totalCount } }'),
      await app.gql('{ runs(first: -1) { totalCount edges { cursor } } }'),
      await app.gql('{ '),
    ];
    for (const { errors } of answers) {
      expect(errors?.length).toBeGreaterThan(0);
      expect(JSON.stringify(errors)).not.toMatch(/node_modules|\.ts:|stack|INTERNAL/);
    }
  });

  test('a bug shows one sentence to the client and its stack to the log', async () => {
    const query = pg.Client.prototype.query as (...args: unknown[]) => unknown;
    vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...args: unknown[]) {
      if ((args[0] as { text?: string }).text?.includes('from "run"')) throw new Error('secret detail');
      return query.apply(this, args);
    });
    try {
      const { errors } = await app.gql('query ($id: ID!) { run(id: $id) { id } }', {
        id: id('Run', '00000000-0000-7000-8000-000000000000'),
      });
      expect(errors?.[0]?.message).toBe('Something went wrong on our side. It has been logged.');
      expect(JSON.stringify(errors)).not.toContain('secret detail');
    } finally {
      vi.restoreAllMocks();
    }
    expect(app.logged.join('')).toContain('secret detail');
  });

  test('introspection, as tools send it, passes all limits', async () => {
    const { data, errors } = await app.gql(getIntrospectionQuery());
    expect(errors).toBeUndefined();
    expect(data.__schema.queryType.name).toBe('Query');
  });
});
