import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** Must equal TEMPLATE_DATABASE of services.ts, which is not imported here: it would load the schema engine into every test. */
const TEMPLATE = 'hartomat_template';

export interface TestDatabase {
  url: string;
  /** Removes the database, connections and all. */
  drop(): Promise<void>;
}

/** A fresh, fully migrated, empty database of its own (about 0.1 s; the first call of a run starts PostgreSQL, about 2 s). Drop it in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return create(`create database "$name" template ${TEMPLATE} strategy file_copy`);
}

/** A database without any table, for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return create('create database "$name"');
}

/** A logical Redis database of this test process, on a real server; empty unless the process used it before.
 * Put tests that call it into `describeWith('redis-server', …)`. */
export async function redisUrl(): Promise<string> {
  return `${await service('redis')}/${process.pid % 4096}`;
}

async function create(statement: string): Promise<TestDatabase> {
  const admin = await service('postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await query(admin, statement.replace('$name', name));
  return {
    url: admin.replace(/\/postgres$/, `/${name}`),
    drop: () => query(admin, `drop database if exists "${name}" with (force)`),
  };
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function service(name: 'postgres' | 'redis'): Promise<string> {
  const response = await fetch(`${inject('servicesUrl')}/${name}`);
  const answer = (await response.json()) as { url?: string; error?: string };
  if (!answer.url) throw new Error(answer.error);
  return answer.url;
}
