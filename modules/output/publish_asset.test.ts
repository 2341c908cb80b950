import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { publishAsset } from './publish_asset.js';

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

const still = (text = 'picture') =>
  test.ctx.artifacts.write({
    role: 'still_image',
    mediaType: 'image/png',
    fileName: 'bearing.png',
    metadata: { widthPx: 1024, heightPx: 512, samples: 32 },
    from: { text },
  });
const product = { sku: 'HM-6205', name: 'Bearing', category: null, materialAssignments: {} };
const outputType = { id: 'o', key: 'still_1k', name: 'Still 1K', artifactKind: 'still_image' };
const params = publishAsset.spec.params.parse({});

it('delivers the same bytes under the catalogue name, with kind and checksum, and leaves the source in place', async () => {
  const source = await still();
  const { asset } = await publishAsset.spec.run(test.ctx, { source, product, outputType }, params);
  expect(asset).toMatchObject({
    role: 'published_asset',
    mediaType: 'image/png',
    fileName: 'HM-6205_still_1k.png',
    sha256: source.sha256,
    byteSize: source.byteSize,
    metadata: {
      name: 'HM-6205_still_1k.png',
      kind: 'still_image',
      sha256: source.sha256,
      widthPx: 1024,
      heightPx: 512,
    },
  });
  expect(asset.metadata).not.toHaveProperty('samples');
  expect(await readFile(test.fileOf(source), 'utf8')).toBe('picture');
});

it('uses the source name where there is neither product nor output type', async () => {
  const { asset } = await publishAsset.spec.run(test.ctx, { source: await still() }, params);
  expect(asset.fileName).toBe('bearing.png');
});

it('refuses what the output type does not sell', async () => {
  const sold = { ...outputType, artifactKind: 'turntable_video' };
  await expect(
    publishAsset.spec.run(test.ctx, { source: await still(), outputType: sold }, params),
  ).rejects.toMatchObject({
    code: 'ARTIFACT_KIND_MISMATCH',
    message: 'The output type "Still 1K" sells a turntable video, but this is a still image.',
  });
});

it('refuses an empty file', async () => {
  await expect(publishAsset.spec.run(test.ctx, { source: await still('') }, params)).rejects.toMatchObject({
    code: 'ASSET_EMPTY',
  });
});
