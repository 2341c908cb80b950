import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { describeWith } from '../../tests/support/tools.js';
import { exportGlb } from './export_glb.js';
import { renderThumbnail } from './render_thumbnail.js';

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

describeWith('blender', 'a thumbnail', () => {
  it('shows the CAD file in its own colours, cut out and filling the picture', async () => {
    const step = await test.ctx.artifacts.write({
      role: 'step_source',
      mediaType: 'model/step',
      fileName: 'housing.step',
      from: { bytes: await readFile(new URL('../../tests/fixtures/step/housing-p205.step', import.meta.url)) },
    });
    const { glb } = await exportGlb.spec.run(test.ctx, { step }, exportGlb.spec.params.parse({ quality: 'draft' }));
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
});

it('offers sizes from 256 to 512 pixels', () => {
  const fits = (sizePx: number) => renderThumbnail.params.safeParse({ sizePx }).success;
  expect([255, 256, 512, 513].map(fits)).toEqual([false, true, true, false]);
});
