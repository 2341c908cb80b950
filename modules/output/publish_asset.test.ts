import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestContext } from '../../tests/support/moduleContext.js';
import type { ArtifactRef } from '../artifacts.js';
import { ArtifactContract } from '../shapes/artifactContract.js';
import { publishAsset } from './publish_asset.js';

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

const picture = (width = 64, height = 32) =>
  sharp({ create: { width, height, channels: 4, background: { r: 200, g: 40, b: 40, alpha: 0.5 } } });
const write = (bytes: Uint8Array, overrides: object = {}) =>
  test.ctx.artifacts.write({
    role: 'still_image',
    mediaType: 'image/png',
    fileName: 'bearing.png',
    metadata: { samples: 32 },
    from: { bytes },
    ...overrides,
  });
const still = async (width?: number, height?: number) => write(await picture(width, height).png().toBuffer());
const product = { sku: 'HM-6205', name: 'Bearing', category: null, materialAssignments: {} };
const outputType = { id: 'o', key: 'still_1k', name: 'Still 1K', artifactKind: 'still_image' };
const params = (values: object = {}) => publishAsset.spec.params.parse(values);
const publish = (source: ArtifactRef | ArtifactRef[], values: object = {}, contract?: object) =>
  publishAsset.spec.run(
    test.ctx,
    {
      source: [source].flat(),
      product,
      outputType: contract ? { ...outputType, contract: ArtifactContract.parse(contract) } : outputType,
    },
    params(values),
  );

it('delivers the same bytes under the catalogue name, with kind, checksum and size, and leaves the source in place', async () => {
  const source = await still();
  const { asset, files } = await publish(source);
  expect(files).toBeUndefined();
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
      widthPx: 64,
      heightPx: 32,
      isTransparent: true,
      collision: 'version',
    },
  });
  expect(asset.metadata).not.toHaveProperty('samples');
  expect(await readFile(test.fileOf(source))).toEqual(await readFile(test.fileOf(asset)));
});

it('uses the source name where there is neither product nor output type', async () => {
  const { asset } = await publishAsset.spec.run(test.ctx, { source: [await still()] }, params());
  expect(asset.fileName).toBe('bearing.png');
});

it.each(['{skuu}', '{sku}_{}', '{constructor}', 'a {sku', '{{sku}}', '{sku}_{outputType}-{index}'])(
  'knows before it runs whether there is what the name "%s" asks for',
  (fileName) => {
    const asksForMore = /\{(?:skuu|constructor)?\}/.test(fileName);
    const { error } = publishAsset.params.safeParse({ fileName });
    expect(error?.issues.map(({ path, message }) => `${path}: ${message}`) ?? []).toEqual(
      asksForMore ? [expect.stringContaining('fileName: The placeholders are {sku}, {product}')] : [],
    );
  },
);

it('numbers the files of a set', async () => {
  const { asset, files } = await publish([await still(64), await still(65)]);
  expect([asset, ...files!].map(({ fileName, role }) => [fileName, role])).toEqual([
    ['HM-6205_still_1k_0001.png', 'published_asset'],
    ['HM-6205_still_1k_0002.png', 'published_asset'],
  ]);
});

describe('derivatives', () => {
  it('are smaller copies in their format and profile; the original stays as it is', async () => {
    const source = await still(800, 400);
    const { asset, files } = await publish(source, {
      derivatives: [
        { name: 'web', maxWidthPx: 200, format: 'webp' },
        { name: 'print', maxWidthPx: 4000, format: 'jpeg', background: '#00ff00' },
        { name: 'plain', maxWidthPx: 100, format: 'png', colorProfile: 'none' },
        { name: 'small', maxWidthPx: 16, format: 'avif' },
      ],
    });
    expect(asset.sha256).toBe(source.sha256);
    const facts = await Promise.all(
      files!.map(async (file) => {
        const { format, width, height, icc, hasAlpha } = await sharp(test.fileOf(file)).metadata();
        return [file.fileName, file.mediaType, format, width, height, icc !== undefined, hasAlpha];
      }),
    );
    expect(facts).toEqual([
      ['HM-6205_still_1k_web.webp', 'image/webp', 'webp', 200, 100, true, true],
      ['HM-6205_still_1k_print.jpg', 'image/jpeg', 'jpeg', 800, 400, true, false],
      ['HM-6205_still_1k_plain.png', 'image/png', 'png', 100, 50, false, true],
      ['HM-6205_still_1k_small.avif', 'image/avif', 'heif', 16, 8, true, true],
    ]);
    expect(files![0]!.metadata).toMatchObject({ derivative: 'web', of: source.sha256, widthPx: 200, heightPx: 100 });
    const { channels } = await sharp(test.fileOf(files![1]!)).stats();
    expect(channels[1]!.mean).toBeGreaterThan(130);
  });

  it('come out in sRGB whatever the original is in', async () => {
    const wide = await picture().removeAlpha().withIccProfile('p3').png().toBuffer();
    const { files } = await publish(await write(wide), {
      derivatives: [
        { name: 'web', format: 'png' },
        { name: 'keep', format: 'png', colorProfile: 'keep' },
      ],
    });
    const [web, keep] = files!.map((file) => test.fileOf(file));
    const icc = async (file: string | Buffer) => (await sharp(file).metadata()).icc!;
    // The stored numbers, not what they look like.
    const red = async (file: string | Buffer) => (await sharp(file, { ignoreIcc: true }).raw().toBuffer())[0]!;
    expect(await icc(web!)).toEqual(await icc(await picture().withIccProfile('srgb').png().toBuffer()));
    expect(Math.abs((await red(web!)) - 200)).toBeLessThanOrEqual(2);
    expect(await icc(keep!)).toEqual(await icc(wide));
    expect(await red(keep!)).toBe(await red(wide));
    expect(await red(wide)).toBeLessThan(195);
  });

  it('are refused for what is no picture, and when two have one name', async () => {
    const glb = await write(Buffer.from('glTF....'), { role: 'glb_model', mediaType: 'model/gltf-binary' });
    await expect(
      publishAsset.spec.run(test.ctx, { source: [glb] }, params({ derivatives: [{}] })),
    ).rejects.toMatchObject({ code: 'DERIVATIVES_NOT_POSSIBLE', details: { path: '/derivatives' } });
    await expect(publish(await still(), { derivatives: [{}, {}] })).rejects.toMatchObject({
      code: 'DERIVATIVES_CONTRADICTORY',
      details: { path: '/derivatives/1/name' },
    });
  });
});

describe('the contract', () => {
  it('refuses what the output type does not sell', async () => {
    const glb = await write(Buffer.from('glTF....'), { role: 'glb_model', mediaType: 'model/gltf-binary' });
    await expect(publish(glb)).rejects.toMatchObject({
      code: 'ARTIFACT_KIND_MISMATCH',
      message: 'The output type "Still 1K" sells a still image, but this is a glb model.',
    });
  });

  it('refuses empty, cut off and mislabelled files', async () => {
    await expect(publish(await write(Buffer.alloc(0)))).rejects.toMatchObject({ code: 'ASSET_EMPTY' });
    const noise = Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * i * 7919) % 256));
    const png = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .png()
      .toBuffer();
    await expect(publish(await write(png.subarray(0, png.length / 2)))).rejects.toMatchObject({
      code: 'ASSET_CORRUPT',
    });
    const jpeg = await picture().jpeg().toBuffer();
    await expect(publish(await write(jpeg))).rejects.toMatchObject({ code: 'ASSET_CORRUPT' });
    const mp4 = await write(Buffer.from('no film at all'), { role: 'turntable_video', mediaType: 'video/mp4' });
    await expect(publishAsset.spec.run(test.ctx, { source: [mp4] }, params())).rejects.toMatchObject({
      code: 'ASSET_CORRUPT',
    });
  });

  it.each([
    ['mediaTypes', { mediaTypes: ['image/jpeg'] }],
    ['minBytes', { minBytes: 100_000 }],
    ['maxBytes', { maxBytes: 20 }],
    ['widthPx', { widthPx: { min: 65 } }],
    ['widthPx', { widthPx: { max: 63 } }],
    ['heightPx', { heightPx: { min: 33, max: 40 } }],
    ['transparent', { transparent: false }],
    ['count', { count: { min: 2 } }],
  ])('on %s is kept before anything is written', async (field, contract) => {
    const source = await still();
    const written: string[] = [];
    const { write: writeArtifact } = test.ctx.artifacts;
    test.ctx.artifacts.write = (artifact) => {
      written.push(artifact.fileName);
      return writeArtifact(artifact);
    };
    await expect(publish(source, { derivatives: [{}] }, contract)).rejects.toMatchObject({
      code: 'ARTIFACT_CONTRACT_BROKEN',
      details: { field },
    });
    expect(written).toEqual([]);
  });

  it('lets through what fits', async () => {
    const contract = {
      mediaTypes: ['image/png'],
      widthPx: { min: 64, max: 64 },
      heightPx: { max: 32 },
      transparent: true,
      count: { min: 1, max: 1 },
    };
    await expect(publish(await still(), {}, contract)).resolves.toBeTruthy();
  });

  it('refuses a set of mixed kinds', async () => {
    const glb = await write(Buffer.from('glTF....'), { role: 'glb_model', mediaType: 'model/gltf-binary' });
    await expect(publish([await still(), glb])).rejects.toMatchObject({ code: 'SET_OF_MIXED_KINDS' });
  });
});
