import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { onPath } from '../scripts/lib/debian.mjs';
import { freePort } from '../scripts/lib/processes.mjs';
import { WORKLOAD } from './graphs.js';
import { install } from './installation.js';
import { type Contestant, type Figures, measure } from './measure.js';
import { peers } from './peers.js';
import { floor } from './runs/floor.js';
import { hartomat } from './runs/hartomat.js';

// npm run bench [-- --only hartomat|floor|peers] [--backend redis|postgres] [--peers]
// The 12-node no-op graph of workload.json and its fan-outs through the real dispatch, beside raw BullMQ jobs on the same servers in the same run.
const { values } = parseArgs({
  options: { only: { type: 'string' }, backend: { type: 'string' }, peers: { type: 'boolean', default: false } },
});
const isWanted = (who: string) => !values.only || values.only === who;
const { queueConcurrency } = WORKLOAD.measures;
const installation = await install({ settings: { max_connections: 200 } });
const { dir } = installation;
const redis = await startRedis();

try {
  const databaseUrl = await installation.createMigrated('bench');
  const backends = [redis?.url ?? null, null].filter(
    (url, i) => (i === 1 || url) && (!values.backend || (values.backend === 'redis') === Boolean(url)),
  );
  if (!redis) console.log('redis-server is not installed: the Redis half is skipped.');
  const figures: Figures[] = [];
  for (const redisUrl of backends) {
    const urls = { databaseUrl, redisUrl };
    const settings = installation.settings(databaseUrl, { redisUrl });
    const contestants: (() => Promise<Contestant>)[] = [];
    if (isWanted('hartomat'))
      contestants.push(
        () => hartomat(settings, queueConcurrency, 'volatile'),
        () => hartomat(settings, queueConcurrency, 'effect'),
      );
    if (isWanted('floor'))
      contestants.push(
        () => floor(urls, queueConcurrency, 'postgres'),
        () => floor(urls, queueConcurrency, 'memory'),
      );
    for (const open of contestants) figures.push(await measured(open));
  }
  if (values.peers) {
    const databaseUrl = await installation.createDatabase('peers');
    for (const open of await peers({ databaseUrl, dir })) figures.push(await measured(open));
  }
  printRatios(figures);
} finally {
  await redis?.stop();
  await installation.remove();
}

async function measured(open: () => Promise<Contestant>): Promise<Figures> {
  const contestant = await open();
  const figures = await measure(contestant).finally(() => contestant.close());
  console.log(row(figures));
  return figures;
}

function row({ name, p50Ms, p95Ms, runsPerSecond, fanoutMs }: Figures): string {
  const fans = Object.entries(fanoutMs).map(
    ([n, ms]) => `1→${n}→1 ${ms.toFixed(0)} ms (${((ms * 1000) / (Number(n) + 2)).toFixed(0)} µs/node)`,
  );
  return `${name.padEnd(44)} p50 ${p50Ms.toFixed(1)} ms · p95 ${p95Ms.toFixed(1)} ms · ${runsPerSecond.toFixed(0)} runs/s · ${fans.join(' · ')}`;
}

function isPeer(name: string): boolean {
  return !name.startsWith('HartOMat') && !name.startsWith('raw BullMQ');
}

/** HartOMat ÷ the peers, and ÷ the floor with the same backend and, like HartOMat, its state in Postgres; below 1 is faster (for runs/s: floor ÷ HartOMat). */
function printRatios(figures: Figures[]): void {
  for (const ours of figures.filter(({ name }) => name.startsWith('HartOMat'))) {
    const backend = ours.name.split(' ').at(-1)!;
    const others = figures.filter(({ name }) => name.startsWith(`raw BullMQ on ${backend},`) || isPeer(name));
    for (const other of others) {
      const fans = Object.keys(ours.fanoutMs).map(
        (n) => `fan-out ${n} ${(ours.fanoutMs[Number(n)]! / other.fanoutMs[Number(n)]!).toFixed(2)}`,
      );
      console.log(
        `${ours.name} ÷ ${other.name}: p50 ${(ours.p50Ms / other.p50Ms).toFixed(2)} · burst ${(other.runsPerSecond / ours.runsPerSecond).toFixed(2)} · ${fans.join(' · ')}`,
      );
    }
  }
}

async function startRedis(): Promise<{ url: string; stop(): Promise<void> } | null> {
  const program = onPath('redis-server');
  if (!program) return null;
  const port = await freePort();
  const server = spawn(
    program,
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'no'],
    { stdio: 'ignore' },
  );
  const client = new Redis({ port, maxRetriesPerRequest: 50, retryStrategy: () => 50 });
  client.on('error', () => {});
  await client.ping();
  client.disconnect();
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.once('exit', () => resolve());
        server.kill();
      }),
  };
}
