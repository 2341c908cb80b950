import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeLog } from '../../runtime/log.js';
import { openPlatform, type Platform, type PlatformOptions } from '../../runtime/platform.js';
import { type AppOptions, createApp } from '../../server/app.js';
import { testLookup } from '../../workflow/testModules.js';
import { createTestDatabase, type TestDatabase } from './database.js';

export const ADMIN_TOKEN = 'test-admin-token-0123456789';

export interface Answer<T = any> {
  status: number;
  data: T | null;
  errors?: { message: string; path?: unknown[]; extensions: { code?: string } & Record<string, unknown> }[];
  extensions?: Record<string, any>;
}

/** What is asked over GraphQL, of a server of this process or of another one. */
export interface TestApi {
  /** A GraphQL operation, signed by the admin token unless `headers` say otherwise. */
  gql<T = any>(query: string, variables?: object, headers?: Record<string, string>): Promise<Answer<T>>;
}

export const apiAt = (url: string): TestApi => ({
  async gql(query, variables, headers = { authorization: `Bearer ${ADMIN_TOKEN}` }) {
    const response = await fetch(new URL('/graphql', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, ...(await response.json()) };
  },
});

export interface TestApp extends TestApi {
  platform: Platform;
  url: string;
  /** `fetch` below the server's address; nothing is signed. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** The status that answers the head of a request whose body never comes. */
  announce(path: string, headers: Record<string, string | number>): Promise<number>;
  /** Everything that was logged. */
  logged: string[];
  /** Ends event streams, as a server does when it is asked to stop. */
  stop(): void;
  close(): Promise<void>;
}

/** The real server on a free port, on a database and a data directory of its own; with small test modules unless told otherwise.
 * @param database - another one; it is dropped in the end.
 * @param secretKey - seals what is secret in it; servers of one database have one. */
export async function startTestApp({
  definition = testLookup,
  statementLimitMs,
  redisUrl = null,
  database: given,
  secretKey,
  ...options
}: AppOptions &
  Pick<PlatformOptions, 'definition' | 'statementLimitMs'> & {
    redisUrl?: string | null;
    database?: TestDatabase;
    secretKey?: string;
  } = {}): Promise<TestApp> {
  const database = given ?? (await createTestDatabase());
  const home = await mkdtemp(path.join(tmpdir(), 'hartomat-server-'));
  const logged: string[] = [];
  const log = makeLog('debug', { write: (line) => void logged.push(line) });
  const platform = await openPlatform(
    {
      port: 0,
      host: '127.0.0.1',
      home,
      databaseUrl: database.url,
      redisUrl,
      artifactDir: path.join(home, '.artifacts'),
      blenderPath: null,
      adminToken: ADMIN_TOKEN,
      modulePackages: [],
      ...(secretKey && { secretKeys: [secretKey] }),
    },
    { definition, log, maxConnections: 5, statementLimitMs },
  );
  const app = await createApp(platform, options);
  const server = createServer(app.handle);
  server.on('upgrade', app.upgrade);
  // As in server/main.ts: on a busy machine a kept connection must not close between two requests of a test.
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    platform,
    url,
    fetch: (where, init) => fetch(new URL(where, url), { redirect: 'manual', ...init }),
    announce: (where, headers) =>
      new Promise((resolve, reject) => {
        const announced = request(new URL(where, url), { method: 'POST', headers });
        announced.once('response', ({ statusCode }) => {
          resolve(statusCode!);
          announced.destroy();
        });
        announced.on('error', reject).flushHeaders();
      }),
    ...apiAt(url),
    logged,
    stop: app.stop,
    async close() {
      app.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await app.close();
      await platform.close();
      await database.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
