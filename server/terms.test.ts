import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { createMember } from '../tests/support/members.js';
import { mutationCalls, resultOf } from '../tests/support/mutationCalls.js';
import { PATIENCE_MS } from '../tests/support/patience.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { type Catalogue, createCatalogue } from '../tests/support/testData.js';

let app: TestApp;
let catalogue: Catalogue;
beforeAll(async () => {
  app = await startTestApp();
  catalogue = await createCatalogue(app.platform);
});
afterAll(() => app.close());

const call = mutationCalls(() => app);
const TIER = '... on PricingTier { id key label currency unitPriceCents archivedAt outputTypeCount }';
const createTier = (input: object) => call('createPricingTier', 'CreatePricingTierInput', TIER, input);
const updateTier = (input: object) => call('updatePricingTier', 'UpdatePricingTierInput', TIER, input);
/** Archiving has no issues to tell. */
const archive = (field: string, inputType: string, selection: string, input: object) =>
  resultOf(app, field, inputType, `${selection} ... on Error { code message }`, input);
const archiveTier = (pricingTierId: string, isArchived = true) =>
  archive('archivePricingTier', 'ArchivePricingTierInput', TIER, { pricingTierId, isArchived });

const CATEGORY = '... on Category { id key label archivedAt productCount outputTypeCount }';
const createCategory = (input: object) => call('createCategory', 'CreateCategoryInput', CATEGORY, input);
const archiveCategory = (categoryId: string, isArchived = true) =>
  archive('archiveCategory', 'ArchiveCategoryInput', CATEGORY, { categoryId, isArchived });

const keysOf = async (list: 'pricingTiers' | 'categories', args = '') => {
  const { data } = await app.gql(`{ ${list}${args} { edges { node { key } } } }`);
  return data[list].edges.map(({ node }: { node: { key: string } }) => node.key);
};
const offered = async () => {
  const { data } = await app.gql(
    '{ outputTypeDraft(input: {}) { pricingTiers { key } categories { key } } lookup(name: "categories") { value } }',
  );
  const keys = (list: { key: string }[]) => list.map(({ key }) => key);
  const { pricingTiers, categories } = data.outputTypeDraft;
  return { tiers: keys(pricingTiers), categories: keys(categories), looked: data.lookup.map((one: any) => one.value) };
};
const updateOutputType = async (changes: object) => {
  const { id: key, revision } = await app.platform.db.outputType.findUniqueOrThrow({
    where: { id: catalogue.outputType.id },
  });
  const outputTypeId = id('OutputType', key);
  return call('updateOutputType', 'UpdateOutputTypeInput', '... on OutputType { name }', {
    outputTypeId,
    revision,
    changes,
  });
};
/** Gives the output type of the catalogue its price and its category back. */
const restore = () =>
  app.platform.db.outputType.update({
    where: { id: catalogue.outputType.id },
    data: { pricingTierId: catalogue.tier.id, categories: { set: [{ id: catalogue.category.id }] } },
  });
beforeEach(restore);

describe('pricing tiers', () => {
  test('are made once, changed in part, and found', async () => {
    const input = { key: 'rush', label: ' Rush ', currency: 'eur', unitPriceCents: 4900, idempotencyKey: 'k' };
    const made = await createTier(input);
    expect(made).toMatchObject({ key: 'rush', label: 'Rush', currency: 'EUR', unitPriceCents: 4900, archivedAt: null });
    expect((await createTier(input)).id).toBe(made.id);
    expect(await createTier({ ...input, idempotencyKey: null })).toMatchObject({ code: 'PRICING_TIER_KEY_TAKEN' });
    expect(await updateTier({ pricingTierId: made.id, unitPriceCents: 0 })).toEqual({ ...made, unitPriceCents: 0 });
    expect(await updateTier({ pricingTierId: made.id, label: 'Express', currency: 'JPY' })).toMatchObject({
      label: 'Express',
      currency: 'JPY',
      unitPriceCents: 0,
    });
    expect(await keysOf('pricingTiers', '(text: "expr")')).toEqual(['rush']);
    expect((await offered()).tiers).toContain('rush');
  });

  test('say of each value what does not fit, and keep nothing then', async () => {
    const wrong = { key: 'Rush 2', label: ' ', currency: 'EURO', unitPriceCents: -1 };
    const issues = [{ path: '/key' }, { path: '/label' }, { path: '/currency' }, { path: '/unitPriceCents' }];
    expect(await createTier(wrong)).toMatchObject({ __typename: 'ValidationError', issues });
    const pricingTierId = id('PricingTier', catalogue.tier.id);
    const { key: _key, ...changes } = wrong;
    expect(await updateTier({ pricingTierId, ...changes })).toMatchObject({ issues: issues.slice(1) });
    expect(await updateTier({ pricingTierId, unitPriceCents: 1_000_000_001 })).toMatchObject({
      issues: [{ path: '/unitPriceCents' }],
    });
    expect(await updateTier({ pricingTierId })).toMatchObject({ label: 'Standard', unitPriceCents: 1900 });
    expect(await updateTier({ pricingTierId: id('Category', catalogue.category.id) })).toMatchObject({
      __typename: 'NotFoundError',
    });
  });

  test('that change leave what was ordered as it was', async () => {
    const pricingTierId = id('PricingTier', catalogue.tier.id);
    const line = {
      productId: id('Product', catalogue.product.id),
      outputTypeId: id('OutputType', catalogue.outputType.id),
    };
    const order = () =>
      call('createOrder', 'CreateOrderInput', '... on Order { id lines { price { amount currency } } }', {
        lines: [{ ...line, quantity: 2 }],
      });
    const placed = await order();
    expect(placed.lines).toEqual([{ price: { amount: '38.00', currency: 'EUR' } }]);
    await updateTier({ pricingTierId, unitPriceCents: 99900, currency: 'USD' });
    const { data } = await app.gql('query ($id: ID!) { order(id: $id) { lines { price { amount currency } } } }', {
      id: placed.id,
    });
    expect(data.order.lines).toEqual(placed.lines);
    expect((await order()).lines).toEqual([{ price: { amount: '1998.00', currency: 'USD' } }]);
    await updateTier({ pricingTierId, unitPriceCents: 1900, currency: 'EUR' });
  });

  test('are put away only where nothing costs them, and then not taken any more', async () => {
    const pricingTierId = id('PricingTier', catalogue.tier.id);
    const refused = await archiveTier(pricingTierId);
    expect(refused).toMatchObject({ __typename: 'ConflictError', code: 'PRICING_TIER_IN_USE' });
    expect(refused.message).toContain(catalogue.outputType.name);
    expect(await updateOutputType({ pricingTierId: null })).toMatchObject({ __typename: 'OutputType' });
    expect(await archiveTier(pricingTierId)).toMatchObject({ key: 'standard', archivedAt: expect.any(String) });
    expect((await offered()).tiers).not.toContain('standard');
    expect(await keysOf('pricingTiers')).not.toContain('standard');
    expect(await keysOf('pricingTiers', '(includeArchived: true)')).toContain('standard');
    expect(await updateOutputType({ pricingTierId })).toMatchObject({
      issues: [{ path: '/pricingTierId', message: expect.stringContaining('archived') }],
    });
    const old = { content: JSON.stringify([{ id: 'old', name: 'Old still', pricing_tier: 'standard' }]) };
    const { data } = await app.gql(
      `mutation ($input: ImportLegacyOutputTypesInput!) { importLegacyOutputTypes(input: $input) {
        ... on LegacyImport { rows { status issues { path } } } } }`,
      { input: old },
    );
    expect(data.importLegacyOutputTypes.rows).toEqual([{ status: 'failed', issues: [{ path: '/pricing_tier' }] }]);
    expect(await archiveTier(pricingTierId, false)).toMatchObject({ archivedAt: null });
    expect(await updateOutputType({ pricingTierId })).toMatchObject({ __typename: 'OutputType' });
  });
});

describe('categories', () => {
  test('are made once, renamed, and found', async () => {
    const made = await createCategory({ key: 'pumps', label: ' Pumps ', idempotencyKey: 'k' });
    expect(made).toMatchObject({ key: 'pumps', label: 'Pumps', archivedAt: null, productCount: 0, outputTypeCount: 0 });
    expect((await createCategory({ key: 'pumps', label: ' Pumps ', idempotencyKey: 'k' })).id).toBe(made.id);
    expect(await createCategory({ key: 'pumps', label: 'Pumps' })).toMatchObject({ code: 'CATEGORY_KEY_TAKEN' });
    const rename = (categoryId: string, label: string) =>
      call('updateCategory', 'UpdateCategoryInput', CATEGORY, { categoryId, label });
    expect(await rename(made.id, 'Gear pumps')).toEqual({ ...made, label: 'Gear pumps' });
    expect(await rename(made.id, '')).toMatchObject({ issues: [{ path: '/label' }] });
    expect(await rename(id('Category', catalogue.tier.id), 'X')).toMatchObject({ __typename: 'NotFoundError' });
    expect(await createCategory({ key: '9', label: '' })).toMatchObject({
      issues: [{ path: '/key' }, { path: '/label' }],
    });
    expect(await keysOf('categories', '(text: "gear")')).toEqual(['pumps']);
  });

  test('are put away only where nothing belongs to them, and then not taken any more', async () => {
    const { db } = app.platform;
    const categoryId = id('Category', catalogue.category.id);
    const { id: materialId } = await db.material.findFirstOrThrow();
    const rule = await db.materialRule.create({ data: { priority: 1, categoryKey: 'bearings', materialId } });
    expect(await archiveCategory(categoryId)).toMatchObject({
      code: 'CATEGORY_IN_USE',
      message: '“Bearings” still has 1 product, 1 output type and 1 material rule. Take them out of it first.',
    });
    const productId = id('Product', catalogue.product.id);
    const update = (categoryKey: string | null) =>
      call('updateProduct', 'UpdateProductInput', '... on Product { sku }', { productId, categoryKey });
    await update(null);
    await db.materialRule.delete({ where: { id: rule.id } });
    await updateOutputType({ categoryIds: [] });
    expect(await archiveCategory(categoryId)).toMatchObject({ archivedAt: expect.any(String) });

    const { categories, looked } = await offered();
    expect([...categories, ...looked, ...(await keysOf('categories'))]).not.toContain('bearings');
    const archived = expect.stringContaining('archived');
    expect(await update('bearings')).toMatchObject({ issues: [{ path: '/categoryKey', message: archived }] });
    expect(await updateOutputType({ categoryIds: [categoryId] })).toMatchObject({
      issues: [{ path: '/categoryIds/0', message: archived }],
    });
    const input = { materialId: id('Material', materialId), categoryKey: 'bearings' };
    expect(await call('createMaterialRule', 'MaterialRuleInput', '', input)).toMatchObject({
      issues: [{ path: '/categoryKey', message: archived }],
    });
    expect(await archiveCategory(categoryId, false)).toMatchObject({ archivedAt: null });
    expect(await update('bearings')).toMatchObject({ __typename: 'Product' });
  });
});

test('are what authors decide on, and everybody’s act is on record', async () => {
  const artist = await createMember(app.platform, 'artist');
  const input = { key: 'by_artist', label: 'By an artist', currency: 'EUR', unitPriceCents: 1 };
  const as = ({ headers }: { headers: Record<string, string> }) =>
    resultOf(app, 'createPricingTier', 'CreatePricingTierInput', TIER, input, { headers });
  expect(await as(artist)).toMatchObject({ key: 'by_artist' });
  for (const role of ['viewer', 'operator', 'partner'] as const) {
    const member = await createMember(app.platform, role);
    const { errors } = await app.gql(
      'mutation { createCategory(input: { key: "no", label: "No" }) { __typename } }',
      {},
      member.headers,
    );
    expect(errors?.[0]?.extensions, role).toMatchObject({ code: 'FORBIDDEN' });
  }
  const { data } = await app.gql(
    'query ($id: ID!) { auditTrail(filter: { accountId: $id }) { edges { node { mutation outcome input } } } }',
    { id: id('Account', artist.account.id) },
  );
  expect(data.auditTrail.edges[0].node).toMatchObject({
    mutation: 'createPricingTier',
    outcome: 'ok',
    input: { input },
  });
});

describe('of two people at once', () => {
  /** Archives a row in a transaction that stays open until `meanwhile` waits for it, and hands back what came of that. */
  async function whileArchiving<T>(table: 'pricing_tier' | 'category', rowId: string, meanwhile: () => Promise<T>) {
    const { pool } = app.platform;
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(`SELECT FROM ${table} WHERE id = $1 FOR UPDATE`, [rowId]);
      await client.query(`UPDATE ${table} SET archived_at = now() WHERE id = $1`, [rowId]);
      const outcome = meanwhile();
      await vi.waitFor(
        async () => {
          const { rows } = await pool.query(
            `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          );
          expect(rows).toHaveLength(1);
        },
        { timeout: PATIENCE_MS, interval: 20 },
      );
      await client.query('COMMIT');
      return await outcome;
    } finally {
      client.release();
    }
  }

  test('who saves with a price or a category that the other puts away is told, and nothing is saved', async () => {
    const { db } = app.platform;
    const tier = await db.pricingTier.create({
      data: { key: 'fleeting', label: 'Fleeting', currency: 'EUR', unitPriceCents: 100 },
    });
    const pricingTierId = id('PricingTier', tier.id);
    expect(await whileArchiving('pricing_tier', tier.id, () => updateOutputType({ pricingTierId }))).toMatchObject({
      issues: [{ path: '/pricingTierId', message: '“Fleeting” is archived.' }],
    });
    await db.pricingTier.update({ where: { id: tier.id }, data: { archivedAt: null } });
    const profile = { name: 'Fleeting still', family: 'order_line', artifactKind: 'still_image', pricingTierId };
    const create = () => call('createOutputType', 'OutputTypeInput', '... on OutputType { name }', profile);
    expect(await whileArchiving('pricing_tier', tier.id, create)).toMatchObject({
      issues: [{ path: '/pricingTierId' }],
    });
    expect(await db.outputType.count({ where: { pricingTierId: tier.id } })).toBe(0);

    const category = await db.category.create({ data: { key: 'passing', label: 'Passing' } });
    const free = () => db.category.update({ where: { id: category.id }, data: { archivedAt: null } });
    const categoryIds = [id('Category', catalogue.category.id), id('Category', category.id)];
    expect(await whileArchiving('category', category.id, () => updateOutputType({ categoryIds }))).toMatchObject({
      issues: [{ path: '/categoryIds/1', message: '“Passing” is archived.' }],
    });
    await free();
    const productId = id('Product', catalogue.product.id);
    const move = () =>
      call('updateProduct', 'UpdateProductInput', '... on Product { sku }', { productId, categoryKey: 'passing' });
    expect(await whileArchiving('category', category.id, move)).toMatchObject({ issues: [{ path: '/categoryKey' }] });
    await free();
    const materialId = id('Material', (await db.material.findFirstOrThrow()).id);
    const rule = () =>
      call('createMaterialRule', 'MaterialRuleInput', '... on MaterialRule { priority }', {
        ...{ materialId, categoryKey: 'passing' },
      });
    expect(await whileArchiving('category', category.id, rule)).toMatchObject({ issues: [{ path: '/categoryKey' }] });
    const counts = await db.category.findUniqueOrThrow({
      where: { id: category.id },
      include: { _count: true },
    });
    expect(counts._count).toEqual({ products: 0, outputTypes: 0 });
    expect(await db.materialRule.count({ where: { categoryKey: 'passing' } })).toBe(0);
  });

  test('who changes a price or a category after the other, without knowing it, is told', async () => {
    const TIER_REVISION = '... on PricingTier { id label revision unitPriceCents }';
    const made = await call('createPricingTier', 'CreatePricingTierInput', TIER_REVISION, {
      ...{ key: 'twice', label: 'Twice', currency: 'EUR', unitPriceCents: 100 },
    });
    const change = (input: object) =>
      call('updatePricingTier', 'UpdatePricingTierInput', TIER_REVISION, { pricingTierId: made.id, ...input });
    const first = await change({ revision: made.revision, unitPriceCents: 200 });
    expect(first).toMatchObject({ revision: made.revision + 1, unitPriceCents: 200 });
    expect(await change({ revision: made.revision, unitPriceCents: 300 })).toMatchObject({
      ...{ __typename: 'ConflictError', code: 'PRICING_TIER_CHANGED' },
    });
    expect(await change({ label: 'Thrice' })).toMatchObject({ unitPriceCents: 200, revision: first.revision + 1 });

    const GROUP = '... on Category { id label revision }';
    const group = await call('createCategory', 'CreateCategoryInput', GROUP, { key: 'both', label: 'Both' });
    const rename = (input: object) =>
      call('updateCategory', 'UpdateCategoryInput', GROUP, { categoryId: group.id, ...input });
    expect(await rename({ revision: group.revision, label: 'One' })).toMatchObject({ label: 'One' });
    expect(await rename({ revision: group.revision, label: 'Other' })).toMatchObject({ code: 'CATEGORY_CHANGED' });
    expect(await rename({ label: 'Other' })).toMatchObject({ label: 'Other', revision: group.revision + 2 });
  });
});
