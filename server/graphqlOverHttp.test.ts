import { gzipSync } from 'node:zlib';
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';
import { MAX_JSON_BYTES } from './requestGuards.js';

const AUTHORIZED = { authorization: `Bearer ${ADMIN_TOKEN}` };
const JSON_TYPE = { 'content-type': 'application/json' };
const VIEWER = JSON.stringify({ query: '{ viewer { name } }' });
const PLAIN = 'application/json; charset=utf-8';
const GRAPHQL = 'application/graphql-response+json; charset=utf-8';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

async function ask(init: RequestInit, path = '/graphql') {
  const response = await app.fetch(path, { ...init, headers: { ...AUTHORIZED, ...init.headers } });
  const text = await response.text();
  const type = response.headers.get('content-type');
  return { status: response.status, type, allow: response.headers.get('allow'), text, ...(text && JSON.parse(text)) };
}
const post = (body: BodyInit, headers: Record<string, string> = {}) =>
  ask({ method: 'POST', body, headers: { ...JSON_TYPE, ...headers } });

describe('the specification, as graphql-http audits it', () => {
  const audits = serverAudits({
    url: () => `${app.url}/graphql`,
    fetchFn: (url: string, init: RequestInit = {}) =>
      fetch(url, { ...init, headers: { ...AUTHORIZED, ...init.headers } }),
  });

  test.each(audits)('$id: $name', async ({ fn }) => {
    expect(await fn()).toMatchObject({ status: 'ok' });
  });
});

test('an answer may not be run, framed, read from elsewhere, or taken for another type', async () => {
  const body = { method: 'POST', body: VIEWER };
  for (const headers of [{ ...AUTHORIZED, ...JSON_TYPE }, JSON_TYPE]) {
    const response = await app.fetch('/graphql', { ...body, headers });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
    expect(response.headers.has('access-control-allow-origin')).toBe(false);
  }
});

describe('the media type', () => {
  test.each([
    ['application/graphql-response+json', GRAPHQL],
    ['application/graphql-response+json, application/json;q=0.9', GRAPHQL],
    ['application/json, application/graphql-response+json;q=0.5', PLAIN],
    ['application/graphql-response+json, application/json, text/event-stream, multipart/mixed', GRAPHQL],
    ['*/*', PLAIN],
  ])('is what is liked best: %s', async (accept, type) => {
    expect(await post(VIEWER, { accept })).toMatchObject({ status: 200, type, data: { viewer: {} } });
  });

  test('is 406 where nothing is acceptable', async () => {
    for (const accept of ['image/png', 'text/html'])
      expect(await post(VIEWER, { accept })).toMatchObject({
        status: 406,
        errors: [{ extensions: { code: 'NOT_ACCEPTABLE' } }],
      });
  });

  test('of a subscription is that of events', async () => {
    const subscription = JSON.stringify({ query: 'subscription { runChanged { cursor } }' });
    expect(await post(subscription)).toMatchObject({ status: 406, errors: [{ message: /text\/event-stream/ }] });
    const response = await app.fetch('/graphql', {
      method: 'POST',
      headers: { ...AUTHORIZED, ...JSON_TYPE, accept: 'text/event-stream' },
      body: VIEWER,
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(await response.text()).toMatch(/event: next\ndata: \{"data":\{"viewer"/);
  });

  test('decides about the status of what has no data', async () => {
    const wrong = JSON.stringify({
      query: 'query ($n: Int) { runs(first: $n) { totalCount } }',
      variables: { n: 'many' },
    });
    expect((await post(wrong)).status).toBe(200);
    expect((await post(wrong, { accept: 'application/graphql-response+json' })).status).toBe(400);
  });
});

describe('a request', () => {
  test('is read from the address', async () => {
    const query = encodeURIComponent('query A { a: __typename } query B($id: ID!) { run(id: $id) { id } }');
    const variables = encodeURIComponent('{"id":"UnVuOjAwMDAwMDA4LTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMQ"}');
    expect(await ask({}, `/graphql?query=${query}&operationName=A`)).toMatchObject({ data: { a: 'Query' } });
    expect(await ask({}, `/graphql/?query=${query}&operationName=B&variables=${variables}`)).toMatchObject({
      data: { run: null },
    });
    for (const address of [
      `/graphql?query=${query}&operationName=B&variables=x`,
      `/graphql?query=${query}&extensions=[]`,
    ])
      expect(await ask({}, address)).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect((await ask({}, `/graphql/below?query=${query}`)).status).toBe(404);
  });

  test('comes by GET or POST', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS'])
      expect(await ask({ method, headers: JSON_TYPE }), method).toMatchObject({ status: 405, allow: 'GET, POST' });
  });

  test('is not compressed', async () => {
    const answer = await post(gzipSync(VIEWER), { 'content-encoding': 'gzip' });
    expect(answer).toMatchObject({ status: 415, errors: [{ extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }] });
  });

  test('is refused as too large where it does not say how large it is', async () => {
    const body = new Blob([' '.repeat(MAX_JSON_BYTES), VIEWER]).stream();
    const sent = { method: 'POST', headers: JSON_TYPE, body, duplex: 'half' } as RequestInit;
    expect((await ask(sent)).status).toBe(413);
  });
});

describe('multipart', () => {
  const QUERY =
    'mutation ($a: File, $b: File) { a: uploadCadFile(input: { file: $a }) { __typename } b: uploadCadFile(input: { file: $b }) { __typename } }';
  const OPERATIONS = JSON.stringify({ query: QUERY, variables: { a: null, b: null } });
  function send(parts: Record<string, string | Blob>) {
    const body = new FormData();
    for (const [name, part] of Object.entries(parts)) body.set(name, part as string);
    return ask({ method: 'POST', body });
  }

  test('puts its parts where the map says', async () => {
    const map = JSON.stringify({ 0: ['variables.a', 'variables.b'] });
    const { data } = await send({ operations: OPERATIONS, map, 0: new Blob(['no STEP']) });
    expect(data).toEqual({ a: { __typename: 'ValidationError' }, b: { __typename: 'ValidationError' } });
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['no operations', { map: '{}' }, /"operations"/],
    ['operations that are no JSON', { operations: '{', map: '{}' }, /"operations"/],
    ['a list of operations', { operations: `[${OPERATIONS}]`, map: '{}' }, /"operations"/],
    ['a map that is none', { operations: OPERATIONS, map: '[]' }, /"map"/],
    ['a place that is not there', { operations: OPERATIONS, map: '{"0":["variables.c"]}' }, /variables\.c/],
    ['a place that is taken', { operations: OPERATIONS, map: '{"0":["query"]}' }, /query/],
    ['a prototype', { operations: OPERATIONS, map: '{"0":["variables.__proto__.c"]}' }, /__proto__/],
    ['a place below a text', { operations: OPERATIONS, map: '{"0":["query.length"]}' }, /query\.length/],
  ])('is refused with %s', async (_what, parts, message) => {
    const answer = await send({ ...parts, 0: new Blob(['x']) });
    expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(answer.errors[0].message).toMatch(message);
  });

  test.each(['operations', 'map'])('has no room for more JSON than other requests: %s', async (part) => {
    const parts: Record<string, string> = { operations: OPERATIONS, map: '{}' };
    parts[part] = parts[part]!.padEnd(MAX_JSON_BYTES + 1);
    expect(await send(parts)).toMatchObject({ status: 413, errors: [{ extensions: { code: 'REQUEST_TOO_LARGE' } }] });
  });

  test('is refused where it is not complete', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    expect(await post('--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{', headers)).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: 'BAD_REQUEST' } }],
    });
  });
});

test.each(['variables', 'extensions'])(
  '%s in an address of an event stream are read as they are meant, or not at all',
  async (name) => {
    const query = encodeURIComponent('query ($n: Int) { orders(first: $n) { totalCount } }');
    const given = encodeURIComponent('{"n":1,"n":2}');
    for (const path of ['/graphql', '/graphql/stream']) {
      const headers = { ...AUTHORIZED, accept: 'text/event-stream' };
      const response = await app.fetch(`${path}?query=${query}&${name}=${given}`, { headers });
      expect(response.status).toBe(400);
      expect(await response.text()).toContain('stands twice');
    }
  },
);
