import { readdir } from 'node:fs/promises';
import type { Request, Response } from 'express';
import type { PrismaClient } from '../generated/prisma/client.js';
import type { Platform } from '../runtime/platform.js';
import { isWorkerAlive, WORKER_SILENCE_MS } from '../runtime/workers.js';

const MIGRATIONS = new URL('../prisma/migrations/', import.meta.url);

/** `GET /health/live`: the process answers. */
export function live(_request: Request, response: Response) {
  response.json({ status: 'live' });
}

async function missingMigrations(db: PrismaClient): Promise<string[]> {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true });
  const applied = await db.$queryRaw<{ name: string }[]>`
    select migration_name as name from _prisma_migrations where finished_at is not null and rolled_back_at is null`;
  const names = new Set(applied.map(({ name }) => name));
  return entries.filter((entry) => entry.isDirectory() && !names.has(entry.name)).map((entry) => entry.name);
}

async function databaseState(db: PrismaClient): Promise<Record<'database' | 'migrations' | 'worker', string>> {
  try {
    const [missing, workers] = await Promise.all([
      missingMigrations(db),
      db.worker.findMany({
        where: { stoppedAt: null, heartbeatAt: { gt: new Date(Date.now() - WORKER_SILENCE_MS) } },
        take: 10,
      }),
    ]);
    return {
      database: 'ok',
      migrations: missing.length ? `not applied: ${missing.join(', ')}` : 'ok',
      worker: workers.some((worker) => isWorkerAlive(worker)) ? 'ok' : 'none was heard of lately',
    };
  } catch {
    // Which fault it is stands in the log of whoever uses the database; here it is only yes or no.
    return { database: 'does not answer', migrations: 'unknown', worker: 'unknown' };
  }
}

async function queueState({ queues }: Pick<Platform, 'queues'>): Promise<string> {
  try {
    await queues.depths();
    return 'ok';
  } catch {
    // The log has it from the queues themselves.
    return 'does not answer';
  }
}

async function artifactState({ store, log }: Pick<Platform, 'store' | 'log'>): Promise<string> {
  try {
    await store.check();
    return 'ok';
  } catch (err) {
    log.warn({ err }, 'the artifact store cannot be used');
    return 'cannot be reached';
  }
}

/** `GET /health/ready`: 200 when everything a run needs is there, else 503 with what is missing. */
export function ready(platform: Pick<Platform, 'db' | 'queues' | 'store' | 'log'>) {
  return async (_request: Request, response: Response) => {
    const [states, queue, artifacts] = await Promise.all([
      databaseState(platform.db),
      queueState(platform),
      artifactState(platform),
    ]);
    const checks = { ...states, queue, artifacts };
    const isReady = Object.values(checks).every((state) => state === 'ok');
    response
      .status(isReady ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ status: isReady ? 'ready' : 'not ready', checks });
  };
}
