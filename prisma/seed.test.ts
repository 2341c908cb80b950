import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPlatform, type Platform } from '../runtime/platform.js';
import { readSettings } from '../runtime/settings.js';
import { createTestDatabase, type TestDatabase } from '../tests/support/database.js';
import { resolveParams } from '../workflow/invocation.js';
import { parseGraph, validateGraph } from '../workflow/validate.js';
import { seed } from './seed.js';

let home: string;
let database: TestDatabase;
let platform: Platform;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'hartomat-seed-'));
  database = await createTestDatabase();
  platform = await openPlatform(readSettings({ DATABASE_URL: database.url, HARTOMAT_HOME: home }));
  await seed(platform);
});
afterAll(async () => {
  await platform.close();
  await database.drop();
  await rm(home, { recursive: true, force: true });
});

const counts = async () => {
  const { db } = platform;
  const tables = [db.workflow, db.workflowVersion, db.material, db.materialRule, db.renderTemplate, db.category];
  const more = [db.pricingTier, db.outputType, db.product, db.cadFile, db.artifact];
  return Promise.all([...tables, ...more].map((table) => (table as typeof db.workflow).count()));
};

it('seeds workflows that are valid and take the overrides of the output types', async () => {
  const outputTypes = await platform.db.outputType.findMany({
    include: { categories: true, pricingTier: true, workflow: { include: { versions: true } } },
    orderBy: { sortOrder: 'asc' },
  });
  expect(outputTypes.map(({ key, rollout }) => [key, rollout])).toEqual([
    ['still_1k_transparent', 'graph'],
    ['still_1k_white', 'graph'],
    ['turntable_360', 'graph'],
    ['production_blend', 'graph'],
  ]);
  for (const { workflow, overrides, categories, pricingTier } of outputTypes) {
    const { graph } = parseGraph(workflow!.versions[0]!.graph as never);
    expect(validateGraph(graph!, platform.definition).filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(resolveParams(graph!, platform.definition, { outputType: overrides as never }).findings).toEqual([]);
    expect([categories[0]!.key, pricingTier!.currency]).toEqual(['bearings', 'EUR']);
  }
});

it('seeds a product with its STEP file in the store, materials with rules, and a template', async () => {
  const product = await platform.db.product.findFirstOrThrow({ include: { cadFile: { include: { artifact: true } } } });
  const { sha256, byteSize } = product.cadFile!.artifact;
  expect(await platform.store.byteSize(sha256)).toBe(Number(byteSize));
  expect((await counts()).every((count) => count > 0)).toBe(true);
  expect(await platform.db.materialRule.count()).toBeGreaterThan(3);
});

it('adds nothing the second time and keeps what a user changed', async () => {
  const { db } = platform;
  const before = await counts();
  const material = await db.material.findFirstOrThrow();
  const workflow = await db.workflow.findFirstOrThrow();
  await db.material.update({ where: { id: material.id }, data: { label: 'Ours' } });
  await db.workflow.update({ where: { id: workflow.id }, data: { name: 'Our intake' } });
  await db.outputType.updateMany({ data: { rollout: 'legacy' } });
  await Promise.all([seed(platform), seed(platform)]);
  expect(await counts()).toEqual(before);
  expect((await db.material.findUniqueOrThrow({ where: { id: material.id } })).label).toBe('Ours');
  expect((await db.workflow.findUniqueOrThrow({ where: { id: workflow.id } })).name).toBe('Our intake');
  expect(await db.outputType.count({ where: { rollout: { not: 'legacy' } } })).toBe(0);
});

it('adds what newer versions bring to an installation that is there', async () => {
  const { db } = platform;
  await db.outputType.deleteMany({ where: { key: 'turntable_360' } });
  await db.workflow.update({ where: { key: 'order_turntable' }, data: { key: 'of_our_own' } });
  await seed(platform);
  const added = await db.outputType.findUniqueOrThrow({ where: { key: 'turntable_360' }, include: { workflow: true } });
  expect(added).toMatchObject({ artifactKind: 'turntable_video', workflow: { key: 'order_turntable' } });
});
