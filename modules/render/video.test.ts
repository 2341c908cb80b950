import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { describeWith, requireTool } from '../../tests/support/tools.js';
import { findFfmpeg, requireFfmpeg } from './ffmpeg.js';
import { type Film, joinFrames } from './video.js';

const run = promisify(execFile);
const WIDTH = 48;
const HEIGHT = 32;

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

/** A red square that wanders over transparent ground. */
async function frames(count: number): Promise<string[]> {
  const square = await sharp({ create: { width: 16, height: 16, channels: 4, background: '#d02020' } })
    .png()
    .toBuffer();
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const file = path.join(test.dir, `given-${i}.png`);
      await sharp({ create: { width: WIDTH, height: HEIGHT, channels: 4, background: '#00000000' } })
        .composite([{ input: square, left: 4 * i, top: 8 }])
        .png()
        .toFile(file);
      return file;
    }),
  );
}

async function join(film: Partial<Film>): Promise<string> {
  const workdir = path.join(test.ctx.workdir, Math.random().toString(36).slice(2));
  await mkdir(workdir);
  return joinFrames(
    { ...test.ctx, workdir },
    {
      frames: await frames(6),
      width: WIDTH,
      height: HEIGHT,
      fps: 12,
      format: 'mp4',
      background: '#3366cc',
      imageQuality: 100,
      ...film,
    },
  );
}

const hash = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

/** Frames of one grey each, a step lighter from one to the next. */
const GREY_STEP = 20;
async function greys(count: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const file = path.join(test.dir, `grey-${i}.png`);
      const level = i * GREY_STEP;
      await sharp({
        create: { width: WIDTH, height: HEIGHT, channels: 4, background: { r: level, g: level, b: level, alpha: 1 } },
      })
        .png()
        .toFile(file);
      return file;
    }),
  );
}

/** The grey in the middle of every picture, in steps. */
const stepsIn = (pixels: Buffer) =>
  Array.from({ length: pixels.length / (WIDTH * HEIGHT) }, (_, frame) =>
    Math.round(pixels[(frame + 0.5) * WIDTH * HEIGHT + WIDTH / 2]! / GREY_STEP),
  );

/** Frames as ffmpeg decodes them, one byte a pixel. */
async function decoded(...input: string[]): Promise<Buffer> {
  const args = ['-v', 'error', ...input, '-vsync', 'passthrough', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'];
  const { stdout } = await run(requireTool('ffmpeg'), args, { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 });
  return stdout.filter((_, i) => i % 3 === 0) as Buffer;
}

/** RGBA at a place of a frame, as a player decodes it. */
async function pixel(file: string, frame: number, x: number, y: number, decoder: string[] = []) {
  const png = path.join(test.dir, 'decoded.png');
  const pick = ['-vf', `select=eq(n\\,${frame})`, '-frames:v', '1', '-pix_fmt', 'rgba'];
  await run(requireTool('ffmpeg'), ['-v', 'error', '-y', ...decoder, '-i', file, ...pick, png]);
  const { data } = await sharp(png)
    .ensureAlpha()
    .extract({ left: x, top: y, width: 1, height: 1 })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return [...data];
}
const near = (actual: number[], expected: number[]) =>
  expect(Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!))), `${actual} ≈ ${expected}`).toBeLessThan(
    12,
  );

it('says that ffmpeg is missing and how to install it', async () => {
  expect(await findFfmpeg({ PATH: '/nowhere' })).toBeNull();
  await expect(requireFfmpeg({ PATH: '/nowhere' })).rejects.toMatchObject({
    code: 'FFMPEG_MISSING',
    isRetryable: true,
    message: expect.stringContaining('apt-get install ffmpeg'),
  });
  await expect(requireFfmpeg({ FFMPEG_PATH: '/nowhere/ffmpeg' })).rejects.toMatchObject({
    message: expect.stringContaining('/nowhere/ffmpeg'),
  });
});

it('puts single frames into an archive, in order, the same bytes every time', async () => {
  const [one, two] = [
    await join({ format: 'frames', background: null }),
    await join({ format: 'frames', background: null }),
  ];
  expect(await hash(one)).toBe(await hash(two));
  const { stdout } = await run('python3', ['-m', 'zipfile', '-l', one]);
  expect(stdout.match(/frame_\d+\.png/g)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `frame_000${n}.png`));
  await run('python3', ['-m', 'zipfile', '-e', one, path.join(test.dir, 'out')]);
  expect(await hash(path.join(test.dir, 'out/frame_0003.png'))).toBe(await hash(path.join(test.dir, 'given-2.png')));
});

it('lays single frames on their background', async () => {
  const zip = await join({ format: 'frames', background: '#3366cc' });
  await run('python3', ['-m', 'zipfile', '-e', zip, path.join(test.dir, 'laid')]);
  const { data, info } = await sharp(path.join(test.dir, 'laid/frame_0001.png'))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.channels, ...data.subarray(40 * 3, 40 * 3 + 3)]).toEqual([3, 0x33, 0x66, 0xcc]);
});

describeWith('ffmpeg', 'a film', () => {
  it.each(['mp4', 'webm', 'webp'] as const)('as %s is the same bytes every time', async (format) => {
    const background = format === 'mp4' ? '#3366cc' : null;
    const [one, two] = [await join({ format, background }), await join({ format, background })];
    expect(await hash(one)).toBe(await hash(two));
  });

  it.each(['mp4', 'webm', 'webp', 'frames'] as const)(
    'as %s has its frames in the order they were given',
    async (format) => {
      const count = 12;
      const film = { frames: await greys(count), background: format === 'mp4' ? ('#000000' as const) : null, format };
      const file = await join(film);
      const expected = Array.from({ length: count }, (_, i) => i);
      if (format === 'webp') {
        // ffmpeg does not read animated WebP.
        const { data, info } = await sharp(file, { pages: -1 })
          .removeAlpha()
          .raw()
          .toBuffer({ resolveWithObject: true });
        expect([info.width, info.pages, info.pageHeight]).toEqual([WIDTH, count, HEIGHT]);
        expect(stepsIn(data.filter((_, i) => i % 3 === 0) as Buffer)).toEqual(expected);
        return;
      }
      if (format === 'frames') {
        const out = path.join(test.dir, 'unpacked');
        await run('python3', ['-m', 'zipfile', '-e', file, out]);
        expect(stepsIn(await decoded('-i', path.join(out, 'frame_%04d.png')))).toEqual(expected);
        return;
      }
      expect(stepsIn(await decoded('-i', file))).toEqual(expected);
      const entries = 'stream=codec_name,width,height,nb_read_frames';
      const probe = ['-v', 'error', '-count_frames', '-show_entries', entries, '-of', 'csv=p=0', file];
      const { stdout } = await run('ffprobe', probe);
      expect(stdout.trim()).toBe(`${format === 'mp4' ? 'h264' : 'vp9'},${WIDTH},${HEIGHT},${count}`);
    },
  );

  it('as MP4 shows the product on the colour, with the colours as they were', async () => {
    const file = await join({});
    near(await pixel(file, 0, 40, 4), [0x33, 0x66, 0xcc, 255]);
    near(await pixel(file, 3, 20, 16), [0xd0, 0x20, 0x20, 255]);
    near(await pixel(file, 0, 20 + 4, 16), [0x33, 0x66, 0xcc, 255]);
  });

  it('as MP4 shows the product on a gradient', async () => {
    const file = await join({ background: { top: '#ff0000', bottom: '#0000ff' } });
    for (const frame of [0, 5]) {
      near(await pixel(file, frame, 44, 0), [0xff, 0, 0, 255]);
      near(await pixel(file, frame, 2, HEIGHT - 1), [0, 0, 0xff, 255]);
    }
    near(await pixel(file, 3, 20, 16), [0xd0, 0x20, 0x20, 255]);
  });

  it('as WebM keeps transparency', async () => {
    const file = await join({ format: 'webm', background: null });
    const decoder = ['-c:v', 'libvpx-vp9'];
    near([(await pixel(file, 0, 40, 4, decoder))[3]!], [0]);
    near(await pixel(file, 3, 20, 16, decoder), [0xd0, 0x20, 0x20, 255]);
  });

  it('as animated WebP keeps transparency, and loops', async () => {
    const file = await join({ format: 'webp', background: null });
    const { pages, loop, delay } = await sharp(file, { pages: -1 }).metadata();
    expect([pages, loop]).toEqual([6, 0]);
    expect(Math.abs(delay!.reduce((sum, ms) => sum + ms, 0) - 500)).toBeLessThan(6);
    const { data, info } = await sharp(file, { page: 3 }).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * 4, (y * info.width + x) * 4 + 4)];
    near(at(20, 16), [0xd0, 0x20, 0x20, 255]);
    near([at(2, 2)[3]!], [0]);
  });

  it('on a colour is opaque in WebM and WebP too', async () => {
    near(await pixel(await join({ format: 'webm' }), 0, 40, 4, ['-c:v', 'libvpx-vp9']), [0x33, 0x66, 0xcc, 255]);
    const webp = sharp(await join({ format: 'webp' }), { page: 5 }).ensureAlpha();
    const { data } = await webp
      .extract({ left: 40, top: 4, width: 1, height: 1 })
      .raw()
      .toBuffer({ resolveWithObject: true });
    near([...data], [0x33, 0x66, 0xcc, 255]);
  });

  it('that never changes is still as long as it should be', async () => {
    const [still] = await frames(1);
    await join({ frames: Array(6).fill(still), format: 'webp' });
    await join({ frames: Array(6).fill(still), format: 'mp4' });
  });

  it('at a speed of 23.976 frames per second keeps it', async () => {
    const file = await join({ fps: 23.976 });
    const { stdout } = await run('ffprobe', [
      '-v',
      'error',
      '-show_entries',
      'stream=avg_frame_rate',
      '-of',
      'csv=p=0',
      file,
    ]);
    const [units = 0, per = 1] = stdout.split('/').map(Number);
    expect(units / per).toBeCloseTo(23.976, 2);
  });

  it('refuses an odd size for MP4', async () => {
    await expect(join({ width: 47 })).rejects.toMatchObject({
      code: 'VIDEO_SIZE_ODD',
      details: { path: '/resolution' },
    });
  });

  it('that comes out otherwise than asked for is refused', async () => {
    await expect(join({ width: 64, format: 'webm', background: null })).rejects.toMatchObject({ code: 'VIDEO_WRONG' });
  });

  it('is not made when it is cancelled', async () => {
    test.abort();
    await expect(join({})).rejects.toThrow('cancelled');
  });
});
