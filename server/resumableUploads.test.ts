import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMember } from '../tests/support/members.js';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';
import { STEP_FILE } from '../tests/support/testData.js';
import { RESUMABLE_PATH } from './resumableUploads.js';

const AUTHORIZED = { authorization: `Bearer ${ADMIN_TOKEN}` };
const TUS = { ...AUTHORIZED, 'tus-resumable': '1.0.0' };

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ maxUploadBytes: 1_000_000 });
});
afterAll(() => app.close());

const hashOf = (content: Buffer) => createHash('sha256').update(content).digest('hex');
const base64 = (text: string) => Buffer.from(text).toString('base64');
const PATCHING = { 'content-type': 'application/offset+octet-stream' };
/** @param content - that comes along. */
const begin = (length: number, sha256: string, name = 'part.step', content?: Buffer) =>
  app.fetch(RESUMABLE_PATH, {
    method: 'POST',
    body: content ? new Uint8Array(content) : null,
    headers: {
      ...TUS,
      ...(content ? PATCHING : {}),
      'upload-length': String(length),
      'upload-metadata': `sha256 ${base64(sha256)},filename ${base64(name)}`,
    },
  });
const at = (sha256: string) => `${RESUMABLE_PATH}/${sha256}`;
const send = (sha256: string, offset: number, content: Buffer) =>
  app.fetch(at(sha256), {
    method: 'PATCH',
    headers: { ...TUS, ...PATCHING, 'upload-offset': String(offset) },
    body: new Uint8Array(content),
  });
const offset = async (sha256: string) =>
  (await app.fetch(at(sha256), { method: 'HEAD', headers: TUS })).headers.get('upload-offset');

test('an upload that was broken off is found again by the hash of its content and goes on where it was', async () => {
  const content = await readFile(STEP_FILE);
  const sha256 = hashOf(content);
  expect(await offset(sha256)).toBeNull();
  const begun = await begin(content.length, sha256);
  expect(begun.status).toBe(201);
  expect(begun.headers.get('location')).toBe(at(sha256));
  expect((await send(sha256, 0, content.subarray(0, 1000))).status).toBe(204);
  expect((await begin(content.length, sha256)).status).toBe(409);
  expect(await offset(sha256)).toBe('1000');
  expect((await send(sha256, 500, content.subarray(500))).status).toBe(409);
  const last = await send(sha256, 1000, content.subarray(1000));
  expect(last.status).toBe(200);
  const { uploadId, byteSize } = await last.json();
  expect(byteSize).toBe(content.length);
  const { data } = await app.gql(
    'mutation ($input: UploadCadFileInput!) { uploadCadFile(input: $input) { ... on CadFile { name artifact { sha256 } } } }',
    { input: { uploadId } },
  );
  expect(data.uploadCadFile).toEqual({ name: 'part.step', artifact: { sha256 } });
});

test('what has arrived when a connection breaks stays, and nobody adds to it twice', async () => {
  const content = randomBytes(500_000);
  const sha256 = hashOf(content);
  // Two programs that have the same file begin and go on with the same upload.
  for (const { status } of await Promise.all([begin(content.length, sha256), begin(content.length, sha256)]))
    expect([201, 409]).toContain(status);
  const broken = request(new URL(at(sha256), app.url), {
    method: 'PATCH',
    headers: { ...TUS, ...PATCHING, 'upload-offset': '0', 'content-length': content.length },
  });
  broken.on('error', () => {});
  broken.write(content.subarray(0, 200_000));
  const uploads = path.join(app.platform.settings.home, 'uploads');
  await expect.poll(async () => (await stat(path.join(uploads, sha256))).size).toBe(200_000);
  broken.destroy();
  await expect.poll(() => offset(sha256)).toBe('200000');
  const [one, other] = await Promise.all([1, 2].map(() => send(sha256, 200_000, content.subarray(200_000, 300_000))));
  expect([one!.status, other!.status].sort()).toEqual([204, 409]);
  expect((await send(sha256, 300_000, Buffer.concat([content.subarray(300_000), Buffer.from('!')]))).status).toBe(413);
  expect(await offset(sha256)).toBe('300000');
  expect((await send(sha256, 300_000, content.subarray(300_000))).status).toBe(200);
  expect(await app.platform.store.byteSize(sha256)).toBe(content.length);
  await expect.poll(() => readdir(uploads)).toEqual([]);
});

test('all of a file may come while its upload begins', async () => {
  const content = randomBytes(100);
  const answer = await begin(content.length, hashOf(content), 'small.step', content);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ uploadId: expect.any(String), byteSize: 100 });
});

test('what arrives must be what was announced, and no larger than files may be', async () => {
  const content = randomBytes(100);
  const wrong = hashOf(Buffer.from('another'));
  expect((await begin(100, wrong)).status).toBe(201);
  const answer = await send(wrong, 0, content);
  expect(answer.status).toBe(460);
  expect((await answer.json()).errors[0].extensions.code).toBe('CONTENT_HASH_MISMATCH');
  expect(await offset(wrong)).toBeNull();
  expect((await begin(100, 'no hash')).status).toBe(400);
  expect((await begin(100, '../../../etc/passwd')).status).toBe(400);
  expect((await begin(1_000_001, hashOf(content))).status).toBe(413);
});

test('only those who may author may upload, and other origins get nothing', async () => {
  const sha256 = hashOf(Buffer.from('x'));
  expect((await app.fetch(RESUMABLE_PATH, { method: 'POST' })).status).toBe(401);
  expect((await app.fetch(at(sha256), { method: 'HEAD' })).status).toBe(401);
  const viewer = { ...(await createMember(app.platform, 'viewer')).headers, 'tus-resumable': '1.0.0' };
  expect((await app.fetch(RESUMABLE_PATH, { method: 'POST', headers: viewer })).status).toBe(403);
  const { headers } = await app.fetch(at(sha256), {
    method: 'HEAD',
    headers: { ...TUS, origin: 'https://evil.example' },
  });
  expect(headers.get('access-control-allow-origin')).toBeNull();
  expect((await app.fetch(`${RESUMABLE_PATH}/..%2f..%2fsecret`, { method: 'HEAD', headers: TUS })).status).toBe(404);
});
