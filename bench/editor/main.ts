import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import react from '@vitejs/plugin-react';
import express from 'express';
import pino from 'pino';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { seed } from '../../prisma/seed.js';
import { encodeGlobalId } from '../../runtime/globalId.js';
import { openPlatform } from '../../runtime/platform.js';
import { readSettings } from '../../runtime/settings.js';
import { ensureClientBuilt } from '../../scripts/lib/clientBuild.js';
import { logFileOf, Service } from '../../scripts/lib/service.js';
import { createSignInUrl } from '../../server/signIn.js';
import { openBrowser } from '../../tests/e2e/support/browser.js';
import { install } from '../installation.js';
import { timed } from '../measure.js';
import {
  centreOf,
  dragAround,
  framesWhile,
  freeSpot,
  lettersWhile,
  makeRecordable,
  type Times,
  typeInto,
  zoomInAndOut,
} from './gestures.js';
import { largeGraph, middleOf } from './graph.js';

// npm run bench:editor -- [--nodes 500] [--only floor,editor]
// How smoothly the workflow editor goes with a large graph, beside React Flow with its own plain nodes and nothing around it. Both are
// built as for production and shown by the same browser, one after the other.
const { values } = parseArgs({
  options: { nodes: { type: 'string', default: '500' }, only: { type: 'string', default: 'floor,editor' } },
});
const graph = largeGraph(Number(values.nodes));
const MIDDLE = middleOf(graph, 'publish_asset').id;

const installation = await install();
const { dir } = installation;
const browser = await openBrowser();
try {
  const wanted = values.only.split(',');
  const floor = wanted.includes('floor') ? await measureFloor() : new Map<string, Times>();
  const editor = wanted.includes('editor') ? await measureEditor() : new Map<string, Times>();
  for (const name of new Set([...floor.keys(), ...editor.keys()])) {
    const [ours, bare] = [editor.get(name), floor.get(name)];
    const ratio = ours && bare ? ` · p95 ${(quantile(ours, 0.95) / quantile(bare, 0.95)).toFixed(2)} × the floor` : '';
    console.log(
      `${name.padEnd(34)} ${[ours && `editor ${words(ours)}`, bare && `floor ${words(bare)}`].filter(Boolean).join(' | ')}${ratio}`,
    );
  }
} finally {
  await browser.close();
  await installation.remove();
}

function quantile(times: Times, q: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * q)] ?? 0;
}

function words(times: Times): string {
  const [p50, p95, most] = [0.5, 0.95, 1].map((q) => quantile(times, q).toFixed(0));
  if (times.length === 1) return `${p50} ms`;
  return `p50 ${p50} · p95 ${p95} · most ${most} ms (${times.filter((time) => time > 50).length} of ${times.length} over 50)`;
}

async function openPage(): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await makeRecordable(page);
  return page;
}

/** A page with a large drawing: opened, and moved about in as a whole and close by. */
async function drawing(page: Page, url: string): Promise<Map<string, Times>> {
  const times = new Map<string, Times>();
  const node = page.locator(`.react-flow__node[data-id=${MIDDLE}]`);
  const opening = await timed(async () => {
    await page.goto(url);
    await node.waitFor();
    await page.locator('.react-flow__edge').first().waitFor({ state: 'attached' });
  });
  times.set('open', [opening]);
  console.log(await page.locator('.react-flow__node').count(), 'nodes in view');
  times.set('drag a node, far off', await framesWhile(page, async () => dragAround(page, await centreOf(node), 60)));
  times.set('pan, far off', await framesWhile(page, async () => dragAround(page, await freeSpot(page), 60)));
  times.set('zoom in and out', await framesWhile(page, async () => zoomInAndOut(page, await centreOf(node))));
  await page.locator('.react-flow__controls-fitview').click();
  await page.waitForTimeout(500);
  const at = await centreOf(node);
  await page.mouse.move(at.x, at.y);
  for (let turn = 0; turn < 12; turn++) await page.mouse.wheel(0, -120);
  await page.waitForTimeout(500);
  times.set('drag a node, close by', await framesWhile(page, async () => dragAround(page, await centreOf(node), 60)));
  times.set('pan, close by', await framesWhile(page, async () => dragAround(page, await freeSpot(page), 60)));
  await page.locator('.react-flow__controls-fitview').click();
  await page.waitForTimeout(500);
  return times;
}

async function measureFloor(): Promise<Map<string, Times>> {
  const outDir = path.join(dir, 'bare');
  await build({
    configFile: false,
    root: fileURLToPath(new URL('bare', import.meta.url)),
    logLevel: 'error',
    plugins: [react()],
    build: { outDir, emptyOutDir: true, target: 'es2022' },
  });
  const app = express();
  app.get('/graph.json', (_request, response) => void response.json(graph));
  app.use(express.static(outDir));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const page = await openPage();
  try {
    return await drawing(page, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    await page.context().close();
    server.close();
  }
}

async function measureEditor(): Promise<Map<string, Times>> {
  const databaseUrl = await installation.createMigrated('bench');
  await ensureClientBuilt(console.log);
  const env = { ...process.env, HARTOMAT_HOME: dir, DATABASE_URL: databaseUrl, PORT: '0', REDIS_URL: '' };
  const platform = await openPlatform(readSettings(env), { log: pino({ level: 'silent' }) });
  const server = new Service({
    name: 'server',
    args: ['--import', 'tsx', 'server/main.ts'],
    env,
    logFile: logFileOf(dir, 'server'),
    say: console.log,
  });
  const page = await openPage();
  try {
    await seed(platform);
    const { id } = await platform.db.workflow.create({
      data: { key: 'large', name: 'Large', description: '', family: graph.family, draft: graph as object },
    });
    const { url } = await server.start();
    await page.goto(await createSignInUrl(platform.db, url!));
    await page.locator('main').waitFor();
    const times = await drawing(page, new URL(`/workflows/${encodeGlobalId('Workflow', id)}`, url).href);
    await page.locator(`.react-flow__node[data-id=${MIDDLE}]`).click();
    const panel = page.locator('aside.panel');
    const name = panel.getByLabel('Name', { exact: true });
    times.set('type a name', await lettersWhile(page, () => typeInto(page, name, 'A long name for this node')));
    const setting = panel.getByLabel('File name', { exact: true });
    times.set('type into a setting', await lettersWhile(page, () => typeInto(page, setting, '_of_the_summer')));
    return times;
  } finally {
    await page.context().close();
    await server.stop();
    await platform.close();
  }
}
