import { randomUUID } from 'node:crypto';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createMember } from '../tests/support/members.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { MAX_OPERATIONS } from './liveOperations.js';
import { MOST_STREAMS } from './openStreams.js';

const TOKEN = 'x-graphql-event-stream-token';
const SUBSCRIPTION = { query: 'subscription { runChanged { cursor } }' };

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

type Headers = Record<string, string>;
const reserve = (headers: Headers, token = '') =>
  app.fetch('/graphql/stream', { method: 'PUT', headers: { ...headers, ...(token && { [TOKEN]: token }) } });
const openStream = (headers: Headers, token: string, signal: AbortSignal) =>
  app.fetch('/graphql/stream', { headers: { ...headers, [TOKEN]: token, accept: 'text/event-stream' }, signal });
const operate = (headers: Headers, token: string, operationId: string) =>
  app.fetch('/graphql/stream', {
    method: 'POST',
    headers: { ...headers, [TOKEN]: token, 'content-type': 'application/json' },
    body: JSON.stringify({ ...SUBSCRIPTION, extensions: { operationId } }),
  });
const refusalOf = async (response: Response) => [response.status, (await response.json()).errors[0].extensions.code];

test('an account holds so many streams and places for them, over all of its tokens, and others are not in its way', async () => {
  const { headers } = await createMember(app.platform, 'partner');
  const places: string[] = [];
  for (let n = 0; n < MOST_STREAMS; n += 50)
    for (const response of await Promise.all(Array.from({ length: 50 }, () => reserve(headers)))) {
      expect(response.status).toBe(201);
      places.push(await response.text());
    }
  expect(new Set(places).size).toBe(MOST_STREAMS);
  expect(await refusalOf(await reserve(headers))).toEqual([429, 'TOO_MANY_STREAMS']);
  const body = JSON.stringify(SUBSCRIPTION);
  const accept = { accept: 'text/event-stream', 'content-type': 'application/json' };
  const asked = await app.fetch('/graphql', { method: 'POST', headers: { ...headers, ...accept }, body });
  expect(await refusalOf(asked)).toEqual([429, 'TOO_MANY_STREAMS']);
  const refused = new Promise((resolve) => {
    const client = createClient({
      url: `${app.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: headers,
      retryAttempts: 0,
    });
    client.subscribe(SUBSCRIPTION, { next: () => {}, error: resolve, complete: () => resolve(null) });
  });
  expect(await refused).toMatchObject({ code: 4429, reason: 'TOO_MANY_STREAMS' });
  expect((await reserve((await createMember(app.platform, 'partner')).headers)).status).toBe(201);
  // A place that is taken is one stream, and the end of that makes room.
  const hangUp = new AbortController();
  expect((await openStream(headers, places[0]!, hangUp.signal)).status).toBe(200);
  expect((await reserve(headers)).status).toBe(429);
  hangUp.abort();
  await expect.poll(async () => (await reserve(headers)).status).toBe(201);
});

test('one stream carries so many subscriptions; who ends one may begin another', async () => {
  const { headers } = await createMember(app.platform, 'viewer');
  const token = await (await reserve(headers)).text();
  const hangUp = new AbortController();
  const stream = await openStream(headers, token, hangUp.signal);
  let text = '';
  void stream
    .body!.pipeThrough(new TextDecoderStream())
    .pipeTo(
      new WritableStream({
        write: (chunk) => {
          text += chunk;
        },
      }),
    )
    .catch(() => {});
  for (let n = 0; n < MAX_OPERATIONS; n++) expect((await operate(headers, token, `${n}`)).status).toBe(202);
  await operate(headers, token, 'one more');
  await expect.poll(() => text).toContain('TOO_MANY_OPERATIONS');
  text = '';
  const ended = await app.fetch('/graphql/stream?operationId=7', {
    method: 'DELETE',
    headers: { ...headers, [TOKEN]: token },
  });
  expect(ended.status).toBe(200);
  await operate(headers, token, 'instead');
  await operate(headers, token, 'again one more');
  await expect.poll(() => text).toContain('TOO_MANY_OPERATIONS');
  expect(text).not.toContain('"instead"');
  expect(text).toContain('"again one more"');
  hangUp.abort();
});

test('a stream serves the token that opened it, and no other', async () => {
  const [one, other] = [await createMember(app.platform, 'viewer'), await createMember(app.platform, 'viewer')];
  const token = randomUUID();
  expect(await (await reserve(one.headers, token)).text()).toBe(token);
  const hangUp = new AbortController();
  await openStream(one.headers, token, hangUp.signal);
  expect((await operate(other.headers, token, 'x')).status).toBe(404);
  const end = { method: 'DELETE', headers: { ...other.headers, [TOKEN]: token } };
  expect((await app.fetch('/graphql/stream?operationId=x', end)).status).toBe(404);
  expect((await operate(one.headers, token, 'x')).status).toBe(202);
  // The same word is another stream to somebody else.
  expect((await reserve(other.headers, token)).status).toBe(201);
  hangUp.abort();
});

test('places of who lost access are given up', async () => {
  const { token: grant, headers } = await createMember(app.platform, 'partner');
  const open = async () => {
    const text = await (
      await app.fetch('/metrics', { headers: (await createMember(app.platform, 'operator')).headers })
    ).text();
    return Number(/^hartomat_http_event_streams (\d+)/m.exec(text)?.[1]);
  };
  const before = await open();
  await reserve(headers);
  expect(await open()).toBe(before + 1);
  await app.gql('mutation ($id: ID!) { revokeApiToken(id: $id) { __typename } }', {
    id: Buffer.from(`ApiToken:${grant.id}`).toString('base64url'),
  });
  await expect.poll(open).toBe(before);
});
