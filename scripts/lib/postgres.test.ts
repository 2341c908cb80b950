import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Postgres, startPostgres } from './postgres.js';
import { isAlive } from './processes.mjs';

let dir: string;
let running: Postgres[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hartomat-postgres-'));
  running = [];
});
afterEach(async () => {
  for (const postgres of running) await postgres.stop();
  await rm(dir, { recursive: true, force: true });
});

async function start() {
  const postgres = await startPostgres({
    dataDir: join(dir, 'data'),
    logFile: join(dir, 'postgres.log'),
    password: 'a b/c',
    noSync: true,
  });
  running.push(postgres);
  return postgres;
}

async function query(postgres: Postgres, sql: string) {
  const client = new pg.Client({ connectionString: postgres.url('postgres') });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

it('keeps what was written over a stop, and asks for the password', async () => {
  const first = await start();
  await query(first, 'create table kept as select 1 as a');
  await first.stop();
  expect(isAlive(first.pid)).toBe(false);
  const second = await start();
  expect(await query(second, 'select a from kept')).toEqual([{ a: 1 }]);
  const stranger = new pg.Client({ connectionString: second.url('postgres').replace(/:[^:@]*@/, ':wrong@') });
  await expect(stranger.connect()).rejects.toThrow('password authentication failed');
});

it('ends a server that was left behind in the same data directory', async () => {
  const orphan = await start();
  const next = await start();
  expect(isAlive(orphan.pid)).toBe(false);
  expect(await query(next, 'select 1 as a')).toEqual([{ a: 1 }]);
});

it('starts although the pid file of a killed server names a living process of somebody else', async () => {
  const first = await start();
  await first.stop();
  await writeFile(join(dir, 'data/postmaster.pid'), `${process.pid}\n${join(dir, 'data')}\n`);
  await start();
  expect(isAlive(process.pid)).toBe(true);
});

it('says why it does not start', async () => {
  const first = await start();
  await first.stop();
  await writeFile(join(dir, 'data/postgresql.conf'), 'no_such_setting = 1\n');
  await expect(start()).rejects.toThrow(/^PostgreSQL did not start: .*(no_such_setting|configuration file)/);
  expect(await readFile(join(dir, 'postgres.log'), 'utf8')).toContain('no_such_setting');
});
