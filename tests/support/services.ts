import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { migrate } from '../../prisma/migrate.js';
import { startPostgres } from '../../scripts/lib/postgres.js';
import { freePort } from '../../scripts/lib/processes.mjs';
import { requireTool } from './tools.js';

/** The migrated database every test database is copied from. */
export const TEMPLATE_DATABASE = 'hartomat_template';

const PORTS_TRIED = 5;

/** Room for one logical database per test process. */
const REDIS_DATABASES = 4096;

export interface TestServices {
  /** Starts PostgreSQL at the first call. @returns the URL of its maintenance database. */
  postgres(): Promise<string>;
  /** Starts Redis at the first call. @returns its URL without a database number. */
  redis(): Promise<string>;
  stop(): Promise<void>;
}

/** Real services in a temporary directory, without the fsyncs that only matter after a power cut. */
export async function startServices(): Promise<TestServices> {
  const dir = await mkdtemp(join(tmpdir(), 'hartomat-test-'));
  const stops: Array<() => Promise<void>> = [];
  const once = (start: () => Promise<string>) => {
    let url: Promise<string> | undefined;
    return () => {
      url ??= start();
      return url;
    };
  };
  return {
    postgres: once(() => startTestPostgres(dir, stops)),
    redis: once(() => startTestRedis(dir, stops)),
    async stop() {
      await Promise.all(stops.map((stop) => stop()));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** `TEST_DATABASE_URL`: an empty PostgreSQL server to test on, of another version for example; the user must be a superuser. */
async function startTestPostgres(dir: string, stops: Array<() => Promise<void>>): Promise<string> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) {
    await makeTemplate(given);
    return given;
  }
  const postgres = await startPostgres({
    dataDir: join(dir, 'postgres'),
    logFile: join(dir, 'postgres.log'),
    password: 'test',
    noSync: true,
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: 300,
      shared_buffers: '64MB',
      max_wal_size: '512MB',
      autovacuum_naptime: '60s',
    },
  });
  stops.push(() => postgres.stop());
  await makeTemplate(postgres.url('postgres'));
  return postgres.url('postgres');
}

async function makeTemplate(url: string): Promise<void> {
  const template = new URL(url);
  template.pathname = `/${TEMPLATE_DATABASE}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create database ${TEMPLATE_DATABASE}`);
  await migrate(template.href);
  await client.query(`alter database ${TEMPLATE_DATABASE} with allow_connections false is_template true`);
  await client.end();
}

/** A port that was free a moment ago may be taken by now: then another one is tried. */
async function startTestRedis(dir: string, stops: Array<() => Promise<void>>): Promise<string> {
  for (let tries = 1; tries <= PORTS_TRIED; tries++) {
    const url = await startRedisOn(await freePort(), dir, stops);
    if (url) return url;
  }
  throw new Error('redis-server did not start.');
}

/** @returns null when it ended before it answered. */
async function startRedisOn(port: number, dir: string, stops: Array<() => Promise<void>>): Promise<string | null> {
  const flags = {
    port,
    bind: '127.0.0.1',
    dir,
    save: '',
    appendonly: 'no',
    databases: REDIS_DATABASES,
    'maxmemory-policy': 'noeviction',
  };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(requireTool('redis-server'), args, { stdio: 'ignore', detached: true });
  stops.push(async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null && child.kill('SIGTERM')) await gone;
  });
  const url = `redis://127.0.0.1:${port}`;
  while (child.exitCode === null) {
    const probe = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
    probe.on('error', () => {});
    const answered = await probe.connect().then(
      () => true,
      () => false,
    );
    probe.disconnect();
    if (answered) return url;
    await sleep(20);
  }
  return null;
}
