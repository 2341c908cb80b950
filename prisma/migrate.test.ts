import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '../tests/support/database.js';
import { missingMigration } from './createMigration.js';
import { migrate } from './migrate.js';
import { migrationsList, ownMigrations } from './schemaEngine.js';

let database: TestDatabase;
let client: pg.Client;
let dir: string;

beforeEach(async () => {
  database = await createEmptyDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  dir = await mkdtemp(join(tmpdir(), 'hartomat-migrations-'));
  await writeFile(join(dir, 'migration_lock.toml'), 'provider = "postgresql"\n');
});
afterEach(async () => {
  await client.end();
  await database.drop();
  await rm(dir, { recursive: true, force: true });
});

const here = () => pathToFileURL(`${dir}/`);
async function write(name: string, sql: string) {
  await mkdir(join(dir, name), { recursive: true });
  await writeFile(join(dir, name, 'migration.sql'), sql);
}

/** Brings the database to where it was before the migration of this number. */
async function migrateTo(number: string) {
  const all = (await migrationsList()).migrationDirectories.map((migration) => migration.path);
  for (const name of all.filter((one) => one < number))
    await write(name, await readFile(new URL(`${name}/migration.sql`, ownMigrations), 'utf8'));
  await migrate(database.url, here());
}

it('applies every migration once and records it as `prisma migrate deploy` would', async () => {
  const names = (await migrationsList()).migrationDirectories.map((migration) => migration.path);
  expect(await migrate(database.url)).toEqual(names);
  expect(await migrate(database.url)).toEqual([]);
  const { rows } = await client.query(
    `select migration_name, checksum, applied_steps_count, finished_at is not null as finished, rolled_back_at, logs
     from _prisma_migrations order by migration_name`,
  );
  const expected = await Promise.all(
    names.map(async (name) => ({
      migration_name: name,
      checksum: createHash('sha256')
        .update(await readFile(new URL(`${name}/migration.sql`, ownMigrations)))
        .digest('hex'),
      applied_steps_count: 1,
      finished: true,
      rolled_back_at: null,
      logs: null,
    })),
  );
  expect(rows).toEqual(expected);
});

it('makes exactly what schema.prisma says', async () => {
  expect(await missingMigration(database.url)).toBeNull();
});

it('refuses to go on when an applied migration was edited', async () => {
  await write('0001_a', 'create table a (id int);');
  await migrate(database.url, here());
  await write('0001_a', 'create table a (id bigint);');
  await write('0002_b', 'create table b (id int);');
  await expect(migrate(database.url, here())).rejects.toThrow(/changed after they were applied: 0001_a/);
  expect((await client.query(`select to_regclass('b') as b`)).rows).toEqual([{ b: null }]);
});

it('reports the error of a migration that fails, and names it at the next start', async () => {
  await write('0001_a', 'create table a (id int);');
  await write('0002_broken', 'create table b (id int); insert into nowhere values (1);');
  await expect(migrate(database.url, here())).rejects.toThrow(/^The migration 0002_broken failed: .*nowhere.*$/);
  await expect(migrate(database.url, here())).rejects.toThrow(/failed earlier and need a look: 0002_broken/);
  expect((await client.query(`select to_regclass('a') as a, to_regclass('b') as b`)).rows).toEqual([
    { a: 'a', b: null },
  ]);
});

it('takes functions whole', async () => {
  await write(
    '0001_f',
    'create function f() returns int language plpgsql as $$ declare x int; begin x := 1; return x; end $$;',
  );
  await migrate(database.url, here());
  expect((await client.query('select f()')).rows).toEqual([{ f: 1 }]);
});

it('tells of comparisons made so far whether they looked at cameras', async () => {
  await migrateTo('0330');
  const figure = (key: string, difference: number | null) => ({ key, difference });
  const still = (...figures: object[]) => [{ role: 'still_image', kind: 'picture', figures }];
  const reports: [status: string, results: object[], judgement: number | null][] = [
    ['passed', still(figure('ssim', 1), figure('camera', 0)), 2],
    ['passed', still(figure('ssim', 1)), 1],
    ['differs', still(figure('camera', null)), 1],
    ['passed', [{ role: 'blend_file', kind: 'blend', figures: [] }], 2],
    ['waiting', [], null],
  ];
  await client.query(`set session_replication_role = replica`);
  for (const [at, [status, results]] of reports.entries())
    await client.query(
      `insert into parity_report (id, output_type_id, legacy_run_id, graph_run_id, status, results, reasons, finished_at)
       values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), $1, $2, jsonb_build_array($3::int), $4)`,
      [status, JSON.stringify(results), at, status === 'waiting' ? null : new Date()],
    );
  await migrate(database.url);
  const { rows } = await client.query('select judgement from parity_report order by reasons->0');
  expect(rows.map(({ judgement }) => judgement)).toEqual(reports.map(([, , judgement]) => judgement));
});

it('gives the keys of runs to the mutations that they were sent to', async () => {
  await migrateTo('0401');
  const account = '0198c0de-0000-7000-8000-000000000001';
  const keys: [before: string | null, isRerun: boolean, after: string | null][] = [
    ['po-1', false, 'owner/dispatch/po-1'],
    ['again', true, 'owner/rerunFromNode/again'],
    [`${account}:po:1`, false, `${account}/dispatch/po:1`],
    [`line/${account}/0`, false, `line/${account}/0`],
    [`cad/${account}/${account}/0`, false, `cad/${account}/${account}/0`],
    ['sample-order', false, 'sample-order'],
    [null, false, null],
  ];
  await client.query(`set session_replication_role = replica`);
  for (const [at, [key, isRerun]] of keys.entries())
    await client.query(
      `insert into run (id, family, plan_hash, entry, param_origins, idempotency_key, rerun_of_id, open_nodes, last_seq)
       values (gen_random_uuid(), 'cad_file', '', '{}', '{}', $1, $2, $3, 0)`,
      [key, isRerun ? account : null, at],
    );
  await migrate(database.url);
  const { rows } = await client.query('select idempotency_key as key from run order by open_nodes');
  expect(rows.map(({ key }) => key)).toEqual(keys.map(([, , after]) => after));
});
