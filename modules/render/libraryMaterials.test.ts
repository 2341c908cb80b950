import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeGlb } from '../../tests/support/glb.js';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { describeWith } from '../../tests/support/tools.js';
import { Material, type MaterialTextures } from '../shapes/materials.js';
import { runBlender } from './blender.js';
import { blenderStill } from './blender_still.js';
import { neutralStudio } from './neutralStudio.js';

describeWith('blender', 'a material of the library', () => {
  let test: Awaited<ReturnType<typeof createTestContext>>;
  beforeAll(async () => {
    test = await createTestContext();
  });
  afterAll(() => test?.cleanup());

  const write = (role: 'texture_image' | 'material_scene', bytes: Uint8Array) =>
    test.ctx.artifacts.write({ role, mediaType: 'application/octet-stream', fileName: 'file', from: { bytes } });

  /** A cube of 40 mm seen from the front, with the given files in its material. */
  async function render(material: object, samples = 4) {
    const write = (role: 'material_map' | 'render_template', value: unknown) =>
      test.ctx.artifacts.write({
        role,
        mediaType: 'application/json',
        fileName: `${role}.json`,
        from: { text: JSON.stringify(value) },
      });
    const spec = Material.parse({ name: 'sample', label: 'Sample', baseColor: '#808080', roughness: 1, ...material });
    const glb = await test.ctx.artifacts.write({
      role: 'glb_model',
      mediaType: 'model/gltf-binary',
      fileName: 'cube.glb',
      from: {
        bytes: await makeGlb([{ partId: 'p0', partName: 'Cube', size: [0.04, 0.04, 0.04], at: [[0, 0, 0]] }]),
      },
    });
    const map = await write('material_map', {
      assignments: [{ partId: 'p0', partName: 'Cube', source: 'rule', ruleId: null, material: spec }],
      unmapped: [],
    });
    const template = await write('render_template', neutralStudio);
    const params = blenderStill.spec.params.parse({
      resolution: { width: 96, height: 96 },
      samples,
      denoise: false,
      shadow: false,
      transparent: true,
      camera: { azimuthDeg: 0, elevationDeg: 0 },
    });
    const { still } = await blenderStill.spec.run(test.ctx, { glb, map, template }, params);
    const { data } = await sharp(test.fileOf(still)).raw().toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number) => [...data.subarray((y * 96 + x) * 4, (y * 96 + x) * 4 + 3)] as number[];
    return { row: Array.from({ length: 96 }, (_, x) => at(x, 48)), at };
  }

  const stripes = () =>
    sharp(Buffer.from([255, 0, 0, 0, 0, 255]), { raw: { width: 2, height: 1, channels: 3 } })
      .resize(64, 64, { kernel: 'nearest', fit: 'fill' })
      .png()
      .toBuffer();
  const textured = async (scaleMm: number): Promise<{ textures: MaterialTextures }> => {
    const file = await write('texture_image', await stripes());
    return { textures: { scaleMm, baseColor: { ...file, role: 'texture_image' } } };
  };
  /** How often red turns into blue or back along a row of pixels. */
  const changes = (row: number[][]) => {
    const colors = row.map(([r, , b]) => (r! > b! + 40 ? 'red' : b! > r! + 40 ? 'blue' : null)).filter(Boolean);
    return colors.filter((color, i) => i > 0 && color !== colors[i - 1]).length;
  };

  it('shows its texture in tiles of the size it says, on a model without texture coordinates', async () => {
    const [coarse, fine] = [await render(await textured(20)), await render(await textured(10))];
    // Two tiles of a red and a blue stripe each, and four.
    expect(changes(coarse.row)).toBeGreaterThanOrEqual(3);
    expect(changes(coarse.row)).toBeLessThanOrEqual(5);
    expect(changes(fine.row)).toBeGreaterThanOrEqual(7);
    expect(changes(fine.row)).toBeLessThanOrEqual(9);
  });

  it('lets a normal map turn the light', async () => {
    const flat = await write('texture_image', await tile('#8080ff'));
    const tilted = await write('texture_image', await tile('#f080c0'));
    const [even, turned] = [
      await render({ textures: { scaleMm: 20, normal: flat } }, 16),
      await render({ textures: { scaleMm: 20, normal: tilted } }, 16),
    ];
    const brightness = (row: number[][]) => row.slice(40, 56).reduce((sum, [r]) => sum + r!, 0) / 16;
    expect(Math.abs(brightness(even.row) - brightness(turned.row))).toBeGreaterThan(8);
  });

  it('comes out of its .blend file', async () => {
    const folder = path.join(test.dir, 'blend');
    await mkdir(folder);
    await runBlender(test.ctx, { script: '../../../tests/fixtures/blender/make_materials.py', job: { folder } });
    const file = await write('material_scene', await readFile(path.join(folder, 'good.blend')));
    const [r, g, b] = (await render({ blendAsset: { file, material: 'Signal green' } })).at(48, 48);
    expect([r! < 60, g! > 200, b! < 60]).toEqual([true, true, true]);
    await expect(render({ blendAsset: { file, material: 'Carbon' } })).rejects.toMatchObject({
      code: 'MATERIAL_NOT_IN_FILE',
      failureClass: 'input',
    });
    const bad = await write('material_scene', await readFile(path.join(folder, 'bad.blend')));
    await expect(render({ blendAsset: { file: bad, material: 'Driven' } })).rejects.toMatchObject({
      code: 'MATERIAL_HAS_SCRIPTS',
    });
  });

  const tile = (background: string) =>
    sharp({ create: { width: 8, height: 8, channels: 3, background } })
      .png()
      .toBuffer();
});
