import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { boxStills, SMALL } from '../../tests/support/boxStills.js';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { describeWith } from '../../tests/support/tools.js';
import type { ArtifactRef } from '../artifacts.js';
import type { JsonObject } from '../json.js';
import type { RenderTemplate } from '../shapes/renderTemplate.js';
import { runBlender } from './blender.js';
import { neutralStudio } from './neutralStudio.js';

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

const { render, pixels } = boxStills(() => test);

describeWith('blender', 'the look and the file of a still', () => {
  it('has less grain when it is told to remove it, and the same outline', async () => {
    const params = { ...SMALL, samples: 2, transparent: true, shadow: false };
    const [grainy, smooth] = [await render({ ...params, denoise: false }), await render(params)];
    const face = { left: 54, top: 20, width: 12, height: 24 };
    const deviation = async (still: ArtifactRef) => {
      // Statistics are those of a file, whatever was asked of it before.
      const cut = await sharp(test.fileOf(still)).extract(face).removeAlpha().png().toBuffer();
      return (await sharp(cut).stats()).channels[1]!.stdev;
    };
    expect(await deviation(smooth)).toBeLessThan(0.3 * (await deviation(grainy)));
    expect((await pixels(smooth)).box).toEqual((await pixels(grainy)).box);
  });

  it.each(['eevee', 'workbench'])('can be made by %s too, with the shadow', async (engine) => {
    const template: RenderTemplate = {
      ...neutralStudio,
      engines: ['eevee', 'workbench'],
      floor: { shadowCatcher: true },
    };
    const still = await render(
      { ...SMALL, engine, transparent: true, camera: { azimuthDeg: 30, elevationDeg: 40 } },
      { template },
    );
    expect(still.metadata).toMatchObject({ engine, coverage: expect.closeTo(0.35, 0) });
  });

  it.each([
    ['jpeg', 'image/jpeg', 'boxes.jpg'],
    ['webp', 'image/webp', 'boxes.webp'],
  ])('is written as %s', async (format, mediaType, fileName) => {
    const still = await render({ ...SMALL, samples: 1, denoise: false, format });
    expect(still).toMatchObject({ mediaType, fileName });
    expect(await sharp(test.fileOf(still)).metadata()).toMatchObject({ format, width: 96, height: 64 });
  });

  it.each([
    ['png', 'png', /^rgb24$/, false],
    ['png16', 'png', /^rgb48be$/, true],
    ['jpeg', 'mjpeg', /^yuvj4/, false],
    ['webp', 'webp', /^yuv420p$/, false],
    ['exr', 'exr', /^gbra?pf32le$/, true],
  ])(
    'as %s is opened again by ffprobe and by Blender, with the size and the depth it was asked for',
    async (format, codec, depth, isFloat) => {
      const file = test.fileOf(await render({ ...SMALL, samples: 1, denoise: false, format }));
      const entries = 'stream=codec_name,width,height,pix_fmt';
      const { stdout } = await promisify(execFile)('ffprobe', [
        ...[
          '-v',
          'error',
          '-f',
          format === 'exr' ? 'exr_pipe' : 'image2',
          '-show_entries',
          entries,
          '-of',
          'json',
          file,
        ],
      ]);
      expect(JSON.parse(stdout).streams).toEqual([
        expect.objectContaining({ codec_name: codec, width: 96, height: 64, pix_fmt: expect.stringMatching(depth) }),
      ]);
      const script = '../../../tests/fixtures/blender/read_picture.py';
      expect(await runBlender(test.ctx, { script, job: { file } })).toMatchObject({ width: 96, height: 64, isFloat });
    },
  );

  it('has 16 bits a channel when asked to, with the exact background and shadow of the 8 bit picture', async () => {
    const template = { ...neutralStudio, floor: { shadowCatcher: true } };
    const params = { ...SMALL, camera: { azimuthDeg: 30, elevationDeg: 40 }, backgroundColor: '#3366cc' };
    const [deep, plain] = [
      await render({ ...params, format: 'png16' }, { template }),
      await render(params, { template }),
    ];
    expect(await sharp(test.fileOf(deep)).metadata()).toMatchObject({ depth: 'ushort', channels: 3, width: 96 });
    const bytes = await sharp(test.fileOf(deep)).toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer();
    const deepPixels = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
    expect([...deepPixels.slice(0, 3)]).toEqual([0x3333, 0x6666, 0xcccc]);
    const plainPixels = await sharp(test.fileOf(plain)).raw().toBuffer();
    let apart = 0;
    for (const [i, value] of plainPixels.entries()) apart += Math.abs(deepPixels[i]! / 257 - value);
    expect(apart / plainPixels.length).toBeLessThan(0.6);
    expect(deepPixels.some((value) => value % 257 !== 0)).toBe(true);
  });

  it('is written as OpenEXR with its shadow, the same bytes twice', async () => {
    const template = { ...neutralStudio, floor: { shadowCatcher: true } };
    const params = { ...SMALL, samples: 2, format: 'exr', camera: { azimuthDeg: 30, elevationDeg: 40 } };
    const [first, again] = [await render(params, { template }), await render(params, { template })];
    const without = await render({ ...params, shadow: false }, { template });
    expect(first).toMatchObject({
      mediaType: 'image/x-exr',
      fileName: 'boxes.exr',
      metadata: { widthPx: 96, isTransparent: true },
    });
    expect(again.sha256).toBe(first.sha256);
    expect(first.metadata.coverage).toBeGreaterThan(Number(without.metadata.coverage) + 0.02);
    expect((await readFile(test.fileOf(first))).toString('latin1')).not.toMatch(/RenderTime|Date/);
    // Blender reads what is left of the file.
    const facts = await runBlender(test.ctx, {
      script: '../../../tests/fixtures/blender/read_picture.py',
      job: { file: test.fileOf(without) },
    });
    expect(facts).toMatchObject({ width: 96, height: 64, isFloat: true });
    expect(facts.opacity).toBeCloseTo(Number(without.metadata.coverage), 2);
  });

  it('has the backdrop of the template: a gradient behind it, or a sweep under it', async () => {
    const gradient: RenderTemplate = {
      ...neutralStudio,
      backdrop: { kind: 'gradient', top: '#ff0000', bottom: '#0000ff' },
    };
    const shaded = await pixels(await render({ ...SMALL, shadow: false }, { template: gradient }));
    expect(shaded.at(0, 0)[0]).toBeGreaterThan(245);
    expect(shaded.at(0, 63)[2]).toBeGreaterThan(245);
    const plain = await pixels(await render({ ...SMALL, shadow: false, backdrop: false }, { template: gradient }));
    expect(plain.at(0, 0)).toEqual([255, 255, 255, 255]);

    const sweep: RenderTemplate = {
      ...neutralStudio,
      backdrop: { kind: 'sweep', color: '#c02020', roughness: 0.8 },
    };
    const camera = { azimuthDeg: 20, elevationDeg: 30 };
    const room = await pixels(await render({ ...SMALL, camera }, { template: sweep }));
    for (const [x, y] of [
      [0, 0],
      [95, 0],
      [0, 63],
      [95, 63],
    ]) {
      const [r, g, b] = room.at(x!, y!);
      expect(r).toBeGreaterThan(1.5 * Math.max(g!, b!));
    }
    const cutOut = await pixels(await render({ ...SMALL, camera, transparent: true }, { template: sweep }));
    expect(cutOut.at(0, 0)[3]).toBe(0);
  });

  it('takes colour management over that of the template, and names what this Blender lacks', async () => {
    const mean = async (colorManagement: JsonObject) => {
      const still = await render({ ...SMALL, samples: 1, denoise: false, colorManagement });
      return (await sharp(test.fileOf(still)).stats()).channels[1]!.mean;
    };
    expect(await mean({ exposure: -3 })).toBeLessThan(0.9 * (await mean({})));
    const contrasted = { viewTransform: 'Filmic', contrast: 'high' };
    const { blenderVersion } = (await render({ ...SMALL, samples: 1, colorManagement: contrasted })).metadata;
    if (Number.parseInt(String(blenderVersion), 10) < 4)
      await expect(render({ ...SMALL, colorManagement: { viewTransform: 'AgX' } })).rejects.toMatchObject({
        code: 'VIEW_TRANSFORM_UNKNOWN',
      });
  });
});
