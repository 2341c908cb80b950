import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { describeWith } from '../../tests/support/tools.js';
import { renderPicture } from '../render/picture.js';
import { exportGlb } from './export_glb.js';
import { renderThumbnail, thumbnailScene } from './render_thumbnail.js';

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

describeWith('blender', 'a thumbnail', () => {
  const modelOf = async (name: string) => {
    const step = await test.ctx.artifacts.write({
      role: 'step_source',
      mediaType: 'model/step',
      fileName: `${name}.step`,
      from: { bytes: await readFile(new URL(`../../tests/fixtures/step/${name}-p205.step`, import.meta.url)) },
    });
    return (await exportGlb.spec.run(test.ctx, { step }, exportGlb.spec.params.parse({ quality: 'draft' }))).glb;
  };

  it('shows the CAD file in its own colours, cut out and filling the picture', async () => {
    const glb = await modelOf('housing');
    const { thumbnail } = await renderThumbnail.spec.run(test.ctx, { glb }, { sizePx: 256 });
    expect(thumbnail).toMatchObject({
      role: 'preview_thumbnail',
      mediaType: 'image/png',
      fileName: 'housing.png',
      metadata: { widthPx: 256, heightPx: 256 },
    });
    const picture = sharp(test.fileOf(thumbnail));
    const { info } = await picture.clone().trim({ threshold: 1 }).toBuffer({ resolveWithObject: true });
    expect(Math.max(info.width, info.height)).toBeGreaterThan(225);
    expect(Math.max(info.width, info.height)).toBeLessThan(256);
    const flat = await picture.clone().flatten({ background: '#000000' }).png().toBuffer();
    const { channels } = await sharp(flat).stats();
    expect(channels[1]!.mean).toBeGreaterThan(1.2 * channels[0]!.mean);
  });

  it('comes close to a picture of many more samples, on surfaces and along outlines', async () => {
    const glb = await modelOf('housing');
    const scene = { ...thumbnailScene(test.fileOf(glb), 256), samples: 64, denoise: false };
    const rest = { shadow: false, background: null, format: 'png', imageQuality: 100 } as const;
    const fine = await renderPicture(test.ctx, { scene, ...rest });
    const onGrey = (file: string) => sharp(file).flatten({ background: '#808080' }).raw().toBuffer();
    const wanted = await onGrey(fine.path);
    const distance = (picture: Buffer) =>
      Math.sqrt(picture.reduce((sum, value, at) => sum + (value - wanted[at]!) ** 2, 0) / picture.length);
    const rough = await renderPicture(test.ctx, { scene: { ...scene, samples: 3 }, ...rest });
    const withGrain = distance(await onGrey(rough.path));
    const { thumbnail } = await renderThumbnail.spec.run(test.ctx, { glb }, { sizePx: 256 });
    const smoothed = distance(await onGrey(test.fileOf(thumbnail)));
    expect(withGrain).toBeGreaterThan(2.5 * smoothed);
    expect(smoothed).toBeLessThan(4);
  });
});

it('offers sizes from 256 to 512 pixels', () => {
  const fits = (sizePx: number) => renderThumbnail.params.safeParse({ sizePx }).success;
  expect([255, 256, 512, 513].map(fits)).toEqual([false, true, true, false]);
});
