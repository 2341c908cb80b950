import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { type Postgres, startPostgres } from './postgres.js';
import { logFileOf } from './service.js';

const DATABASE = 'hartomat';

export interface Database {
  url: string;
  /** The embedded server; null where DATABASE_URL names another. */
  server: Postgres | null;
}

/** The database of DATABASE_URL, else the embedded PostgreSQL in the data directory.
 * @param port - for the embedded server; default: any free one.
 * @throws Error one line with what to do. */
export async function openDatabase(
  home: string,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
  port?: number,
): Promise<Database> {
  const url = env.DATABASE_URL?.trim();
  if (url) {
    await checkAnswer(url);
    return { url, server: null };
  }
  const server = await startPostgres({
    dataDir: join(home, 'postgres'),
    logFile: logFileOf(home, 'postgres'),
    password: await ownPassword(join(home, 'database.password')),
    settings: { max_connections: 200 },
    port,
    say,
  });
  await ensureDatabase(server.url('postgres'));
  return { url: server.url(DATABASE), server };
}

async function checkAnswer(url: string): Promise<void> {
  // What follows @ is host, port and name: nothing secret is printed.
  const place = url.replace(/^.*@|\?.*$/g, '');
  let client: pg.Client | undefined;
  try {
    client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 8_000 });
    client.on('error', () => {});
    await client.connect();
    await client.query('select 1');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(
      `The database ${place} does not answer (${message || code}): check DATABASE_URL and that PostgreSQL runs, or unset it to use the embedded one.`,
    );
  } finally {
    await client?.end().catch(() => {});
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (!rowCount) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

async function ownPassword(file: string): Promise<string> {
  const known = await readFile(file, 'utf8').catch(() => '');
  if (known) return known;
  const password = randomBytes(24).toString('base64url');
  await writeFile(file, password, { mode: 0o600 });
  return password;
}
