import pg from 'pg';
import { makeLog } from '../../runtime/log.js';
import { openPlatform } from '../../runtime/platform.js';
import { StaleAssets, type StaleFilter } from '../../runtime/staleAssets.js';
import { install } from '../installation.js';
import { ASSETS, CAD_FILES, fileOf, fillCatalogue, PRODUCTS } from './data.js';

// node --import tsx bench/stale/main.ts: what it costs to find what is out of date in a large catalogue, in statements and milliseconds.
const installation = await install({ noSync: true });
const stops: (() => Promise<unknown>)[] = [() => installation.remove()];
try {
  const settings = installation.settings(await installation.createMigrated('bench'));
  const platform = await openPlatform(settings, { log: makeLog('warn') });
  stops.unshift(() => platform.close());
  const { db, pool, store } = platform;
  const files = [];
  for (let product = 1; product <= PRODUCTS; product += 1) files.push(await fileOf(store, product));
  await fillCatalogue(pool, files, 'the library of then');
  console.log(
    `${ASSETS} assets of ${PRODUCTS} products, ${ASSETS * 12} node runs, 3D models of ${CAD_FILES} CAD files, a page of 50`,
  );

  async function look(what: string, page: { after?: string; limit: number } = { limit: 50 }, filter: StaleFilter = {}) {
    let statements = 0;
    const query = pg.Client.prototype.query;
    pg.Client.prototype.query = function counted(this: pg.Client, ...args: unknown[]) {
      statements += 1;
      return (query as (...all: unknown[]) => unknown).apply(this, args);
    } as typeof query;
    const before = performance.now();
    const found = await new StaleAssets(platform, filter).page(page);
    const ms = performance.now() - before;
    pg.Client.prototype.query = query;
    console.log(`${what}: ${found.length} found, ${statements} statements, ${ms.toFixed(0)} ms`);
    return found;
  }
  await look('another library, and new CAD files that were not taken in');
  await look('the same once more');
  const { id: productId } = await db.product.findUniqueOrThrow({ where: { sku: 'SKU-20' } });
  await look('of one product', undefined, { productId });
  await db.product.updateMany({
    where: { sku: 'SKU-1999' },
    data: { materialAssignments: { 'Part 1999-1': 'steel' } },
  });
  const steel = { name: 'steel', label: 'Steel', spec: { baseColor: '#cccccc', metallic: 1 } };
  const { id: materialId } = await db.material.create({ data: steel });
  await look('a new material, chosen for one product');
  const rule = { priority: 10, partNamePattern: '*7-0*', materialId };
  const { id: ruleId } = await db.materialRule.create({ data: rule });
  const [first] = await look('a new rule that decides on a tenth of the products');
  await look('the same once more');
  await look('its next page', { after: first!.asset.id, limit: 50 });
  await db.materialRule.update({ where: { id: ruleId }, data: { partNamePattern: 'housing*' } });
  await look('a rule that decides on all products');
  await pool.query(`update output_type set profile_changed_at = now() + interval '1 second'`);
  await look('the output type changed as well');
  const intake = await db.workflow.findUniqueOrThrow({ where: { key: 'i' } });
  await db.workflowVersion.create({ data: { workflowId: intake.id, number: 2, graph: {} } });
  await look('CAD intake published anew');
  await look('the same by its reason', undefined, { reason: 'workflow' });
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  for (const stop of stops) await stop();
}
