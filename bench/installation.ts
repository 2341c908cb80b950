import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { migrate } from '../prisma/migrate.js';
import type { Settings } from '../runtime/settings.js';
import { type PostgresOptions, startPostgres } from '../scripts/lib/postgres.js';

/** PostgreSQL and a directory that one benchmark has to itself. */
export interface Installation {
  dir: string;
  /** Makes a database. @returns its address */
  createDatabase(name: string): Promise<string>;
  /** Makes a database with the tables of HartOMat. @returns its address */
  createMigrated(name: string): Promise<string>;
  /** What `openPlatform` needs, without Redis unless `given` names one. */
  settings(databaseUrl: string, given?: Partial<Settings>): Settings;
  /** Stops the database and removes the directory. */
  remove(): Promise<void>;
}

export async function install(options: Pick<PostgresOptions, 'noSync' | 'settings'> = {}): Promise<Installation> {
  const dir = await mkdtemp(path.join(tmpdir(), 'hartomat-bench-'));
  // Root runs the database as a user of its own, who must get there.
  await chmod(dir, 0o755);
  const postgres = await startPostgres({
    ...options,
    dataDir: path.join(dir, 'postgres'),
    logFile: path.join(dir, 'postgres.log'),
    password: 'bench',
  });
  async function createDatabase(name: string): Promise<string> {
    const client = new pg.Client({ connectionString: postgres.url('postgres') });
    await client.connect();
    await client.query(`create database ${client.escapeIdentifier(name)}`);
    await client.end();
    return postgres.url(name);
  }
  return {
    dir,
    createDatabase,
    async createMigrated(name) {
      const url = await createDatabase(name);
      await migrate(url);
      return url;
    },
    settings: (databaseUrl, given) => ({
      port: 0,
      host: '127.0.0.1',
      home: dir,
      databaseUrl,
      redisUrl: null,
      artifactDir: path.join(dir, 'artifacts'),
      blenderPath: null,
      adminToken: null,
      modulePackages: [],
      ...given,
    }),
    async remove() {
      await postgres.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
