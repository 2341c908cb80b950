import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from 'graphql-sse';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPlatform, type Platform } from '../runtime/platform.js';
import { cancelRun } from '../runtime/runs/cancel.js';
import { dispatch } from '../runtime/runs/dispatch.js';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { createTestDatabase, type TestDatabase } from '../tests/support/database.js';
import { ADMIN_TOKEN } from '../tests/support/testApp.js';
import { type Catalogue, createCatalogue } from '../tests/support/testData.js';
import { testLookup } from '../workflow/testModules.js';

const SERVER = fileURLToPath(new URL('./main.ts', import.meta.url));
const WORKER = fileURLToPath(new URL('../worker/main.ts', import.meta.url));
let database: TestDatabase;
let home: string;
let platform: Platform;
let catalogue: Catalogue;
const children: ChildProcess[] = [];
const AWS = { AWS_ACCESS_KEY_ID: 'somebody', AWS_SECRET_ACCESS_KEY: 'secret' };

beforeAll(async () => {
  database = await createTestDatabase();
  home = await mkdtemp(path.join(tmpdir(), 'hartomat-main-'));
  const settings = {
    port: 0,
    host: '127.0.0.1',
    home,
    databaseUrl: database.url,
    redisUrl: null,
    artifactDir: path.join(home, 'artifacts'),
    blenderPath: null,
    adminToken: ADMIN_TOKEN,
    modulePackages: [],
  };
  platform = await openPlatform(settings, {
    definition: testLookup,
    log: pino({ level: 'silent' }),
    maxConnections: 3,
  });
  catalogue = await createCatalogue(platform);
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await platform.close();
  await database.drop();
  await rm(home, { recursive: true, force: true });
});

function start(env: NodeJS.ProcessEnv = {}, main = SERVER) {
  const child = fork(main, {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...process.env,
      PORT: '0',
      DATABASE_URL: database.url,
      HARTOMAT_HOME: home,
      HARTOMAT_ADMIN_TOKEN: ADMIN_TOKEN,
      ...env,
    },
  });
  children.push(child);
  let said = '';
  child.stderr!.on('data', (chunk) => {
    said += chunk;
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  /** All it said until its end; the last of it may come after `exited`. */
  const lastWords = once(child, 'close').then(() => said);
  const ready = new Promise<string>((resolve, reject) => {
    child.once('message', (message: { url: string }) => resolve(message.url));
    void lastWords.then((words) => reject(new Error(words)));
  });
  ready.catch(() => {});
  return { child, ready, exited, lastWords };
}

test('a busy port is one clear line, and nothing else happens', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { exited, lastWords } = start({ PORT: String(port) });
  expect(await exited).toEqual([1, null]);
  expect((await lastWords).trim().split('\n')).toEqual([
    `Port ${port} on 127.0.0.1 is taken by another program. Set PORT to a free one.`,
  ]);
  other.close();
});

test.each([
  ['server', SERVER],
  ['worker', WORKER],
])('what a %s cannot work with or without is one clear line', async (_name, main) => {
  const file = path.join(home, 'a-file');
  await writeFile(file, '');
  const cases = [
    [{ PORT: 'http' }, 'PORT'],
    [{ DATABASE_URL: 'postgres://127.0.0.1:1/nothing' }, 'database does not answer'],
    [{ REDIS_URL: 'redis://127.0.0.1:1' }, 'Redis of REDIS_URL does not answer'],
    [{ ARTIFACT_URL: 's3://studio?endpoint=http://127.0.0.1:1', ...AWS }, 'artifact store, the bucket "studio"'],
    [{ HARTOMAT_HOME: file }, `The data directory ${file} cannot be written (there is a file in its place)`],
    [{ HARTOMAT_HOME: path.join(file, 'home') }, 'cannot be written (part of the path is a file)'],
    // Here a file system says "no such directory" for ever.
    [{ HARTOMAT_HOME: '/proc/hartomat' }, 'The data directory /proc/hartomat cannot be written'],
    [{ ARTIFACT_URL: 'file:///proc/hartomat' }, 'The artifact directory /proc/hartomat cannot be written'],
  ] as const;
  for (const [env, words] of cases) {
    const { exited, lastWords } = start(env, main);
    expect(await exited).toEqual([1, null]);
    expect((await lastWords).trim().split('\n')).toHaveLength(1);
    expect(await lastWords).toContain(words);
  }
});

test('a subscription outlives the server: killed or stopped, the next one goes on from the cursor', async () => {
  const { runId } = await dispatch(platform, { cadFileId: catalogue.cadFile.id, workflowId: catalogue.workflow.id });
  const first = start();
  const url = await first.ready;
  const env = { PORT: new URL(url).port };
  const seen: number[] = [];
  const types: string[] = [];
  let connections = 0;
  const client = createClient({
    url: `${url}/graphql/stream`,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    retryAttempts: 0,
  });
  const query = 'subscription ($runId: ID!, $after: Int) { runEvents(runId: $runId, after: $after) { seq type } }';
  let onEvent = () => {};
  /** What a console does: subscribe from the last event seen, again whenever the connection breaks. */
  const watch = async () => {
    for (;;) {
      try {
        connections++;
        const variables = { runId: id('Run', runId), after: seen.at(-1) ?? 0 };
        for await (const { data } of client.iterate<{ runEvents: { seq: number; type: string } }>({
          query,
          variables,
        })) {
          seen.push(data!.runEvents.seq);
          types.push(data!.runEvents.type);
          onEvent();
        }
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };
  const firstEvent = new Promise<void>((resolve) => {
    onEvent = resolve;
  });
  const watching = watch();
  await firstEvent;

  first.child.kill('SIGKILL');
  await first.exited;
  const second = start(env);
  await second.ready;
  second.child.kill('SIGTERM');
  expect(await second.exited).toEqual([0, null]);

  await cancelRun(platform, runId);
  const third = start(env);
  await third.ready;
  await watching;
  expect(types.at(-1)).toBe('run.finished');
  expect(seen).toEqual(seen.map((_seq, index) => index + 1));
  expect(connections).toBeGreaterThan(1);
  third.child.disconnect();
  expect(await third.exited).toEqual([0, null]);
});

test.each(['server', 'worker'])(
  'npm run %s stops in order when npm is asked to, as containers and process managers do',
  async (script) => {
    const npm = spawn('npm', ['run', '--silent', script], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, PORT: '0', DATABASE_URL: database.url, HARTOMAT_HOME: home },
    });
    children.push(npm);
    let said = '';
    npm.stderr!.on('data', (chunk) => {
      said += chunk;
    });
    await expect.poll(() => said).toMatch(/the server listens|worker ready/);
    const { pid } = JSON.parse(said.split('\n', 1)[0]!);
    try {
      npm.kill('SIGTERM');
      // It is the last to let go of what it says.
      await once(npm.stderr!, 'close');
      expect(said).toMatch(/"SIGTERM".*(the server stops|worker stopping)/);
    } finally {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        expect(error).toMatchObject({ code: 'ESRCH' });
      }
    }
  },
);
