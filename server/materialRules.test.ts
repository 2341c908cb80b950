import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { ERROR, materialCalls, RULE } from '../tests/support/materialCalls.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { type Catalogue, createCatalogue, createEndedRun } from '../tests/support/testData.js';

let app: TestApp;
let catalogue: Catalogue;
beforeAll(async () => {
  app = await startTestApp();
  catalogue = await createCatalogue(app.platform);
});
afterAll(() => app.close());

const { call, create, createRule } = materialCalls(() => app);

describe('rules', () => {
  test('come in an order of their own', async () => {
    const { id: materialId } = await create({ name: 'tin', label: 'Tin' });
    const first = await createRule({ materialId, partNamePattern: ' *Ring* ' });
    const second = await createRule({ materialId, cadColor: '#FF0000' });
    expect(second.priority).toBeGreaterThan(first.priority);
    expect([first.partNamePattern, second.cadColor]).toEqual(['*Ring*', '#ff0000']);
    const changed = await call(
      `mutation ($id: ID!, $i: MaterialRuleInput!) { result: updateMaterialRule(id: $id, input: $i) { ${RULE} ${ERROR} } }`,
      { id: first.id, i: { materialId, partNamePattern: '*disc*' } },
    );
    expect(changed).toMatchObject({ partNamePattern: '*disc*', priority: first.priority });
    const list = async () =>
      (await call('{ result: materialRules { id priority } }')) as { id: string; priority: number }[];
    const ids = (await list()).map((rule) => rule.id);
    const reorder = (order: string[]) =>
      call(
        'mutation ($ids: [ID!]!) { result: reorderMaterialRules(ids: $ids) { __typename ... on Error { code } ... on MaterialRuleOrder { rules { id } } } }',
        { ids: order },
      );
    const turned = [...ids].reverse();
    expect((await reorder(turned)).rules.map((rule: { id: string }) => rule.id)).toEqual(turned);
    expect((await list()).map((rule) => rule.id)).toEqual(turned);
    expect(new Set((await list()).map(({ priority }) => priority)).size).toBe(ids.length);
    for (const wrong of [ids.slice(1), [...ids.slice(1), ids[1]!], [...ids, ids[0]!]])
      expect(await reorder(wrong)).toMatchObject({ __typename: 'ConflictError', code: 'RULES_CHANGED' });
  });

  test.each([
    [{}, ''],
    [{ partNamePattern: '___' }, '/partNamePattern'],
    [{ cadColor: 'red' }, '/cadColor'],
    [{ categoryKey: 'nope' }, '/categoryKey'],
    [{ partNamePattern: 'x', priority: 2_000_000 }, '/priority'],
  ])('%j does not fit', async (content, where) => {
    const materialId = id('Material', (await app.platform.db.material.findFirstOrThrow()).id);
    const refused = await createRule({ materialId, ...content });
    expect(refused).toMatchObject({ __typename: 'ValidationError' });
    expect(refused.issues.map((issue: { path: string }) => issue.path)).toContain(where);
  });
});

describe('the preview', () => {
  const PREVIEW = `parts { partName source material ruleId fittingRuleIds confidence } unmapped problems { code partName message }`;
  const part = (partId: string, name: string, color: string | null = null) => ({
    partId,
    name,
    color,
    faceColors: [],
    instanceCount: 2,
    triangleCount: 1,
    surfaceAreaMm2: 1,
    volumeMm3: 1,
  });
  const preview = (variables: object) =>
    call(`query ($p: ID, $c: ID) { result: materialPreview(productId: $p, cadFileId: $c) { ${PREVIEW} } }`, variables);
  const productId = () => id('Product', catalogue.product.id);
  const setMaterials = (materials: object) =>
    call(
      `mutation ($i: SetProductMaterialsInput!) { result: setProductMaterials(input: $i) { __typename ... on Product { materialAssignments } ${ERROR} } }`,
      { i: { productId: productId(), materials } },
    );

  test('runs the rules over the parts of the file, and tells what would stop a run', async () => {
    expect(await preview({ p: productId() })).toBeNull();
    await app.platform.db.materialRule.deleteMany();
    const { runId } = await createEndedRun(app.platform, catalogue);
    const parts = [part('p0', 'Outer Ring'), part('p1', 'Seal'), part('p2', 'Cage', '#c08a3e'), part('p3', 'Plug')];
    const tree = { declaredUnit: 'millimetre', schema: 'AP214', parts, roots: [], warnings: [] };
    const stored = await app.platform.store.put(Readable.from([Buffer.from(JSON.stringify(tree))]));
    const artifact = {
      id: runId,
      role: 'object_tree',
      mediaType: 'application/json',
      fileName: 'tree.json',
      metadata: {},
      ...stored,
    };
    await app.platform.db.nodeRun.update({
      where: { runId_idx: { runId, idx: 1 } },
      data: { moduleKey: 'cad.extract_objects', outputs: { objects: { artifact } } },
    });
    const steel = await create({ name: 'steel_dark', label: 'Steel, dark' });
    const rubber = await create({ name: 'rubber', label: 'Rubber' });
    const ring = await createRule({ materialId: steel.id, partNamePattern: '*ring*', priority: 10 });
    const seal = await createRule({ materialId: rubber.id, partNamePattern: '*seal*', priority: 20 });
    const other = await createRule({
      materialId: steel.id,
      categoryKey: 'bearings',
      partNamePattern: '*se*',
      priority: 20,
    });
    expect(await preview({ p: productId() })).toEqual({
      parts: [
        expect.objectContaining({
          partName: 'Outer Ring',
          source: 'rule',
          material: 'steel_dark',
          ruleId: ring.id,
          fittingRuleIds: [ring.id],
          confidence: 0.85,
        }),
        expect.objectContaining({
          partName: 'Seal',
          source: 'default',
          material: null,
          fittingRuleIds: expect.arrayContaining([seal.id, other.id]),
        }),
        expect.objectContaining({ partName: 'Cage', source: 'cad_color', material: null }),
        expect.objectContaining({ partName: 'Plug', source: 'default' }),
      ],
      unmapped: ['Seal', 'Cage', 'Plug'],
      problems: [{ code: 'RULE_CONFLICT', partName: 'Seal', message: expect.stringContaining('priority 20') }],
    });
    // Without the product its category opens no rules.
    const plain = await preview({ c: id('CadFile', catalogue.cadFile.id) });
    expect(plain.problems).toEqual([]);
    expect(plain.parts[1]).toMatchObject({ material: 'rubber', ruleId: seal.id });

    expect(await setMaterials({ Plug: 'no_such', Nut: 'rubber', 'a/b~c': 'rubber' })).toMatchObject({
      issues: [{ path: '/materials/Plug' }, { path: '/materials/Nut' }, { path: '/materials/a~1b~0c' }],
    });
    expect(await setMaterials({ plug: 'rubber', Seal: 'rubber' })).toMatchObject({
      __typename: 'Product',
      materialAssignments: { plug: 'rubber', Seal: 'rubber' },
    });
    const chosen = await preview({ p: productId() });
    expect(chosen.parts.map((each: { source: string }) => each.source)).toEqual([
      'rule',
      'product',
      'cad_color',
      'product',
    ]);
    expect(chosen.problems).toEqual([]);
    expect(chosen.unmapped).toEqual(['Cage']);
  });
});
