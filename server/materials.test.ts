import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runBlender } from '../modules/render/blender.js';
import { MaterialLibrary } from '../modules/shapes/materials.js';
import { snapshotLibrary } from '../runtime/runs/snapshots.js';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { whileDecodersDie } from '../tests/support/children.js';
import { ERROR, MATERIAL, materialCalls } from '../tests/support/materialCalls.js';
import { createTestContext } from '../tests/support/moduleContext.js';
import { resultOfUpload } from '../tests/support/mutationCalls.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { type Catalogue, createCatalogue } from '../tests/support/testData.js';
import { describeWith } from '../tests/support/tools.js';

let app: TestApp;
let catalogue: Catalogue;
beforeAll(async () => {
  app = await startTestApp();
  catalogue = await createCatalogue(app.platform);
});
afterAll(() => app.close());

const { call, create, createRule } = materialCalls(() => app);
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

const upload = (field: string, type: string, input: object, content: Uint8Array, name: string) =>
  resultOfUpload(app, [field, type, `${MATERIAL} ${ERROR}`], input, { content, name });
const texture = (materialId: string, content: Uint8Array, channel = 'baseColor', name = 'wood.png') =>
  upload('uploadMaterialTexture', 'UploadMaterialTextureInput', { materialId, channel }, content, name);
const picture = (format: 'png' | 'gif', width = 8, height = 8) =>
  sharp({ create: { width, height, channels: 3, background: '#884422' } })
    .toFormat(format)
    .toBuffer();
const library = async () => {
  const { sha256 } = await snapshotLibrary(app.platform, 'materialLibrary');
  return { sha256, ...MaterialLibrary.parse(JSON.parse((await app.platform.store.read(sha256)).toString())) };
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
    expect(await app.platform.store.read(file.sha256)).toEqual(content);
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

  test('that take their decoder down are refused, and take nothing else down', async () => {
    const { id: materialId } = await create({ name: 'elm', label: 'Elm' });
    const content = await picture('png');
    expect(await whileDecodersDie(() => texture(materialId, content))).toMatchObject({
      code: 'TEXTURE_UNREADABLE',
      message:
        '"wood.png" cannot be used as a texture: it could not be decoded (The picture converter ended unexpectedly.). Send a PNG, JPEG or WebP.',
      issues: [{ path: '/file' }],
    });
    expect(await texture(materialId, content)).toMatchObject({ textures: [{ channel: 'baseColor' }] });
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
      expect(await app.platform.store.read(stored.file.sha256)).toEqual(good);
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
