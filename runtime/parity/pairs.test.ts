import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArtifactRef } from '../../modules/artifacts.js';
import { requireFfmpeg, runFfmpeg } from '../../modules/render/ffmpeg.js';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { parityScene } from '../../tests/support/parityScenes.js';
import { describeWith } from '../../tests/support/tools.js';
import { compareRoles } from './compareRoles.js';
import { verdictOfFiles } from './judge.js';
import { ParityPolicy } from './policy.js';
import type { Comparison } from './results.js';

// Known noise must pass and seeded faults must be caught, by what the real modules make. docs/parity.md has the figures at more sizes.

let test: Awaited<ReturnType<typeof createTestContext>>;
let scene: Awaited<ReturnType<typeof parityScene>>;
const kept: { fileName: string; png: Buffer }[] = [];
const policy = ParityPolicy.parse({});

beforeAll(async () => {
  test = await createTestContext();
  scene = await parityScene(test, { width: 128, height: 128 });
});
afterAll(() => test.cleanup());

async function compare(legacy: ArtifactRef[], graph: ArtifactRef[]): Promise<Comparison[]> {
  return compareRoles({ legacy, graph }, policy, {
    workdir: test.ctx.workdir,
    signal: test.ctx.signal,
    log: () => {},
    path: test.ctx.artifacts.path,
    async keep(png, fileName) {
      kept.push({ fileName, png });
      return `${kept.length}`;
    },
  });
}
const judge = async (legacy: ArtifactRef[], graph: ArtifactRef[], kind = 'still_image') =>
  verdictOfFiles(await compare(legacy, graph), kind, policy);

/** Rendered once, however many tests look at it. */
const once = <T>(make: () => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
};
const still = once(() => scene.still());
const blend = once(() => scene.blend());
const film = once(() => scene.film());

/** The same pixels in another file: another time, another tool. */
async function reencoded(ref: ArtifactRef): Promise<ArtifactRef> {
  const file = path.join(test.ctx.workdir, 'again.png');
  const image = sharp(await readFile(test.fileOf(ref))).withExif({ IFD0: { DateTime: '2001:01:01 00:00:00' } });
  await writeFile(file, await image.png({ compressionLevel: 3 }).toBuffer());
  return test.ctx.artifacts.write({ ...ref, from: { path: file } });
}

describeWith('blender', 'a still', () => {
  it('is caught where the camera moved, even if every pixel is the same, and told where nobody noted it', async () => {
    const made = await still();
    const camera = { ...(made.metadata.camera as object), lensMm: 51 };
    const [moved] = await compare([made], [{ ...made, metadata: { ...made.metadata, camera } as never }]);
    expect(moved).toMatchObject({
      isIdentical: true,
      verdict: 'differs',
      reasons: [expect.stringContaining('camera')],
    });
    const { camera: _, ...rest } = made.metadata;
    const again = await reencoded({ ...made, metadata: rest });
    const [told] = await compare([made], [again]);
    expect(told).toMatchObject({ verdict: 'passed' });
    expect(told!.figures).toContainEqual(
      expect.objectContaining({ key: 'camera', legacy: 'noted', graph: 'not noted', verdict: 'warning' }),
    );
  });

  it('passes when it differs by its seed, or by its file only', async () => {
    const seeded = await scene.still({ params: { seed: 11 } });
    expect(seeded.sha256).not.toBe((await still()).sha256);
    expect(await judge([await still()], [seeded])).toMatchObject({ status: 'passed' });
    const again = await reencoded(await still());
    expect(again.sha256).not.toBe((await still()).sha256);
    expect(await judge([await still()], [again])).toMatchObject({ status: 'passed' });
    expect(await judge([await still()], [await still()])).toEqual({
      status: 'passed',
      reasons: ['The one file compared is the same, byte by byte.'],
    });
  });

  it.each([
    ['a camera 2° aside', { params: { camera: { azimuthDeg: 37 } } }],
    ['one bolt of another material', { wrongPart: 'Hex Bolt M10x35' }],
    ['a seal that is missing', { missingPart: 'Seal' }],
    ['a product 5 % smaller', { margin: 1.05 }],
  ])('is caught with %s, and the difference is drawn', async (_what, variation) => {
    const [comparison] = await compare([await still()], [await scene.still(variation)]);
    expect(comparison).toMatchObject({ verdict: 'differs', samples: [{ differenceArtifactId: expect.any(String) }] });
    expect(comparison!.reasons.length).toBeGreaterThan(0);
    const { png } = kept[Number(comparison!.samples[0]!.differenceArtifactId) - 1]!;
    const { channels } = await sharp(png).stats();
    expect(channels[3]!.max).toBe(255);
    expect(channels[3]!.mean).toBeLessThan(128);
  });

  it('is caught when it is of another size, depth or transparency', async () => {
    const [size, bits, cutOut] = await Promise.all([
      scene.still({ params: { resolution: { width: 128, height: 96 } } }),
      scene.still({ params: { format: 'png16' } }),
      scene.still({ params: { transparent: true } }),
    ]);
    // The product is framed by the picture, so the camera stands elsewhere as well.
    expect((await judge([await still()], [size])).reasons).toEqual([
      'Still image: The camera stands, looks or zooms differently.',
      'Still image: The legacy picture has 128 × 128 pixels, that of the workflow 128 × 96.',
    ]);
    expect((await judge([await still()], [bits])).reasons).toContainEqual(expect.stringContaining('bits a channel'));
    expect((await judge([await still()], [cutOut])).reasons).toContainEqual(expect.stringContaining('is transparent'));
  });

  it('as OpenEXR is looked at as a monitor shows it', async () => {
    const exr = (seed: number, more = {}) => scene.still({ params: { format: 'exr', seed }, ...more });
    const base = await exr(0);
    expect(await judge([base], [await exr(11)])).toMatchObject({ status: 'passed' });
    expect(await judge([base], [await exr(0, { wrongPart: 'Hex Bolt M10x35' })])).toMatchObject({ status: 'differs' });
  });
});

describe('a 3D model', () => {
  it('passes against itself in another file, and is caught with a part missing, of another colour or 5 % larger', async () => {
    const right = await scene.glbFor({});
    const again = await scene.glbFor({ scale: 1.000001 });
    expect(again.sha256).not.toBe(right.sha256);
    expect(await judge([right], [again], 'glb_model')).toMatchObject({ status: 'passed' });
    // No picture shows the cage: it is behind the seals.
    const missing = await judge([right], [await scene.glbFor({ missingPart: 'Cage' })], 'glb_model');
    expect(missing).toMatchObject({ status: 'differs' });
    expect(missing.reasons).toContainEqual(expect.stringContaining('only the legacy pipeline has "Cage"'));
    const dyed = await judge([right], [await scene.glbFor({ dyedPart: 'Seal' })], 'glb_model');
    expect(dyed).toMatchObject({ status: 'differs', reasons: [expect.stringMatching(/Materials differ: .*Seal/)] });
    const larger = await judge([right], [await scene.glbFor({ scale: 1.05 })], 'glb_model');
    expect(larger).toMatchObject({ status: 'differs', reasons: [expect.stringContaining('The size differs')] });
  });

  it('comes with a material map in which one wrong material is caught', async () => {
    const verdict = await judge([await scene.mapFor()], [await scene.mapFor('Ball')], 'material_map');
    expect(verdict).toMatchObject({ status: 'differs' });
    expect(verdict.reasons[0]).toContain('Ball: wrong');
    expect(verdict.reasons[0]).not.toContain('{');
  });
});

describeWith('blender', 'a .blend file', () => {
  it('that cannot be read is incomparable', async () => {
    const broken = await test.ctx.artifacts.write({
      ...(await blend()),
      from: { text: 'BLENDER-v304 and then nothing' },
    });
    expect(await judge([await blend()], [broken], 'blend_file')).toMatchObject({
      status: 'incomparable',
      reasons: [expect.stringContaining('cannot be read')],
    });
  });

  it('passes from another Blender run and with another seed, and is caught with another camera, material, part or size', async () => {
    const again = await scene.blend({ params: { compress: false } });
    expect(again.sha256).not.toBe((await blend()).sha256);
    expect(await judge([await blend()], [again], 'blend_file')).toMatchObject({ status: 'passed' });
    const seeded = await scene.blend({ params: { seed: 11 } });
    expect(await judge([await blend()], [seeded], 'blend_file')).toMatchObject({ status: 'passed' });
    const camera = await judge(
      [await blend()],
      [await scene.blend({ params: { camera: { azimuthDeg: 37 } } })],
      'blend_file',
    );
    expect(camera.reasons).toContainEqual(expect.stringContaining('camera'));
    const wrong = await judge([await blend()], [await scene.blend({ wrongPart: 'Ball' })], 'blend_file');
    expect(wrong.reasons).toEqual([expect.stringMatching(/Materials differ: .*Ball.*wrong/)]);
    const larger = await judge([await blend()], [await scene.blend({ scale: 1.05 })], 'blend_file');
    expect(larger.reasons).toContainEqual(expect.stringContaining('The size differs'));
    const missing = await judge([await blend()], [await scene.blend({ missingPart: 'Cage' })], 'blend_file');
    expect(missing.reasons).toContainEqual(expect.stringContaining('only the legacy pipeline has "Cage'));
  });
});

describeWith('blender', 'a turntable', () => {
  it('passes with another seed, with frames to look at, and another speed or direction is caught', async () => {
    const seeded = await compare([await film()], [await scene.film({ params: { seed: 11 } })]);
    expect(seeded).toMatchObject([{ kind: 'film', verdict: 'passed' }]);
    expect(seeded[0]!.figures).toContainEqual(
      expect.objectContaining({ key: 'lastCamera', difference: 0, verdict: 'passed' }),
    );
    expect(seeded[0]!.samples.map(({ label }) => label)).toEqual(['Frame 1', 'Frame 2', 'Frame 3']);
    const faster = await judge(
      [await film()],
      [await scene.film({ params: { animation: { frames: 3, fps: 12 } } })],
      'turntable_video',
    );
    expect(faster.reasons).toEqual([expect.stringContaining('frames per second')]);
    const animation = { frames: 3, fps: 6, direction: 'clockwise' };
    const turned = await judge([await film()], [await scene.film({ params: { animation } })], 'turntable_video');
    expect(turned.reasons).toContainEqual(expect.stringContaining('The turn ends somewhere else'));
  });

  it('passes when only its file is another', async () => {
    const made = await film();
    const copy = path.join(test.ctx.workdir, 'again.mp4');
    const stamp = ['-c', 'copy', '-metadata', 'creation_time=2001-01-01T00:00:00Z'];
    const { workdir: cwd, signal } = test.ctx;
    const { ffmpeg } = await requireFfmpeg();
    await runFfmpeg(ffmpeg, ['-i', test.fileOf(made), ...stamp, copy], { cwd, signal });
    const again = await test.ctx.artifacts.write({ ...made, from: { path: copy } });
    expect(again.sha256).not.toBe(made.sha256);
    expect(await judge([made], [again], 'turntable_video')).toMatchObject({ status: 'passed' });
  });

  it.each(['webm', 'webp', 'frames'])(
    'as %s passes with another seed, and with a bolt of another material is caught',
    async (format) => {
      const base = await scene.film({ params: { format } });
      const seeded = await scene.film({ params: { format, seed: 11 } });
      expect(seeded.sha256).not.toBe(base.sha256);
      const [passed] = await compare([base], [seeded]);
      expect(passed).toMatchObject({ verdict: 'passed', samples: [{}, {}, {}] });
      expect(passed!.figures).toContainEqual(expect.objectContaining({ key: 'frames', legacy: 3, graph: 3 }));
      const wrong = await scene.film({ params: { format }, wrongPart: 'Hex Bolt M10x35' });
      expect(await judge([base], [wrong], 'turntable_video')).toMatchObject({ status: 'differs' });
    },
  );

  it.each([
    ['a camera 2° higher', { params: { camera: { elevationDeg: 30 } } }],
    ['one bolt of another material', { wrongPart: 'Hex Bolt M10x35' }],
    ['a bolt that is missing', { missingPart: 'Hex Bolt M10x35' }],
    ['a product 5 % smaller', { margin: 1.05 }],
  ])('is caught with %s', async (_what, variation) => {
    const verdict = await judge([await film()], [await scene.film(variation)], 'turntable_video');
    expect(verdict).toMatchObject({ status: 'differs' });
  });
});

describe('a comparison', () => {
  it('of nothing is incomparable, never passed', async () => {
    expect(await judge([], [])).toMatchObject({ status: 'incomparable' });
    const map = await scene.mapFor();
    expect(await judge([map], [map])).toMatchObject({
      status: 'incomparable',
      reasons: ['Neither run made a still image, which is what is sold.'],
    });
  });

  it('of a file that only one side has is a difference, unless its role is left out', async () => {
    const map = await scene.mapFor();
    expect(await judge([map], [], 'material_map')).toEqual({
      status: 'differs',
      reasons: ['Material map: Only the legacy pipeline made a material map.'],
    });
  });

  it('of a file that cannot be read is incomparable', async () => {
    const broken = await test.ctx.artifacts.write({
      ...{ role: 'still_image', mediaType: 'image/png', fileName: 'broken.png' },
      from: { text: 'no picture' },
    });
    const other = await test.ctx.artifacts.write({
      ...{ role: 'still_image', mediaType: 'image/png', fileName: 'other.png' },
      from: {
        bytes: await sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } })
          .png()
          .toBuffer(),
      },
    });
    expect(await judge([other], [broken])).toMatchObject({
      status: 'incomparable',
      reasons: [expect.stringContaining('cannot be read')],
    });
  });
});
