import { type ChildProcess, fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { install } from '../installation.js';
import { median } from '../measure.js';
import type { Load, Transport } from './load.js';
import { begin, fill, runId } from './runs.js';

// npm run bench:subscribers -- [--seconds 8] [--rounds 3] [--subscribers 200] [--rate 100] [--only floor,sse,ws]
// How long after a run was begun in the database every subscriber has heard of it: over the real server's server-sent events and WebSockets, and
// over bare `node:http`, in turns, so that all meet the same machine.
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
    subscribers: { type: 'string', default: '200' },
    rate: { type: 'string', default: '100' },
    only: { type: 'string', default: 'floor,sse,ws' },
  },
});
const [seconds, rounds, subscribers, rate] = [values.seconds, values.rounds, values.subscribers, values.rate].map(
  Number,
) as [number, number, number, number];
const TOKEN = 'bench-token-0123456789';
/** Seconds before the clock runs: compilers and connections warm up. */
const WARM_UP_S = 4;
const QUERY = 'subscription { runChanged { cursor status run { id title status progress } } }';

interface Contestant {
  name: string;
  kind: 'hartomat' | 'floor';
  transport: Transport;
  path: string;
}
const CONTESTANTS: Record<string, Contestant> = {
  floor: { name: 'bare node:http, server-sent events', kind: 'floor', transport: 'sse', path: '/' },
  sse: { name: 'HartOMat, server-sent events', kind: 'hartomat', transport: 'sse', path: '/graphql/stream' },
  ws: { name: 'HartOMat, graphql-ws', kind: 'hartomat', transport: 'ws', path: '/graphql' },
};

interface Figures {
  p50: number;
  p99: number;
  max: number;
  lost: number;
  repeats: number;
}

const installation = await install();
const wanted = values.only.split(',').map((key) => CONTESTANTS[key]!);
try {
  const measured = new Map<Contestant, Figures[]>(wanted.map((contestant) => [contestant, []]));
  for (let round = 0; round < rounds; round++)
    for (const contestant of wanted)
      measured.get(contestant)!.push(await measure(contestant, `bench_${round}_${wanted.indexOf(contestant)}`));
  const floor = measured.get(CONTESTANTS.floor!);
  for (const [{ name }, figures] of measured) {
    const of = (key: keyof Figures) => median(figures.map((each) => each[key]));
    const sum = (key: keyof Figures) => figures.reduce((total, each) => total + each[key], 0);
    const ratio = floor ? ` · ${(of('p99') / median(floor.map(({ p99 }) => p99))).toFixed(2)} × the floor` : '';
    console.log(
      `${name.padEnd(36)} p50 ${of('p50').toFixed(1)} ms · p99 ${of('p99').toFixed(1)} ms · most ${of('max').toFixed(1)} ms${ratio} · ` +
        `${sum('lost')} lost · ${sum('repeats')} repeated · p99 of the rounds ${figures.map(({ p99 }) => p99.toFixed(1)).join(', ')}`,
    );
  }
} finally {
  await installation.remove();
}

/** A database of its own each time: what is in the feed must not differ. */
async function measure({ kind, transport, path: where }: Contestant, name: string): Promise<Figures> {
  const databaseUrl = await installation.createMigrated(name);
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  // The server may be stopped before it has seen a connection off.
  pool.on('error', () => {});
  const children: ChildProcess[] = [];
  try {
    const events = (WARM_UP_S * 4 + seconds) * rate;
    await fill(pool, events);
    const server = start('server.ts', [kind, databaseUrl, installation.dir, TOKEN]);
    children.push(server);
    const port = (await told(server)) as number;
    const file = path.join(installation.dir, 'arrivals');
    const load: Load = { transport, port, path: where, token: TOKEN, query: QUERY, subscribers, events, file };
    const clients = start('load.ts', [JSON.stringify(load)]);
    children.unshift(clients);
    const { first, sentAt } = await publish(kind === 'floor' ? publishToFloor : begin, pool, told(clients));
    clients.send('stop');
    const repeats = (await told(clients)) as number;
    return { repeats, ...latencies(new Float64Array((await readFile(file)).buffer), first, sentAt) };
  } finally {
    for (const child of children) await stop(child);
    await pool.end();
  }
}

/** Publishes at an even pace: unmeasured until everybody is there and warm, then for as long as is measured.
 * @returns the first event that counts, and when each was sent. */
async function publish(send: (pool: pg.Pool, n: number) => Promise<unknown>, pool: pg.Pool, ready: Promise<unknown>) {
  let isReady = false;
  void ready.then(() => {
    isReady = true;
  });
  const sentAt: number[] = [];
  let number = 0;
  const paced = async (isDone: () => boolean) => {
    const first = number;
    const begun = now();
    while (!isDone()) {
      const wait = begun + ((number - first) * 1000) / rate - now();
      if (wait > 0) await pause(wait);
      number++;
      sentAt[number] = now();
      send(pool, number).catch(fail);
    }
  };
  const warmUntil = now() + WARM_UP_S * 1000;
  await paced(() => (isReady && now() > warmUntil) || number >= WARM_UP_S * 4 * rate);
  if (!isReady) throw new Error('not everybody heard of something');
  const first = number + 1;
  await paced(() => number >= first + seconds * rate - 1);
  return { first, sentAt };
}

function latencies(arrivals: Float64Array, first: number, sentAt: readonly number[]) {
  const all: number[] = [];
  let lost = 0;
  for (let event = first; event < sentAt.length; event++)
    for (const at of arrivals.subarray((event - 1) * subscribers, event * subscribers))
      if (at === 0) lost++;
      else all.push(at - sentAt[event]!);
  all.sort((a, b) => a - b);
  const quantile = (q: number) => all[Math.floor((all.length - 1) * q)]!;
  return { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1), lost };
}

/** The same write, and the answer that HartOMat would give with it. */
async function publishToFloor(pool: pg.Pool, n: number): Promise<void> {
  const run = { id: runId(n), title: 'Stills', status: 'running', progress: 0 };
  const text = JSON.stringify({ data: { runChanged: { cursor: `${1000 + n}.${n}`, status: 'running', run } } });
  await pool.query({
    name: 'floor',
    text: `with written as (insert into run_event (run_id, seq, type, data) values (gen_random_uuid(), $2, 'run.started', '{}'))
      select pg_notify('bench', $1)`,
    values: [text, n],
  });
}

function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

function start(program: string, args: string[]): ChildProcess {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), args, {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  child.once('exit', (code) => code && fail(new Error(`${program} ended with ${code}`)));
  return child;
}

function fail(error: unknown): never {
  console.error(error);
  process.exit(1);
}

function told(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once('message', resolve));
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  if (child.connected) child.disconnect();
  await ended;
}
