import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runBlender } from '../modules/render/blender.js';
import { MaterialLibrary } from '../modules/shapes/materials.js';
import { snapshotLibrary } from '../runtime/snapshots.js';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { createTestContext } from '../tests/support/moduleContext.js';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';
import { type Catalogue, createCatalogue, createEndedRun } from '../tests/support/testData.js';
import { describeWith } from '../tests/support/tools.js';

let app: TestApp;
let catalogue: Catalogue;
beforeAll(async () => {
  app = await startTestApp();
  catalogue = await createCatalogue(app.platform);
});
afterAll(() => app.close());

const ERROR = '... on Error { __typename code message } ... on ValidationError { issues { path message } }';
const MATERIAL =
  '... on Material { id name label properties revision archivedAt textures { channel artifact { mediaType fileName url } } blendAsset { material artifact { fileName } } }';
const RULE = '... on MaterialRule { id priority partNamePattern cadColor material { name } }';

async function call(document: string, variables: object = {}) {
  const { data, errors } = await app.gql(document, variables);
  expect(errors).toBeUndefined();
  return data.result;
}
const create = (input: object) =>
  call(
    `mutation ($i: CreateMaterialInput!) { result: createMaterial(input: $i) { __typename ${MATERIAL} ${ERROR} } }`,
    { i: input },
  );
const update = (input: object) =>
  call(
    `mutation ($i: UpdateMaterialInput!) { result: updateMaterial(input: $i) { __typename ${MATERIAL} ${ERROR} } }`,
    { i: input },
  );
const archive = (input: object) =>
  call(
    `mutation ($i: ArchiveMaterialInput!) { result: archiveMaterial(input: $i) { __typename ${MATERIAL} ... on Error { code message } } }`,
    { i: input },
  );
const createRule = (input: object) =>
  call(`mutation ($i: MaterialRuleInput!) { result: createMaterialRule(input: $i) { __typename ${RULE} ${ERROR} } }`, {
    i: input,
  });

async function upload(field: string, type: string, input: object, content: Uint8Array, name: string) {
  const form = new FormData();
  const query = `mutation ($i: ${type}!) { result: ${field}(input: $i) { __typename ${MATERIAL} ${ERROR} } }`;
  form.set('operations', JSON.stringify({ query, variables: { i: { ...input, file: null } } }));
  form.set('map', JSON.stringify({ 0: ['variables.i.file'] }));
  form.set('0', new Blob([content as BlobPart]), name);
  const response = await app.fetch('/graphql', {
    method: 'POST',
    body: form,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  return ((await response.json()) as { data: any }).data.result;
}
const texture = (materialId: string, content: Uint8Array, channel = 'baseColor', name = 'wood.png') =>
  upload('uploadMaterialTexture', 'UploadMaterialTextureInput', { materialId, channel }, content, name);
const picture = (format: 'png' | 'gif', width = 8, height = 8) =>
  sharp({ create: { width, height, channels: 3, background: '#884422' } })
    .toFormat(format)
    .toBuffer();
const library = async () => {
  const { sha256 } = await snapshotLibrary(app.platform, 'materialLibrary');
  return { sha256, ...MaterialLibrary.parse(JSON.parse(await readFile(app.platform.store.path(sha256), 'utf8'))) };
};

describe('materials', () => {
  test('are created with the defaults of the form, and changed value by value', async () => {
    const form = await call('{ result: materialForm { schema uiSchema defaults } }');
    expect(Object.keys(form.schema.properties)).toEqual(Object.keys(form.defaults));
    expect(form.schema.properties.roughness).toMatchObject({ title: 'Roughness', minimum: 0, maximum: 1 });
    const made = await create({ name: 'oak', label: 'Oak', properties: { roughness: 0.7 } });
    expect(made).toMatchObject({
      __typename: 'Material',
      name: 'oak',
      properties: { ...form.defaults, roughness: 0.7 },
      revision: 1,
      textures: [],
      blendAsset: null,
    });
    const changed = await update({
      materialId: made.id,
      revision: 1,
      label: ' Oak, oiled ',
      properties: { textureScaleMm: 40 },
    });
    expect(changed).toMatchObject({
      label: 'Oak, oiled',
      properties: { roughness: 0.7, textureScaleMm: 40 },
      revision: 2,
    });
    expect(await update({ materialId: made.id, revision: 1, label: 'Late' })).toMatchObject({
      code: 'MATERIAL_CHANGED',
    });
    expect(await create({ name: 'oak', label: 'Again' })).toMatchObject({ code: 'MATERIAL_NAME_TAKEN' });
    expect((await library()).materials).toContainEqual(
      expect.objectContaining({ name: 'oak', roughness: 0.7, textures: { scaleMm: 40 } }),
    );
  });

  test('say with a path what does not fit', async () => {
    expect(
      await create({ name: 'Oak!', label: '', properties: { roughness: 2, baseColor: 'red', shine: 1 } }),
    ).toMatchObject({
      __typename: 'ValidationError',
      issues: expect.arrayContaining([
        expect.objectContaining({ path: '/name' }),
        expect.objectContaining({ path: '/label' }),
        expect.objectContaining({ path: '/properties/roughness' }),
        expect.objectContaining({ path: '/properties/baseColor' }),
        expect.objectContaining({ path: '/properties/shine' }),
      ]),
    });
    expect(await update({ materialId: id('Product', catalogue.product.id), label: 'x' })).toMatchObject({
      __typename: 'NotFoundError',
    });
  });

  test('are archived once no rule needs them, and are still found by what names them', async () => {
    const { id: materialId } = await create({ name: 'lead', label: 'Lead' });
    const rule = await createRule({ materialId, partNamePattern: '*lead*' });
    expect(await archive({ materialId: materialId, isArchived: true })).toMatchObject({ code: 'MATERIAL_IN_USE' });
    await call('mutation ($id: ID!) { result: deleteMaterialRule(id: $id) { __typename } }', { id: rule.id });
    expect((await archive({ materialId: materialId, isArchived: true })).archivedAt).not.toBeNull();
    const offered = await call('{ result: lookup(name: "materials") { value } }');
    expect(offered.map(({ value }: { value: string }) => value)).not.toContain('lead');
    expect((await library()).materials.map(({ name }) => name)).toContain('lead');
    expect(await createRule({ materialId, partNamePattern: 'x' })).toMatchObject({ issues: [{ path: '/materialId' }] });
    expect((await archive({ materialId: materialId, isArchived: false })).archivedAt).toBeNull();
  });
});

describe('textures', () => {
  test('are told by their content, kept by content and part of the next run', async () => {
    const { id: materialId } = await create({ name: 'walnut', label: 'Walnut' });
    const before = (await library()).sha256;
    const content = await picture('png');
    const set = await texture(materialId, content, 'baseColor', '../../wood.tar.gz');
    expect(set.textures).toMatchObject([
      { channel: 'baseColor', artifact: { mediaType: 'image/png', fileName: 'wood.tar.gz' } },
    ]);
    const { materials, sha256 } = await library();
    expect(sha256).not.toBe(before);
    const file = materials.find(({ name }) => name === 'walnut')!.textures!.baseColor!;
    expect(await readFile(app.platform.store.path(file.sha256))).toEqual(content);
    const kept = await update({ materialId: materialId, properties: { roughness: 0.1 } });
    expect(kept.textures).toHaveLength(1);
    const gone = await call(
      `mutation ($i: RemoveMaterialTextureInput!) { result: removeMaterialTexture(input: $i) { ${MATERIAL} } }`,
      { i: { materialId, channel: 'baseColor' } },
    );
    expect(gone.textures).toEqual([]);
  });

  test('that are none are refused, and nothing of them stays', async () => {
    const { id: materialId } = await create({ name: 'ash', label: 'Ash' });
    const noise = Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * i * 7919) % 256));
    const png = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .png()
      .toBuffer();
    const files = await app.platform.db.artifact.count();
    for (const [content, code] of [
      [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'TEXTURE_UNREADABLE'],
      [await picture('gif'), 'TEXTURE_UNREADABLE'],
      [png.subarray(0, png.length / 2), 'TEXTURE_UNREADABLE'],
      [await picture('png', 8193, 1), 'TEXTURE_TOO_LARGE'],
      [await picture('png', 9000, 9000), 'TEXTURE_TOO_LARGE'],
      [Buffer.alloc(0), 'FILE_EMPTY'],
    ] as const)
      expect(await texture(materialId, content), code).toMatchObject({ __typename: 'ValidationError', code });
    expect(await app.platform.db.artifact.count()).toBe(files);
    expect(await texture(id('Material', '00000000-0000-7000-8000-000000000000'), png)).toMatchObject({
      __typename: 'NotFoundError',
    });
  });
});

describeWith('blender', 'a material of a .blend file', () => {
  test('is looked at by Blender before it is taken', async () => {
    const context = await createTestContext();
    const folder = await mkdtemp(path.join(tmpdir(), 'hartomat-blend-'));
    try {
      await runBlender(context.ctx, { script: '../../../tests/fixtures/blender/make_materials.py', job: { folder } });
      const [good, bad] = await Promise.all(
        ['good', 'bad'].map((name) => readFile(path.join(folder, `${name}.blend`))),
      );
      const { id: materialId } = await create({ name: 'signal', label: 'Signal' });
      const send = (content: Uint8Array, material?: string) =>
        upload('uploadMaterialBlend', 'UploadMaterialBlendInput', { materialId, material }, content, 'paint.blend');
      expect(await send(Buffer.from('no blend'))).toMatchObject({ code: 'FILE_NOT_BLEND' });
      expect(await send(good!)).toMatchObject({
        code: 'MATERIAL_NAME_NEEDED',
        issues: [{ path: '/material', message: expect.stringContaining('"Signal green"') }],
      });
      expect(await send(bad!, 'Driven')).toMatchObject({ code: 'MATERIAL_HAS_SCRIPTS', issues: [{ path: '/file' }] });
      expect(await send(good!, 'Signal green')).toMatchObject({
        blendAsset: { material: 'Signal green', artifact: { fileName: 'paint.blend' } },
      });
      const stored = (await library()).materials.find(({ name }) => name === 'signal')!.blendAsset!;
      expect(await readFile(app.platform.store.path(stored.file.sha256))).toEqual(good);
      const cleared = await call(`mutation ($id: ID!) { result: removeMaterialBlend(id: $id) { ${MATERIAL} } }`, {
        id: materialId,
      });
      expect(cleared.blendAsset).toBeNull();
    } finally {
      await rm(folder, { recursive: true, force: true });
      await context.cleanup();
    }
  });
});

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
