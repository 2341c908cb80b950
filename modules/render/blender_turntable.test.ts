import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useBrokenGpu } from '../../tests/support/brokenGpu.js';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { describeWith } from '../../tests/support/tools.js';
import { SMALL, turntableScene } from '../../tests/support/turntableScene.js';
import type { JsonObject } from '../json.js';
import type { RenderTemplate } from '../shapes/renderTemplate.js';
import { upgradeParams } from '../upgrades.js';
import { blenderTurntable } from './blender_turntable.js';
import { neutralStudio } from './neutralStudio.js';
import { turntableFrames } from './turntable_frames.js';

const run = promisify(execFile);

const animation = (more: JsonObject) => ({ frames: 4, fps: 4, ...more });

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

const { sceneInputs } = turntableScene(() => test);

describe('the settings of a turntable', () => {
  const issuesOf = (params: JsonObject) =>
    blenderTurntable.params
      .strict()
      .safeParse(params)
      .error?.issues.map(({ path, message }) => `${path.join('/')} ${message}`);

  it.each([
    [{ format: 'mp4', transparent: true }, 'format MP4 cannot be transparent'],
    [{ format: 'mp4', resolution: { width: 101, height: 100 } }, 'resolution must be even'],
    [{ animation: { frames: 10, fps: 10, durationS: 5 } }, 'animation/durationS does not fit'],
  ])('%j contradict each other', (params, expected) => {
    expect(issuesOf(params)).toEqual([expect.stringContaining(expected)]);
  });

  it('are shared out to parts that know nothing of colour behind, speed and file', () => {
    const parts = (given: JsonObject) =>
      blenderTurntable.fanOut!.parts(blenderTurntable.params.parse({ animation: { frames: 10 }, ...given }));
    expect(parts({}).map(({ label, size }) => `${label}: ${size}`)).toEqual([
      'Frames 1–4: 4',
      'Frames 5–8: 4',
      'Frames 9–10: 2',
    ]);
    expect(parts({ chunkFrames: 9 })[1]).toMatchObject({
      label: 'Frame 10',
      params: { first: 9, count: 1, frames: 10 },
    });
    for (const { params } of parts({})) expect(turntableFrames.params.strict().parse(params)).toEqual(params);
    const other = { backgroundColor: '#123456', format: 'webm', imageQuality: 3, animation: { frames: 10, fps: 5 } };
    expect(parts(other)).toEqual(parts({}));
    expect(parts({ seed: 1 })).not.toEqual(parts({}));
    // A cut-out leaves away what is built behind the product.
    expect(parts({ transparent: true, format: 'webm' })[0]!.params).toMatchObject({ backdrop: false });
  });
});

it('refuses frames of different sizes', async () => {
  const [frames, inputs] = [await given([8, 8, 10]), await sceneInputs()];
  const params = blenderTurntable.spec.params.parse({ format: 'frames' });
  await expect(blenderTurntable.spec.run(test.ctx, { ...inputs, frames }, params)).rejects.toMatchObject({
    code: 'FRAMES_DIFFER',
  });
});

/** Frames that somebody rendered. */
const given = (sizes: number[]) =>
  Promise.all(
    sizes.map(async (size, i) =>
      test.ctx.artifacts.write({
        ...{ role: 'turntable_frame', mediaType: 'image/png', fileName: `${i}.png` },
        metadata: { widthPx: size, heightPx: size },
        from: {
          bytes: await sharp({ create: { width: size, height: size, channels: 4, background: '#ff0000' } })
            .png()
            .toBuffer(),
        },
      }),
    ),
  );

describeWith('ffmpeg', 'frames that are rendered already', () => {
  it('are joined without Blender', async () => {
    const frames = await given([16, 16, 16]);
    const params = blenderTurntable.spec.params.parse({ animation: { frames: 3, fps: 12 } });
    const made = await blenderTurntable.spec.run(test.ctx, { ...(await sceneInputs()), frames }, params);
    expect(made.frames).toEqual(frames);
    expect(made.video).toMatchObject({
      role: 'turntable_video',
      mediaType: 'video/mp4',
      fileName: 'Fön 12.mp4',
      metadata: { frameCount: 3, fps: 12, durationMs: 250, widthPx: 16, heightPx: 16, isTransparent: false },
    });
  });
});

describeWith('ffmpeg', 'what is behind the frames', () => {
  const GRADIENT: RenderTemplate = {
    ...neutralStudio,
    backdrop: { kind: 'gradient', top: '#ff0000', bottom: '#0000ff' },
  };
  const top = async (params: JsonObject) => {
    const clear = await sharp({ create: { width: 16, height: 16, channels: 4, background: '#00000000' } })
      .png()
      .toBuffer();
    const frame = await test.ctx.artifacts.write({
      ...{ role: 'turntable_frame', mediaType: 'image/png', fileName: 'clear.png' },
      metadata: { widthPx: 16, heightPx: 16 },
      from: { bytes: clear },
    });
    const all = blenderTurntable.spec.params.parse({ format: 'webp', animation: { frames: 2, fps: 2 }, ...params });
    const inputs = { ...(await sceneInputs(GRADIENT)), frames: [frame, frame] };
    const { video } = await blenderTurntable.spec.run(test.ctx, inputs, all);
    const { data } = await sharp(test.fileOf(video)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    return [...data.subarray(0, 4)].map((value) => Math.round(value / 64));
  };

  it.each([
    ['the gradient of the template', {}, [4, 0, 0, 4]],
    ['the colour, where the backdrop is not wanted', { backdrop: false, backgroundColor: '#00ff00' }, [0, 4, 0, 4]],
    ['nothing in a cut-out', { transparent: true }, [0, 0, 0, 0]],
  ])('is %s', async (_what, params, expected) => {
    expect(await top(params)).toEqual(expected);
  });
});

it('keeps single frames of older workflows the cut-outs they were', () => {
  const upgrade = (params: JsonObject) => upgradeParams(blenderTurntable, params, 1).params;
  expect(upgrade({ format: 'frames' })).toEqual({ format: 'frames', transparent: true });
  expect(upgrade({ format: 'mp4', transparent: false })).toEqual({ format: 'mp4', transparent: false });
});

describeWith('blender', 'a turntable on its own', () => {
  it('says how many of its frames the processor rendered because the graphics card failed', async () => {
    await useBrokenGpu(test.dir);
    const params = { ...SMALL, samples: 1, device: 'gpu', format: 'frames', animation: animation({ frames: 2 }) };
    const { video, frames } = await blenderTurntable.spec
      .run(test.ctx, await sceneInputs(), blenderTurntable.spec.params.parse(params))
      .finally(() => vi.unstubAllEnvs());
    expect(frames.map(({ metadata }) => metadata.device)).toEqual(['cpu', 'cpu']);
    expect(video.metadata.warnings).toEqual([
      '2 of 2 frames were rendered by the processor, because the graphics card was missing or failed.',
    ]);
  });

  it('renders its frames itself and joins them, with progress that never goes back', async () => {
    const turn = { startDeg: 90, direction: 'clockwise' };
    const params = blenderTurntable.spec.params.parse({ ...SMALL, animation: animation(turn) });
    const { video, frames } = await blenderTurntable.spec.run(test.ctx, await sceneInputs(), params);
    expect(frames).toHaveLength(4);
    expect(video.metadata).toMatchObject({ frameCount: 4, durationMs: 1000, widthPx: 64, heightPx: 64 });
    const probe = [
      '-v',
      'error',
      '-count_frames',
      '-show_entries',
      'stream=nb_read_frames,width,codec_name',
      '-of',
      'csv=p=0',
    ];
    expect((await run('ffprobe', [...probe, test.fileOf(video)])).stdout.trim()).toBe('h264,64,4');
    // A quarter turned at first and then the other way: away, right, towards the viewer, left, as a player shows it.
    const shown = ['-v', 'error', '-i', test.fileOf(video), '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'];
    const { stdout: pixels } = await run('ffmpeg', shown, { encoding: 'buffer' });
    const greenAt = [0, 1, 2, 3].map((frame) => {
      const xs = Array.from({ length: 64 * 64 }, (_, i) => i).filter((i) => {
        const [r, g, b] = pixels.subarray((frame * 64 * 64 + i) * 3);
        return g! > 1.5 * Math.max(r!, b!);
      });
      return xs.reduce((sum, i) => sum + (i % 64), 0) / xs.length;
    });
    expect(greenAt[1]).toBeGreaterThan(44);
    expect(greenAt[3]).toBeLessThan(20);
    for (const x of [greenAt[0]!, greenAt[2]!]) expect(Math.abs(x - 31.5)).toBeLessThan(4);
    const fractions = test.progress.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(test.progress.map(({ message }) => message)).toEqual(
      expect.arrayContaining(['Frame 1 of 4', 'Frame 4 of 4', 'Encoding frame 4 of 4']),
    );
    expect(fractions.at(-1)).toBe(1);
  });
});
