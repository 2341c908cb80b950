import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import type pg from 'pg';
import { makeLog } from '../../runtime/log.js';
import { openPlatform } from '../../runtime/platform.js';
import { encodeGlobalId } from '../../schema/globalId.js';
import { cursorOf } from '../../schema/pageCursors.js';
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

/** Twice: with all connections asking the same, as consoles do that hear of a change, and with each asking for a page of its own. */
async function compare(selection: Selection, ours: Server, pool: pg.Pool): Promise<void> {
  const { name, query, at, sql } = selection;
  const rows = Array.from({ length: CONNECTIONS }, (_, n) => 100 * (n + 1));
  const kinds: [what: string, row: number | null][][] = [];
  if (!at) kinds.push(rows.map(() => ['', null]));
  else {
    kinds.push(rows.map(() => ['all the same', at.isCursor ? null : rows[0]!]));
    kinds.push(rows.map((row) => ['each its own', row]));
  }
  for (const asked of kinds) {
    const ids = asked.flatMap(([, row]) => (at && row !== null ? idOf(at.kind, row) : []));
    const bodies = asked.map(([, row]) => JSON.stringify({ query, variables: at ? { at: named(at, row) } : {} }));
    const floor = await listen(floorServer(pool, sql(ids.length > 0), ids));
    const { least, api } = await inTurns(floor, ours, bodies);
    const kB = (n: number) => `${Math.round(n / 1000)} kB`;
    console.log(
      `${[name, asked[0]![0]].filter(Boolean).join(', ')}: floor ${least.rate.toFixed(0)} req/s (${kB(least.bytes)}) · HartOMat ${api.rate.toFixed(0)} req/s (${kB(api.bytes)}) · ${(least.rate / api.rate).toFixed(2)} × the floor`,
    );
    floor.close();
    floor.closeAllConnections();
  }
}

function idOf(kind: string, row: number): string {
  return `${kind.padStart(8, '0')}-0000-7000-8000-${String(row).padStart(12, '0')}`;
}

/** How the API calls a row. */
function named({ typename, kind, isCursor }: NonNullable<Selection['at']>, row: number | null): string | null {
  if (row === null) return null;
  return isCursor ? cursorOf(idOf(kind, row)) : encodeGlobalId(typename, idOf(kind, row));
}

interface Rate {
  /** Requests a second, the middle of all rounds. */
  rate: number;
  /** Of one answer. */
  bytes: number;
}

async function inTurns(floor: Server, ours: Server, bodies: readonly string[]): Promise<Record<'least' | 'api', Rate>> {
  const headers = { authorization: `Bearer ${TOKEN}`, accept: 'application/json' };
  for (const body of new Set(bodies)) await checkAnswer(ours, body, headers);
  const measure = (server: Server, seconds: number) =>
    load({ port: portOf(server), path: '/graphql', bodies, headers, seconds });
  for (const server of [floor, ours]) await measure(server, 2);
  const results = { least: [] as LoadResult[], api: [] as LoadResult[] };
  for (let round = 0; round < Number(values.rounds); round++) {
    results.least.push(await measure(floor, Number(values.seconds)));
    results.api.push(await measure(ours, Number(values.seconds)));
  }
  const middleOf = (all: LoadResult[]): Rate => ({
    rate: middle(all.map(({ requests, seconds }) => requests / seconds)),
    bytes: all[0]!.bytes,
  });
  return { least: middleOf(results.least), api: middleOf(results.api) };
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
