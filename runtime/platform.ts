import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import type { Logger } from 'pino';
import { PrismaClient } from '../generated/prisma/client.js';
import { DomainError } from '../modules/errors.js';
import { type DefinitionLookup, lookupIn, type NodeDefinition } from '../workflow/nodeDefinition.js';
import { NODE_DEFINITIONS } from '../workflow/nodeDefinitions.js';
import { openArtifactStore } from './artifacts/openStore.js';
import type { ArtifactStore } from './artifacts/store.js';
import { RunEvents } from './events.js';
import { Feed } from './feed/feed.js';
import { makeLog } from './log.js';
import { loadModulePackages } from './modulePackages.js';
import { Queues } from './queues/queues.js';
import { RunCompiler } from './runs/compileRun.js';
import { RunStarter } from './runs/startRun.js';
import { InstallationSecrets } from './secrets/installationSecrets.js';
import type { Settings } from './settings.js';
import { makeWritable, whyNotWritable } from './writableDirectory.mjs';

/** Everything the rooms above need to do their work, opened once a process. */
export interface Platform {
  readonly settings: Settings;
  readonly db: PrismaClient;
  /** The engine's and the event stream's connections. */
  readonly pool: pg.Pool;
  readonly store: ArtifactStore;
  readonly queues: Queues;
  readonly runs: RunStarter;
  readonly events: RunEvents;
  readonly feed: Feed;
  readonly secrets: InstallationSecrets;
  readonly log: Logger;
  readonly definition: DefinitionLookup;
  /** What can be placed in workflows, in palette order: what HartOMat brings, then what module packages add. */
  readonly nodeDefinitions: readonly NodeDefinition[];
  readonly compiler: RunCompiler;
  close(): Promise<void>;
}

export interface PlatformOptions {
  /** Node definitions other than the built-in ones, for own modules and benchmarks. */
  definition?: DefinitionLookup;
  maxConnections?: number;
  /** After so long the database breaks a statement off. Default: never. */
  statementLimitMs?: number;
  log?: Logger;
  /** Namespace of Redis queues. */
  queuePrefix?: string;
}

/** Connects to the database, the queues and the artifact store.
 * @throws DomainError `DATABASE_UNREACHABLE`, `QUEUE_UNREACHABLE`, `HOME_UNWRITABLE`, `ARTIFACT_STORE_UNREACHABLE`, `ARTIFACT_STORE_REFUSED`, or what is wrong with a module package, with what to do. */
export async function openPlatform(settings: Settings, options: PlatformOptions = {}): Promise<Platform> {
  await makeWritable(settings.home).catch((error) => {
    throw new DomainError(
      'HOME_UNWRITABLE',
      `The data directory ${settings.home} cannot be written (${whyNotWritable(error)}): set HARTOMAT_HOME to a directory that can.`,
    );
  });
  const builtIn = Object.values(NODE_DEFINITIONS);
  const own = await loadModulePackages(settings.modulePackages, settings.home, builtIn);
  const nodeDefinitions = [...builtIn, ...own];
  const store = await openArtifactStore(settings);
  const log = options.log ?? makeLog();
  const pool = new pg.Pool({
    connectionString: settings.databaseUrl,
    max: options.maxConnections ?? 10,
    statement_timeout: options.statementLimitMs,
  });
  // An idle connection that drops is replaced at the next query; that query then reports what is wrong.
  pool.on('error', (error) => {
    if (!pool.ending) log.warn({ err: error }, 'a database connection was lost');
  });
  await pool.query('SELECT 1').catch(async (error: NodeJS.ErrnoException) => {
    await pool.end();
    throw new DomainError(
      'DATABASE_UNREACHABLE',
      `The database does not answer (${error.code ?? error.message}). Check DATABASE_URL and that PostgreSQL runs.`,
    );
  });
  const db = new PrismaClient({ adapter: new PrismaPg(pool) });
  const queues = await Queues.open({ ...settings, prefix: options.queuePrefix });
  queues.onError((error) => log.warn({ err: error }, 'the queue reported an error'));
  const definition = options.definition ?? lookupIn(Object.fromEntries(nodeDefinitions.map((one) => [one.step, one])));
  const events = new RunEvents(pool, settings.databaseUrl);
  const feed = new Feed(pool, settings.databaseUrl, log);
  return {
    settings,
    db,
    pool,
    store,
    queues,
    runs: new RunStarter({ pool, queues, log }),
    events,
    feed,
    secrets: new InstallationSecrets(db, settings),
    log,
    definition,
    nodeDefinitions,
    compiler: new RunCompiler(definition),
    async close() {
      await events.close();
      await feed.close();
      await queues.close();
      await db.$disconnect();
      await pool.end();
    },
  };
}
