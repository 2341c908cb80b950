import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BoxPart, makeGlb } from '../../tests/support/glb.js';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { describeWith } from '../../tests/support/tools.js';
import type { ArtifactRef } from '../artifacts.js';
import type { JsonObject } from '../json.js';
import { Material, type MaterialMap } from '../shapes/materials.js';
import { runBlender } from './blender.js';
import { exportBlend } from './export_blend.js';
import { neutralStudio } from './neutralStudio.js';

/** Two instances of one mesh and a third part. */
const PARTS: BoxPart[] = [
  {
    partId: 'p0',
    partName: 'Roller',
    size: [0.02, 0.02, 0.02],
    at: [
      [-0.012, 0.01, 0],
      [-0.012, 0.032, 0],
    ],
  },
  { partId: 'p1', partName: 'Käfig "½"', size: [0.02, 0.042, 0.02], at: [[0.012, 0.021, 0]], color: [0, 0, 0.6] },
];
const MAP: MaterialMap = {
  assignments: [
    {
      partId: 'p0',
      partName: 'Roller',
      source: 'rule',
      ruleId: null,
      material: Material.parse({ name: 'steel', label: 'Steel', baseColor: '#d01010', metallic: 1 }),
    },
    { partId: 'p1', partName: 'Käfig', source: 'cad_color', ruleId: null, material: null },
  ],
  unmapped: [],
};

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

async function exported(params: JsonObject = {}, map: MaterialMap = MAP): Promise<ArtifactRef> {
  const json = (role: 'material_map' | 'render_template', value: unknown) =>
    test.ctx.artifacts.write({
      role,
      mediaType: 'application/json',
      fileName: `${role}.json`,
      from: { text: JSON.stringify(value) },
    });
  const inputs = {
    glb: await test.ctx.artifacts.write({
      role: 'glb_model',
      mediaType: 'model/gltf-binary',
      fileName: 'rollers.glb',
      from: { bytes: await makeGlb(PARTS) },
    }),
    map: await json('material_map', map),
    template: await json('render_template', { ...neutralStudio, floor: { shadowCatcher: true } }),
  };
  return (await exportBlend.spec.run(test.ctx, inputs, exportBlend.spec.params.parse(params))).blend;
}

/** What a fresh Blender finds in the file. */
const inside = (blend: ArtifactRef) =>
  runBlender(test.ctx, {
    script: '../../../tests/fixtures/blender/describe_blend.py',
    job: { file: test.fileOf(blend) },
  });

describeWith('blender', 'an exported .blend', () => {
  it('holds the product with its materials in the studio, and nothing else', async () => {
    const blend = await exported({
      resolution: { width: 640, height: 480 },
      samples: 33,
      productCollection: 'Bearing',
    });
    expect(blend).toMatchObject({
      role: 'blend_file',
      mediaType: 'application/x-blender',
      fileName: 'rollers.blend',
      metadata: {
        contents: 'scene',
        meshCount: 4,
        triangleCount: 36 + 2 * 62,
        materialCount: 4,
        imageCount: 0,
        lightCount: 2,
        cameraName: 'Camera',
        blenderVersion: expect.stringMatching(/^\d/),
        template: 'neutral',
      },
    });
    const file = await inside(blend);
    expect(file).toMatchObject({
      collections: {
        Bearing: expect.arrayContaining(['Product']),
        Studio: expect.arrayContaining(['Camera', 'Floor', 'Table']),
      },
      camera: 'Camera',
      engine: 'CYCLES',
      samples: 33,
      resolution: [640, 480],
      output: '//',
      lengthUnit: 'MILLIMETERS',
      unused: [],
    });
    // What Blender calls things by itself ("Circle") tells nobody what they are.
    for (const [object, data] of Object.entries(file.data as Record<string, string>)) expect(data).toBe(object);
    const products = file.products as { partId: string; mesh: string; materials: string[]; sizeMm: number[] }[];
    expect(products.map(({ partId, materials }) => [partId, materials])).toEqual([
      ['p0', ['steel']],
      ['p0', ['steel']],
      ['p1', ['Käfig "½"']],
    ]);
    expect(products[0]!.mesh).toBe(products[1]!.mesh);
    expect(products[2]!.sizeMm).toEqual([20, 20, 42]);
  });

  it('holds the product alone when that is asked for', async () => {
    const blend = await exported({ contents: 'product', compress: false, lengthUnit: 'meters' });
    expect(blend.metadata).toMatchObject({ contents: 'product', meshCount: 2, lightCount: 0, cameraName: null });
    expect(await inside(blend)).toMatchObject({
      collections: { Product: expect.any(Array) },
      camera: null,
      world: null,
      lengthUnit: 'METERS',
      unused: [],
    });
    expect((await readFile(test.fileOf(blend))).toString('latin1', 0, 7)).toBe('BLENDER');
  });

  it('takes textures and materials of other .blend files along', async () => {
    const folder = path.join(test.dir, 'materials');
    await mkdir(folder);
    await runBlender(test.ctx, { script: '../../../tests/fixtures/blender/make_materials.py', job: { folder } });
    const store = (role: 'texture_image' | 'material_scene', bytes: Uint8Array) =>
      test.ctx.artifacts.write({ role, mediaType: 'application/octet-stream', fileName: 'file', from: { bytes } });
    const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: '#ff0000' } });
    const texture = await store('texture_image', await picture.png().toBuffer());
    const scene = await store('material_scene', await readFile(path.join(folder, 'good.blend')));
    const values = { label: 'Sample', baseColor: '#808080' };
    const materials = [
      { name: 'striped', ...values, textures: { scaleMm: 20, baseColor: texture } },
      { name: 'packed', ...values, blendAsset: { file: scene, material: 'Packed' } },
    ];
    const map = {
      ...MAP,
      assignments: MAP.assignments.map((assignment, i) => ({
        ...assignment,
        source: 'rule' as const,
        material: Material.parse(materials[i]),
      })),
    };
    const blend = await exported({}, map);
    expect(blend.metadata).toMatchObject({ imageCount: 2 });
    expect((await exported({}, map)).sha256).toBe(blend.sha256);
    const { products, images } = await inside(blend);
    expect((products as { materials: string[] }[]).map(({ materials: [name] }) => name)).toEqual([
      'striped',
      'striped',
      'Packed',
    ]);
    expect(images).toEqual([
      // Made by Blender from numbers: there is no file to pack.
      { path: '', isPacked: false, size: [4, 4] },
      { path: expect.stringMatching(/^\/\/textures\//), isPacked: true, size: [8, 8] },
    ]);
    const plain = await exported({ packTextures: false }, map);
    expect(plain.metadata).toMatchObject({ imageCount: 0, materialCount: 4 });
  });

  it('has the same bytes every time, and tells nothing of this machine', async () => {
    const [first, again] = [await exported(), await exported()];
    expect(again.sha256).toBe(first.sha256);
    expect((await exported({ seed: 1 })).sha256).not.toBe(first.sha256);
    const content = (await promisify(gunzip)(await readFile(test.fileOf(first)))).toString('latin1');
    for (const place of [test.dir, process.cwd(), '/root', '/home/', '/tmp/'])
      expect(content).not.toContain(`\0${place}`);
  });
});

it.each([
  { contents: 'everything' },
  { productCollection: '' },
  { studioCollection: 'ü'.repeat(32) },
  { lengthUnit: 'inches' },
  { samples: 0 },
])('its params refuse %j', (params) => {
  expect(exportBlend.params.safeParse(params).success).toBe(false);
});
