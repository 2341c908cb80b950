import { readdir } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createTestContext, type TestContext } from '../../tests/support/moduleContext.js';
import { describeWithSmallDisk, SmallDisk } from '../../tests/support/smallDisk.js';
import type { ArtifactRef } from '../artifacts.js';
import { systemFailure } from '../systemFailure.js';
import { publishAsset } from './publish_asset.js';

/** A picture that takes much less than the derivative that is made of it, so that the disk can be full at every step of a delivery. */
const DERIVATIVE = { name: 'web', format: 'png', maxWidthPx: 600 };
let disk: SmallDisk;
let test: TestContext;
let source: ArtifactRef;
/** Bytes of the picture and of its derivative. */
let sizes: { picture: number; derivative: number };

describeWithSmallDisk('when the disk is full', () => {
  beforeAll(async () => {
    disk = await SmallDisk.mount(32);
    vi.stubEnv('TMPDIR', disk.path);
  });
  beforeEach(async () => {
    test = await createTestContext();
    const noise = sharp({
      create: {
        width: 600,
        height: 600,
        channels: 3,
        background: '#888',
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    });
    source = await test.ctx.artifacts.write({
      role: 'still_image',
      mediaType: 'image/jpeg',
      fileName: 'bearing.jpg',
      from: { bytes: await noise.jpeg({ quality: 60 }).toBuffer() },
    });
    const derivative = await sharp(test.fileOf(source)).png({ compressionLevel: 9 }).toBuffer();
    sizes = { picture: source.byteSize, derivative: derivative.length };
    expect(sizes.derivative).toBeGreaterThan(4 * sizes.picture);
  });
  afterEach(async () => {
    await disk.free();
    await test.cleanup();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await disk?.remove();
  });

  const publish = () =>
    publishAsset.spec.run(
      test.ctx,
      { source: [source] },
      publishAsset.spec.params.parse({ derivatives: [DERIVATIVE] }),
    );
  /** Files in the store, finished or not. */
  const stored = async () => {
    const entries = await readdir(path.join(test.dir, 'artifacts'), { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  };

  it.each([
    ['while the derivative is made', () => sizes.derivative / 2],
    ['while the original is copied', () => sizes.derivative + sizes.picture / 2],
    ['while the original is stored', () => sizes.derivative + 1.5 * sizes.picture],
    ['while the derivative is stored', () => sizes.derivative + 3 * sizes.picture],
  ])('%s, nothing is delivered and no half of a file is left in the store', async (_when, free) => {
    await disk.fill(free());
    const error = await publish().catch((thrown: unknown) => thrown);
    expect(systemFailure(error) ?? error).toMatchObject({
      code: 'DISK_FULL',
      failureClass: 'resource',
      isRetryable: true,
    });
    expect(await stored()).toEqual([source.sha256]);
    expect(await sharp(test.fileOf(source)).stats()).toBeDefined();
    await disk.free();
    expect(await publish()).toMatchObject({ asset: { sha256: source.sha256 }, files: [{ role: 'asset_derivative' }] });
  });

  it('the delivery fits into what it needs', async () => {
    await disk.fill(2 * sizes.derivative + 3 * sizes.picture);
    expect(await publish()).toMatchObject({ files: [{ byteSize: expect.any(Number) }] });
  });
});
