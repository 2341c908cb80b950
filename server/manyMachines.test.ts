import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seed } from '../prisma/seed.js';
import { contentPath } from '../runtime/artifacts/contentPath.js';
import { makeLog } from '../runtime/log.js';
import { openPlatform, type Platform } from '../runtime/platform.js';
import { readSettings } from '../runtime/settings.js';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { createTestDatabase, type TestDatabase } from '../tests/support/database.js';
import { dispatchRun, resultOf } from '../tests/support/mutationCalls.js';
import { type Program, startProgram } from '../tests/support/programs.js';
import { startTestBucket, type TestBucket } from '../tests/support/s3.js';
import { ADMIN_TOKEN, apiAt } from '../tests/support/testApp.js';
import { STEP_FILE } from '../tests/support/testData.js';
import { type App, createApp } from './app.js';
import { RESUMABLE_PATH } from './resumableUploads.js';

// Two servers and a worker, each with a data directory that no other one sees, as on machines of their own; one server and the worker in
// processes of their own.

const AUTHORIZED = { authorization: `Bearer ${ADMIN_TOKEN}` };

let database: TestDatabase;
let bucket: TestBucket;
let root: string;
let workflowId: string;
let platform: Platform;
let app: App;
let server: Server;
const programs: Program[] = [];
let upload: string;
let download: string;

const homeOf = (machine: string) => path.join(root, machine);
const environmentOf = (machine: string): NodeJS.ProcessEnv => ({
  ...process.env,
  DATABASE_URL: database.url,
  ARTIFACT_URL: bucket.url('studio'),
  HARTOMAT_HOME: homeOf(machine),
  HARTOMAT_SECRET_KEY: 'one key for all of the machines here',
  HARTOMAT_ADMIN_TOKEN: ADMIN_TOKEN,
  PORT: '0',
  LOG_LEVEL: 'silent',
  BLENDER_PATH: '/nowhere/blender',
});

/** @returns the address, of a server. */
async function start(main: Parameters<typeof startProgram>[0], machine: string): Promise<string> {
  const program = await startProgram(main, environmentOf(machine));
  programs.push(program);
  return program.url;
}

async function startHere(machine: string): Promise<string> {
  platform = await openPlatform(readSettings(environmentOf(machine)), { log: makeLog('silent') });
  await seed(platform);
  workflowId = (await platform.db.workflow.findUniqueOrThrow({ where: { key: 'cad_intake' } })).id;
  app = await createApp(platform);
  server = createServer(app.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  [database, bucket] = await Promise.all([createTestDatabase(), startTestBucket()]);
  root = await mkdtemp(path.join(tmpdir(), 'hartomat-machines-'));
  [upload, download] = (await Promise.all([
    startHere('one server'),
    start('server/main.ts', 'another server'),
    start('worker/main.ts', 'a worker'),
  ])) as [string, string, string];
});
afterAll(async () => {
  for (const program of programs) await program.kill();
  app?.stop();
  server?.closeAllConnections();
  server?.close();
  await app?.close();
  await platform?.close();
  await bucket?.stop();
  await database?.drop();
  if (root) await rm(root, { recursive: true, force: true });
});

it('share nothing but a database and a bucket, and make a model of a file that came in elsewhere', async () => {
  const step = await readFile(STEP_FILE);
  const received = await fetch(`${upload}/api/uploads?name=bearing.step`, {
    method: 'POST',
    headers: AUTHORIZED,
    body: step,
  });
  const { uploadId } = await received.json();
  // The next request may well come to another server.
  const taken = '... on CadFile { id artifact { sha256 } }';
  const cadFile = await resultOf(apiAt(download), 'uploadCadFile', 'UploadCadFileInput', taken, { uploadId });
  const run = await dispatchRun(apiAt(upload), { cadFileId: cadFile.id, workflowId: id('Workflow', workflowId) });
  const nodes = async (): Promise<any[]> =>
    (
      await apiAt(download).gql(
        `query ($id: ID!) { run(id: $id) { nodeRuns { nodeId status failure { code }
          outputs { port artifact { role url byteSize sha256 } } } } }`,
        { id: run.id },
      )
    ).data.run.nodeRuns;
  const glbNode = async () => (await nodes()).find(({ nodeId }) => nodeId === 'glb');
  await expect.poll(async () => (await glbNode()).status).toBe('succeeded');

  const { artifact } = (await glbNode()).outputs.find(({ artifact }: any) => artifact?.role === 'glb_model');
  const whole = await fetch(download + artifact.url);
  const glb = Buffer.from(await whole.arrayBuffer());
  expect([glb.toString('latin1', 0, 4), glb.length]).toEqual(['glTF', Number(artifact.byteSize)]);
  const part = await fetch(download + artifact.url, { headers: { range: 'bytes=4-7' } });
  expect([part.status, await part.arrayBuffer()]).toEqual([206, new Uint8Array(glb.subarray(4, 8)).buffer]);

  expect(await bucket.keys()).toContain(`studio/${contentPath(artifact.sha256)}`);
  const below = (machine: string) => readdir(homeOf(machine), { recursive: true });
  const cached = (sha256: string) => path.join('artifact-cache', contentPath(sha256));
  expect(await below('another server')).not.toContain(cached(artifact.sha256));
  expect(await below('a worker')).toContain(cached(cadFile.artifact.sha256));
});

it('are not ready while the bucket cannot be reached, and say so of files', async () => {
  const checks = async () => (await (await fetch(`${download}/health/ready`)).json()).checks;
  expect(await checks()).toMatchObject({ artifacts: 'ok' });
  bucket.fault = (request) => {
    request.socket.destroy();
    return true;
  };
  expect(await checks()).toEqual({
    ...{ database: 'ok', migrations: 'ok', worker: 'ok', queue: 'ok' },
    artifacts: 'cannot be reached',
  });
  const refused = await fetch(`${upload}/api/uploads?name=new.step`, {
    method: 'POST',
    headers: AUTHORIZED,
    body: 'new',
  });
  expect([refused.status, (await refused.json()).errors[0].extensions.code]).toEqual([
    503,
    'ARTIFACT_STORE_UNREACHABLE',
  ]);
  bucket.fault = null;
  expect(await checks()).toMatchObject({ artifacts: 'ok' });
});

it('keep what has arrived of an upload until the bucket can be reached again', async () => {
  const content = randomBytes(10_000);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const tus = { ...AUTHORIZED, 'tus-resumable': '1.0.0' };
  const metadata = `sha256 ${base64(sha256)},filename ${base64('late.step')}`;
  await fetch(upload + RESUMABLE_PATH, {
    method: 'POST',
    headers: { ...tus, 'upload-length': String(content.length), 'upload-metadata': metadata },
  });
  const send = (offset: number) =>
    fetch(`${upload}${RESUMABLE_PATH}/${sha256}`, {
      method: 'PATCH',
      headers: { ...tus, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
      body: content.subarray(offset),
    });
  bucket.fault = (request) => {
    request.socket.destroy();
    return true;
  };
  const refused = await send(0);
  expect([refused.status, (await refused.json()).errors[0].extensions.code]).toEqual([
    503,
    'ARTIFACT_STORE_UNREACHABLE',
  ]);
  bucket.fault = null;
  const accepted = await send(content.length);
  expect([accepted.status, (await accepted.json()).byteSize]).toEqual([200, content.length]);
});
