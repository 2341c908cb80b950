import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import type pg from 'pg';
import { makeLog } from '../../runtime/log.js';
import { openPlatform } from '../../runtime/platform.js';
import { createApp } from '../../server/app.js';
import { install } from '../installation.js';
import { fill, NODES, RUNS } from './data.js';
import { floorServer } from './floor.js';
import type { Load, LoadResult } from './load.js';
import { SELECTIONS, type Selection } from './selections.js';

// npm run bench:api -- [--seconds 5] [--rounds 3] [--only 0,2]
// Lists over the real server, each beside a server that can do nothing but this one list; in turns, so that both meet the same machine.
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
  },
});
const CONNECTIONS = 20;
const TOKEN = 'bench-token-0123456789';
const exec = promisify(execFile);

const installation = await install({ noSync: true });
try {
  const settings = installation.settings(await installation.createMigrated('bench'), { adminToken: TOKEN });
  const platform = await openPlatform(settings, { log: makeLog('warn') });
  console.log(
    `${RUNS} runs, ${RUNS * NODES} node runs, ${CONNECTIONS} connections, ${values.rounds} rounds of ${values.seconds} s`,
  );
  await fill(platform.pool);
  const app = await createApp(platform);
  const ours = await listen(createServer(app.handle));
  for (const selection of SELECTIONS.filter((_, i) => !values.only || values.only.split(',').includes(String(i))))
    await compare(selection, ours, platform.pool);
  app.stop();
  ours.close();
  ours.closeAllConnections();
  await app.close();
  await platform.close();
} finally {
  await installation.remove();
}

async function compare({ name, query, variables, sql }: Selection, ours: Server, pool: pg.Pool): Promise<void> {
  const floor = await listen(floorServer(pool, sql));
  const body = JSON.stringify({ query, variables });
  const headers = { authorization: `Bearer ${TOKEN}`, accept: 'application/json' };
  await checkAnswer(ours, body, headers);
  const measure = (server: Server, seconds: number) =>
    load({ port: portOf(server), path: '/graphql', body, headers, connections: CONNECTIONS, seconds });
  for (const server of [floor, ours]) await measure(server, 2);
  const rates = { floor: [] as number[], ours: [] as number[] };
  let bytes = { floor: 0, ours: 0 };
  for (let round = 0; round < Number(values.rounds); round++) {
    const [least, api] = [await measure(floor, Number(values.seconds)), await measure(ours, Number(values.seconds))];
    rates.floor.push(least.requests / least.seconds);
    rates.ours.push(api.requests / api.seconds);
    bytes = { floor: least.bytes, ours: api.bytes };
  }
  const [least, api] = [middle(rates.floor), middle(rates.ours)];
  const kB = (n: number) => `${Math.round(n / 1000)} kB`;
  console.log(
    `${name}: floor ${least.toFixed(0)} req/s (${kB(bytes.floor)}) · HartOMat ${api.toFixed(0)} req/s (${kB(bytes.ours)}) · ${(least / api).toFixed(2)} × the floor`,
  );
  floor.close();
  floor.closeAllConnections();
}

/** What is fast and wrong is not measured. */
async function checkAnswer(server: Server, body: string, headers: Record<string, string>): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${portOf(server)}/graphql`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
  });
  const answer = (await response.json()) as { data?: object; errors?: object[] };
  if (!response.ok || answer.errors || !answer.data) throw new Error(JSON.stringify(answer.errors ?? answer));
}

function middle(rates: number[]): number {
  return [...rates].sort((a, b) => a - b)[Math.floor(rates.length / 2)]!;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function listen(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function load(options: Load): Promise<LoadResult> {
  const program = fileURLToPath(new URL('load.ts', import.meta.url));
  const { stdout } = await exec(process.execPath, ['--import', 'tsx', program, JSON.stringify(options)]);
  return JSON.parse(stdout);
}
