import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-sse';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../prisma/migrate.js';
import { DEAD_AFTER_MS } from '../runtime/workers.js';
import { encodeGlobalId as id } from '../schema/globalId.js';
import type { Postgres } from '../scripts/lib/postgres.js';
import { type AppWithWorker, startAppWithWorker } from '../tests/support/appWithWorker.js';
import { redisUrl } from '../tests/support/database.js';
import { startTestPostgres } from '../tests/support/postgres.js';
import { ADMIN_TOKEN, type TestApp } from '../tests/support/testApp.js';
import { openGate, ran, testGraph } from '../tests/support/testModules.js';
import { nodeReaches, outcomeOf, startTestRun } from '../tests/support/testRuns.js';
import { describeWith } from '../tests/support/tools.js';

/** As on a machine that keeps what it was told. */
const SETTINGS = { synchronous_commit: 'on' };
const EVENTS = 'subscription ($runId: ID!, $after: Int) { runEvents(runId: $runId, after: $after) { seq } }';

describe('PostgreSQL goes away in the middle of a run and comes back,', () => {
  describe('with jobs on PostgreSQL', () => onBackend(async () => null));
  describeWith('redis-server', 'with jobs on Redis', () => onBackend(redisUrl));
});

function onBackend(redis: () => Promise<string | null>) {
  let dir: string;
  let postgres: Postgres;
  let studio: AppWithWorker;
  let app: TestApp;
  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'hartomat-postgres-'));
    postgres = await startTestPostgres(dir, { settings: SETTINGS });
    const client = new pg.Client({ connectionString: postgres.url('postgres') });
    await client.connect();
    await client.query('create database studio');
    await client.end();
    const database = { url: postgres.url('studio'), drop: () => postgres.stop() };
    await migrate(database.url);
    studio = await startAppWithWorker({ database, redisUrl: await redis() });
    app = studio.app;
  });
  afterAll(async () => {
    await studio?.close();
    await rm(dir, { recursive: true, force: true });
  });

  const health = async () => {
    const answer = await app.fetch('/health/ready');
    return { status: answer.status, database: (await answer.json()).checks.database };
  };

  /** Numbers of the run's events as they come; what follows them subscribes anew behind the last one whenever the line breaks. */
  async function follow(runId: string, seen: number[]): Promise<void> {
    const client = createClient({
      url: `${app.url}/graphql/stream`,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
      retryAttempts: 0,
    });
    for (;;) {
      const variables = { runId: id('Run', runId), after: seen.at(-1) ?? 0 };
      try {
        let isRefused = false;
        for await (const { data } of client.iterate<{ runEvents: { seq: number } }>({ query: EVENTS, variables })) {
          if (data) seen.push(data.runEvents.seq);
          else isRefused = true;
        }
        if (!isRefused) return;
      } catch {
        // The line broke, or there is no database to read from.
      }
      await sleep(200);
    }
  }

  it('the API says so, runs go on where they were, and nothing is done twice or told twice', async () => {
    const { platform } = app;
    const gate = randomUUID();
    const runId = await startTestRun(
      platform,
      testGraph({ gate: { step: 'wait', params: { gate } }, heavy: 'heavy_join', asset: 'publish' }, [
        'gate>heavy',
        'heavy>asset',
      ]),
    );
    const seen: number[] = [];
    const followed = follow(runId, seen);
    await nodeReaches(platform, runId, 'gate', { status: 'running' });
    await expect.poll(() => seen.length).toBeGreaterThan(0);
    expect(await health()).toEqual({ status: 200, database: 'ok' });

    process.kill(postgres.pid, 'SIGQUIT');
    await postgres.ended;
    try {
      await expect.poll(health).toEqual({ status: 503, database: 'does not answer' });
      expect((await app.fetch('/health/live')).status).toBe(200);
      expect((await app.gql('{ runs(first: 1) { edges { node { id } } } }')).errors).toMatchObject([
        { extensions: { code: 'DATABASE_UNREACHABLE' } },
      ]);
      openGate(gate);
      // Longer than a living worker is ever silent.
      await sleep(DEAD_AFTER_MS);
    } finally {
      postgres = await startTestPostgres(dir, { port: postgres.port, settings: SETTINGS });
    }
    await studio.worker.sweeper.sweep();
    await expect.poll(health).toEqual({ status: 200, database: 'ok' });
    const { run, node } = await outcomeOf(platform, runId);
    expect(run.status).toBe('succeeded');
    expect(Object.values(node).map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
    for (const one of ['heavy', 'asset']) expect(ran.get(`${runId}/${one}`), one).toBe(1);
    expect(await platform.db.asset.count({ where: { runId } })).toBe(1);
    await followed;
    const events = await platform.db.runEvent.findMany({ where: { runId }, orderBy: { seq: 'asc' } });
    expect(seen).toEqual(events.map(({ seq }) => seq));
    expect(seen).toEqual(seen.map((_, at) => at + 1));
  });
}
