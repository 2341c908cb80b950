import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { type Seeded, seed } from '../../../prisma/seed.js';
import { openPlatform, type Platform } from '../../../runtime/platform.js';
import { readSettings } from '../../../runtime/settings.js';
import { ensureClientBuilt } from '../../../scripts/lib/clientBuild.js';
import { freePort } from '../../../scripts/lib/processes.mjs';
import { logFileOf, Service } from '../../../scripts/lib/service.js';
import { createSignInUrl } from '../../../server/signIn.js';
import { createTestDatabase } from '../../support/database.js';

export interface StartedHartomat {
  url: string;
  seeded: Seeded;
  /** The same database and files, to look and act behind the console's back. */
  platform: Platform;
  server: Service;
  signInUrl(): Promise<string>;
  stop(): Promise<void>;
}

/** HartOMat as people start it: built console, seeded database, server and worker as processes of their own. */
export async function startHartomat(): Promise<StartedHartomat> {
  const home = await mkdtemp(path.join(tmpdir(), 'hartomat-e2e-'));
  const [database, port] = await Promise.all([createTestDatabase(), freePort(), ensureClientBuilt(() => {})]);
  const env = {
    ...process.env,
    HARTOMAT_HOME: home,
    DATABASE_URL: database.url,
    PORT: String(port),
    REDIS_URL: '',
    // The console must do with its persisted operations.
    HARTOMAT_DOCUMENTS: 'off',
  };
  const service = (name: string, args: string[]) =>
    new Service({ name, args, env, logFile: logFileOf(home, name), say: () => {} });
  const server = service('server', ['--import', 'tsx', 'server/main.ts']);
  const worker = service('worker', ['--import', 'tsx', 'worker/main.ts']);
  const platform = await openPlatform(readSettings(env), {
    log: pino({ level: 'silent' }),
    maxConnections: 3,
  });
  const [seeded, { url }] = await Promise.all([seed(platform), server.start(), worker.start()]);
  return {
    url: url!,
    seeded,
    platform,
    server,
    signInUrl: () => createSignInUrl(platform.db, url!),
    async stop() {
      await Promise.all([server.stop(), worker.stop()]);
      await platform.close();
      await database.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
