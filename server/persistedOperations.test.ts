import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, validate } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { schema } from '../schema/index.js';
import { createMember } from '../tests/support/members.js';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';
import { readDoorSettings } from './doorSettings.js';
import { CONSOLE_OPERATIONS, readPersistedOperations } from './persistedOperations.js';

const OWN = 'query Own { viewer { role } }';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const byHash = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } });

let dir: string;
let app: TestApp;
let console: Record<string, string>;
let viewer: Record<string, string>;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'hartomat-persisted-'));
  const file = path.join(dir, 'own.json');
  await writeFile(file, JSON.stringify({ [sha256(OWN)]: OWN }));
  app = await startTestApp({
    doors: readDoorSettings({ HARTOMAT_DOCUMENTS: 'admins', HARTOMAT_PERSISTED_DOCUMENTS: file }),
  });
  console = JSON.parse(await readFile(CONSOLE_OPERATIONS, 'utf8'));
  viewer = (await createMember(app.platform, 'viewer', { name: 'Somebody' })).headers;
});
afterAll(async () => {
  await app?.close();
  await rm(dir, { recursive: true });
});

async function send(body: object, headers = viewer) {
  const response = await app.fetch('/graphql', {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { data, errors } = (await response.json()) as any;
  return { status: response.status, data, code: errors?.[0]?.extensions?.code, message: errors?.[0]?.message };
}

const hashOf = (start: string) => Object.entries(console).find(([, text]) => text.startsWith(start))![0];

test("every operation of the console is known, and fits today's schema", () => {
  expect(Object.keys(console).length).toBeGreaterThan(50);
  for (const text of Object.values(console)) expect(validate(schema, parse(text)), text).toEqual([]);
});

test('a hash is answered as its document is, with variables', async () => {
  const { data } = await send({ extensions: byHash(sha256(OWN)) });
  expect(data).toEqual({ viewer: { role: 'viewer' } });
  const { data: page } = await send({ extensions: byHash(hashOf('query Viewer ')), variables: {} });
  expect(page.viewer).toMatchObject({ __typename: 'Viewer', name: 'Somebody' });
});

test('a hash nobody knows is told in the words that clients act on', async () => {
  expect(await send({ extensions: byHash(sha256('?')) })).toMatchObject({
    status: 400,
    code: 'PERSISTED_QUERY_NOT_FOUND',
    message: 'PersistedQueryNotFound',
  });
});

test('documents of their own are taken from whom the policy says, known ones as text from everybody', async () => {
  expect((await send({ query: '{ viewer { name } }' })).code).toBe('DOCUMENT_NOT_PERSISTED');
  expect((await send({ query: `${OWN} `, extensions: byHash(sha256(OWN)) })).code).toBe('DOCUMENT_NOT_PERSISTED');
  expect((await send({ query: OWN })).data).toEqual({ viewer: { role: 'viewer' } });
  const admin = { authorization: `Bearer ${ADMIN_TOKEN}` };
  expect((await send({ query: '{ viewer { role } }' }, admin)).data).toEqual({ viewer: { role: 'admin' } });
});

test('a request without either is told so', async () => {
  for (const body of [{}, { extensions: { persistedQuery: { sha256Hash: 5 } } }, { query: '' }])
    expect((await send(body)).message).toMatch(/query/i);
});

test('the same holds for event streams and WebSockets', async () => {
  const sse = createSseClient({ url: new URL('/graphql/stream', app.url).href, headers: viewer, retryAttempts: 0 });
  const ws = createWsClient({
    url: new URL('/graphql', app.url.replace('http', 'ws')).href,
    webSocketImpl: WebSocket,
    connectionParams: viewer,
    retryAttempts: 0,
  });
  const first = (client: { iterate: typeof ws.iterate }, payload: { query: string; extensions?: any }) =>
    client
      .iterate(payload)
      .next()
      .then(
        ({ value }) => value.data ?? value.errors[0].extensions.code,
        (error) => error[0].extensions.code,
      );
  for (const client of [sse as any, ws]) {
    expect(await first(client, { query: '', extensions: byHash(sha256(OWN)) })).toEqual({ viewer: { role: 'viewer' } });
    expect(await first(client, { query: '{ viewer { name } }' })).toBe('DOCUMENT_NOT_PERSISTED');
    expect(await first(client, { query: '', extensions: byHash('?') })).toBe('PERSISTED_QUERY_NOT_FOUND');
    await client.dispose();
  }
});

test('files that are missing, no manifest, or not what they say stop the start, by name', async () => {
  const file = path.join(dir, 'bad.json');
  const opening = () => readPersistedOperations({ documents: 'all', persistedDocuments: [file] });
  await expect(opening()).rejects.toMatchObject({ code: 'SETTINGS_INVALID', message: expect.stringContaining(file) });
  for (const [content, said] of [
    ['{', 'JSON'],
    ['["query { a }"]', 'one object'],
    [JSON.stringify({ [sha256('a')]: 'b' }), 'is not the sha-256'],
  ] as const) {
    await writeFile(file, content);
    await expect(opening()).rejects.toThrow(said);
  }
});
