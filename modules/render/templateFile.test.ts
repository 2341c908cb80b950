import { existsSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeBlendStudio, type StudioFault } from '../../tests/support/blendStudio.js';
import { makeGlb } from '../../tests/support/glb.js';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { describeWith } from '../../tests/support/tools.js';
import type { JsonObject } from '../json.js';
import { BlendTemplate } from '../shapes/renderTemplate.js';
import { runBlender } from './blender.js';
import { blenderStill } from './blender_still.js';
import { exportBlend } from './export_blend.js';
import { checkTemplateFile } from './templateFile.js';
import { turntableFrames } from './turntable_frames.js';

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

/** A box in a studio built in Blender: what a module takes, and stills as pixels. */
async function boxIn(faults: StudioFault[], surroundings: number | null = null) {
  const { file, marker } = await makeBlendStudio(test.ctx, faults, surroundings);
  const copy = `${file}.copy`;
  await copyFile(file, copy);
  const scene = await test.ctx.artifacts.write({
    role: 'template_scene',
    mediaType: 'application/x-blender',
    fileName: 'studio.blend',
    from: { path: copy },
  });
  const template = BlendTemplate.parse({
    kind: 'blend',
    name: 'own',
    label: 'Own',
    version: 1,
    scene,
    interface: {
      camera: 'Shot',
      stand: 'Product',
      rig: 'Rig',
      referenceSizeM: 2,
      backdrop: ['Backdrop'],
      materials: ['paint_blue'],
    },
    engines: ['cycles'],
    turntable: { turns: 'rig' },
  });
  const json = (role: 'material_map' | 'render_template', value: unknown) =>
    test.ctx.artifacts.write({
      role,
      mediaType: 'application/json',
      fileName: `${role}.json`,
      from: { text: JSON.stringify(value) },
    });
  const material = { name: 'paint_blue', label: 'Blue', baseColor: '#ff0000' };
  const inputs = {
    glb: await test.ctx.artifacts.write({
      role: 'glb_model',
      mediaType: 'model/gltf-binary',
      fileName: 'box.glb',
      from: { bytes: await makeGlb([{ partId: 'p', partName: 'Box', size: [0.02, 0.02, 0.02], at: [[0, 0, 0]] }]) },
    }),
    map: await json('material_map', {
      assignments: [{ partId: 'p', partName: 'Box', source: 'rule', ruleId: null, material }],
      unmapped: [],
    }),
    template: await json('render_template', template),
  };
  const still = async (params: JsonObject) => {
    const all = { resolution: { width: 64, height: 64 }, samples: 4, denoise: false, ...params };
    const made = (await blenderStill.spec.run(test.ctx, inputs, blenderStill.spec.params.parse(all))).still;
    const raw = await sharp(test.fileOf(made)).ensureAlpha().raw().toBuffer();
    return (x: number, y: number) => [...raw.subarray((y * 64 + x) * 4, (y * 64 + x) * 4 + 4)] as number[];
  };
  return { inputs, still, marker };
}

it('refuses what is no .blend file without starting Blender', async () => {
  const file = path.join(test.ctx.workdir, 'fake.blend');
  await writeFile(file, 'solid ascii');
  await expect(checkTemplateFile(test.ctx, file, {}, 'product')).rejects.toMatchObject({ code: 'TEMPLATE_NOT_BLEND' });
});

describeWith('blender', 'a template built in Blender', () => {
  it('is taken with what it offers under the usual names', async () => {
    const { file } = await makeBlendStudio(test.ctx);
    const report = await checkTemplateFile(test.ctx, file, { materials: ['paint_blue'] }, 'rig');
    expect(report).toMatchObject({
      findings: [],
      interface: { camera: 'Shot', stand: 'Product', rig: 'Rig', backdrop: ['Backdrop'], materials: ['paint_blue'] },
      there: { cameras: ['Above', 'Shot'], empties: ['Product', 'Rig'] },
    });
  });

  it('is refused with everything that is wrong, and runs nothing', async () => {
    const faults = ['no stand', 'registered text', 'script driver', 'freestyle', 'image outside'] as const;
    const { file, marker } = await makeBlendStudio(test.ctx, [...faults]);
    const { findings } = await checkTemplateFile(test.ctx, file, { camera: 'Shto', materials: ['gold'] }, 'product');
    expect(Object.fromEntries(findings.map(({ code, message }) => [code, message]))).toEqual({
      CAMERA_MISSING: 'There is no camera "Shto". There are: "Above", "Shot".',
      STAND_MISSING: 'There is no empty for the product "Product". There are: "Rig".',
      MATERIAL_MISSING: 'There is no material "gold". There are: "paint_blue", "wall".',
      SCRIPT_REGISTERED: expect.stringContaining('"startup.py"'),
      SCRIPT_DRIVER: expect.stringContaining("__import__('os').mkdir("),
      FREESTYLE_USED: expect.stringContaining('Freestyle'),
      IMAGE_NOT_PACKED: expect.stringContaining('"wood.png"'),
    });
    expect(existsSync(marker)).toBe(false);
  });

  it.each([
    ['linked library', 'LIBRARY_LINKED', '"props.blend"'],
    ['volume outside', 'FILE_OUTSIDE', 'The volume "Smoke" reads the file "smoke.vdb"'],
    ['clip outside', 'FILE_OUTSIDE', 'The clip "clip.png" reads the file "clip.png"'],
    ['sound outside', 'FILE_NOT_PACKED', 'The sound "hum.wav"'],
    ['mesh cache', 'FILE_OUTSIDE', 'The modifier "Waves" of "Wall"'],
    ['fluid', 'FILE_OUTSIDE', 'The modifier "Pool" of "Wall"'],
    ['particle cache', 'FILE_OUTSIDE', 'The modifier "Dust" of "Wall"'],
    ['light profile', 'FILE_OUTSIDE', 'The light profile of "paint_blue" reads the file "lamp.ies"'],
  ] as const)('is refused where it reads from outside: %s', async (fault, code, words) => {
    const { file } = await makeBlendStudio(test.ctx, [fault]);
    const { findings } = await checkTemplateFile(test.ctx, file, {}, 'product');
    expect(findings).toEqual([{ code, message: expect.stringContaining(words), path: '/file' }]);
    for (const { message } of findings) expect(message).not.toContain(test.ctx.workdir);
  });

  it('is refused when the rig that turns does not carry the camera, or is not there', async () => {
    const { file } = await makeBlendStudio(test.ctx, ['camera off the rig']);
    const found = async (rig?: string) => (await checkTemplateFile(test.ctx, file, { rig }, 'rig')).findings;
    expect(await found()).toMatchObject([
      { code: 'RIG_WITHOUT_CAMERA', message: expect.stringContaining('"Shot"'), path: '/setup/interface/rig' },
    ]);
    expect(await found('Turntable')).toMatchObject([
      { code: 'RIG_MISSING', message: expect.stringContaining('There are: "Product", "Rig".') },
    ]);
  });

  it('shows the product on its stand in its size, with its camera, backdrop and materials', async () => {
    const { inputs, still } = await boxIn([]);
    const room = await still({});
    const [r, g, b] = room(32, 24);
    expect(b).toBeGreaterThan(2 * Math.max(r!, g!));
    const corner = room(3, 3);
    expect(corner[1]).toBeGreaterThan(2 * Math.max(corner[0]!, corner[2]!));
    const cutOut = await still({ transparent: true });
    expect([cutOut(3, 3)[3], cutOut(32, 24)[3]]).toEqual([0, 255]);
    const above = await still({ transparent: true, camera: { name: 'Above' } });
    expect(above(32, 32)[3]).toBe(255);
    const side = await still({ transparent: true, camera: { view: 'right' } });
    expect(side(32, 32)[3]).toBe(255);
    // In a turntable the wall goes round with the camera, which would else see its back, or look past it.
    const turn = { resolution: { width: 64, height: 64 }, samples: 4, denoise: false, direction: 'clockwise' };
    const quarter = turntableFrames.spec.params.parse({ ...turn, frames: 4, first: 1, count: 1 });
    const { frames } = await turntableFrames.spec.run(test.ctx, inputs, quarter);
    const turned = await sharp(test.fileOf(frames[0]!)).ensureAlpha().raw().toBuffer();
    for (const x of [3, 60]) {
      const [red, green, blue, alpha] = turned.subarray((3 * 64 + x) * 4);
      expect(alpha).toBe(255);
      expect(green).toBeGreaterThan(2 * Math.max(red!, blue!));
    }
    await expect(still({ camera: { name: 'Left' } })).rejects.toMatchObject({
      code: 'CAMERA_UNKNOWN',
      message: expect.stringContaining('Above, Shot'),
    });
  });

  it('runs nothing of its own in a render, and leaves its scripts out of an exported .blend', async () => {
    const { inputs, still, marker } = await boxIn(['registered text', 'script driver']);
    await still({});
    const params = exportBlend.spec.params.parse({ resolution: { width: 64, height: 64 }, samples: 4 });
    const { blend } = await exportBlend.spec.run(test.ctx, inputs, params);
    const found = await runBlender(test.ctx, {
      script: '../../../tests/fixtures/blender/describe_blend.py',
      job: { file: test.fileOf(blend) },
    });
    expect(found).toMatchObject({ texts: 0, scriptedDrivers: 0, camera: 'Shot' });
    expect(existsSync(marker)).toBe(false);
  });

  it('is lit by the picture of its surroundings, which is packed into it', async () => {
    const blueUnder = async (brightness: number) => {
      const { still } = await boxIn([], brightness);
      return (await still({ transparent: true, shadow: false, samples: 16 }))(32, 24)[2]!;
    };
    const { file } = await makeBlendStudio(test.ctx, [], 1);
    expect((await checkTemplateFile(test.ctx, file, {}, 'rig')).findings).toEqual([]);
    const [dim, bright] = [await blueUnder(0.01), await blueUnder(0.2)];
    expect(dim).toBeGreaterThan(0);
    expect(bright).toBeGreaterThan(2 * dim);
  });

  it.each([
    ['against its backdrop', {}],
    ['cut out', { transparent: true }],
  ])('fails instead of showing a room without the product: %s', async (_how, params) => {
    const { still } = await boxIn(['camera away']);
    await expect(still(params)).rejects.toMatchObject({
      code: 'PICTURE_EMPTY',
      failureClass: 'input',
      message: expect.stringContaining('does not see the product'),
    });
  });
});
