import { join } from 'node:path';
import { type Postgres, startPostgres } from '../../scripts/lib/postgres.js';

/** Without the fsyncs that only matter after a power cut. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: 300,
  shared_buffers: '64MB',
  max_wal_size: '512MB',
  autovacuum_naptime: '60s',
};

/** A real PostgreSQL with its data in `dir`.
 * @param port - of one that ran there before; default: any free one.
 * @param settings - other ones, of postgresql.conf. */
export const startTestPostgres = (
  dir: string,
  { port, settings = {} }: { port?: number; settings?: Record<string, string> } = {},
): Promise<Postgres> =>
  startPostgres({
    dataDir: join(dir, 'postgres'),
    logFile: join(dir, 'postgres.log'),
    password: 'test',
    noSync: true,
    settings: { ...SETTINGS, ...settings },
    port,
  });
