import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../../prisma/migrate.js';
import { startTestPostgres } from './postgres.js';
import { startRedis } from './redis.js';

/** The migrated database every test database is copied from. */
export const TEMPLATE_DATABASE = 'hartomat_template';

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
    postgres: once(() => sharedPostgres(dir, stops)),
    redis: once(async () => {
      const redis = await startRedis(dir, { databases: REDIS_DATABASES });
      stops.push(redis.kill);
      return redis.url;
    }),
    async stop() {
      await Promise.all(stops.map((stop) => stop()));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** `TEST_DATABASE_URL`: an empty PostgreSQL server to test on, of another version for example; the user must be a superuser. */
async function sharedPostgres(dir: string, stops: Array<() => Promise<void>>): Promise<string> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) {
    await makeTemplate(given);
    return given;
  }
  const postgres = await startTestPostgres(dir);
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
