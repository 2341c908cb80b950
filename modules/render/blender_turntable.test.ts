import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryCheckpoints } from '../../runtime/memoryCheckpoints.js';
import { useBrokenGpu } from '../../tests/support/brokenGpu.js';
import { type BoxPart, makeGlb } from '../../tests/support/glb.js';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { allProcesses } from '../../tests/support/processes.js';
import { describeWith } from '../../tests/support/tools.js';
import type { ArtifactRef } from '../artifacts.js';
import type { JsonObject } from '../json.js';
import type { MaterialMap } from '../shapes/materials.js';
import type { RenderTemplate } from '../shapes/renderTemplate.js';
import { upgradeParams } from '../upgrades.js';
import { blenderTurntable } from './blender_turntable.js';
import { neutralStudio } from './neutralStudio.js';
import { turntableFrames } from './turntable_frames.js';

const run = promisify(execFile);

const material = (baseColor: string) => ({
  ...{ name: baseColor, label: baseColor, baseColor, metallic: 0, roughness: 0.8 },
  ...{ transmission: 0, clearcoat: 0, ior: 1.5 },
});
/** A long red bar along CAD X, with a green knob at its right end. */
const BAR: BoxPart = { partId: 'bar', partName: 'Bar', size: [0.06, 0.01, 0.01], at: [[0, 0, 0]] };
const KNOB: BoxPart = { partId: 'knob', partName: 'Knob', size: [0.012, 0.02, 0.012], at: [[0.024, 0, 0]] };
const COLORS = { bar: '#d01010', knob: '#10b010' };
const SMALL = {
  resolution: { width: 64, height: 64 },
  ...{ engine: 'cycles', samples: 2, denoise: false, shadow: false },
  camera: { azimuthDeg: 0, elevationDeg: 10 },
};
const animation = (more: JsonObject) => ({ frames: 4, fps: 4, ...more });

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

async function sceneInputs(template: RenderTemplate = neutralStudio) {
  const json = (role: 'material_map' | 'render_template', value: unknown) =>
    test.ctx.artifacts.write({
      ...{ role, mediaType: 'application/json', fileName: `${role}.json` },
      from: { text: JSON.stringify(value) },
    });
  const map: MaterialMap = {
    assignments: Object.entries(COLORS).map(([partId, color]) => ({
      ...{ partId, partName: partId, source: 'rule', ruleId: null },
      material: material(color),
    })) as MaterialMap['assignments'],
    unmapped: [],
  };
  return {
    glb: await test.ctx.artifacts.write({
      ...{ role: 'glb_model', mediaType: 'model/gltf-binary', fileName: 'Fön 12.glb' },
      from: { bytes: await makeGlb([BAR, KNOB]) },
    }),
    map: await json('material_map', map),
    template: await json('render_template', template),
  };
}

/** Where the green knob is in a frame: its mean x in pixels, and how many pixels it covers. */
async function knob(frame: ArtifactRef) {
  const { data, info } = await sharp(test.fileOf(frame)).raw().toBuffer({ resolveWithObject: true });
  const xs: number[] = [];
  for (let i = 0; i < data.length; i += 4)
    if (data[i + 3]! > 128 && data[i + 1]! > 2 * data[i]!) xs.push((i / 4) % info.width);
  return { x: xs.reduce((sum, x) => sum + x, 0) / xs.length, pixels: xs.length };
}

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

describeWith('blender', 'the frames of a turntable', () => {
  const render = async (params: JsonObject) =>
    (
      await turntableFrames.spec.run(
        test.ctx,
        await sceneInputs(),
        turntableFrames.spec.params.parse({ ...SMALL, ...params }),
      )
    ).frames;

  it('turn counter-clockwise, keep the size, and do not end where they began', async () => {
    const frames = await render({ frames: 4, count: 4 });
    expect(frames.map(({ fileName, metadata }) => `${fileName} ${metadata.angleDeg}`)).toEqual([
      'Fön 12_0001.png 0',
      'Fön 12_0002.png 90',
      'Fön 12_0003.png 180',
      'Fön 12_0004.png 270',
    ]);
    const [right, back, left, front] = await Promise.all(frames.map(knob));
    // Seen from the front: right, away behind the bar, left, towards the viewer.
    expect(right!.x).toBeGreaterThan(44);
    expect(left!.x).toBeLessThan(20);
    for (const { x } of [back!, front!]) expect(Math.abs(x - 31.5)).toBeLessThan(4);
    expect(front!.pixels).toBeGreaterThan(1.2 * back!.pixels);
    expect(Math.abs(right!.pixels - left!.pixels)).toBeLessThan(0.25 * right!.pixels);
    expect(new Set(frames.map(({ sha256 }) => sha256)).size).toBe(4);
  });

  it('look alike when the studio turns round the product, as a template may want it', async () => {
    const turning = { ...neutralStudio, turntable: { turns: 'rig' as const } };
    const params = turntableFrames.spec.params.parse({ ...SMALL, frames: 3, count: 2 });
    const { frames } = await turntableFrames.spec.run(test.ctx, await sceneInputs(turning), params);
    const [first, second] = await Promise.all(frames.map(knob));
    const still = await createTestContext();
    const elsewhere = { ...still.ctx, artifacts: test.ctx.artifacts, workdir: test.ctx.workdir };
    const other = await turntableFrames.spec.run(elsewhere, await sceneInputs(), params);
    const [same, alike] = await Promise.all(other.frames.map(knob));
    expect([first!.x, second!.x]).toEqual([expect.closeTo(same!.x, 0), expect.closeTo(alike!.x, 0)]);
    expect(Math.abs(first!.x - second!.x)).toBeGreaterThan(10);
    await still.cleanup();
  });

  it('stand in front of the backdrop of the template, whether the product turns or the studio', async () => {
    const params = turntableFrames.spec.params.parse({
      ...{ ...SMALL, shadow: true, frames: 2, count: 2 },
      camera: { azimuthDeg: 25, elevationDeg: 10 },
    });
    const filmed = async (turns: 'product' | 'rig') => {
      const sweep: RenderTemplate = {
        ...neutralStudio,
        backdrop: { kind: 'sweep', color: '#c02020', roughness: 0.8 },
        turntable: { turns },
      };
      const { frames } = await turntableFrames.spec.run(
        { ...test.ctx, checkpoints: new MemoryCheckpoints() },
        await sceneInputs(sweep),
        params,
      );
      for (const { metadata } of frames) expect(metadata).toMatchObject({ isTransparent: false, coverage: null });
      const pixels = await Promise.all(frames.map((frame) => sharp(test.fileOf(frame)).raw().toBuffer()));
      for (const data of pixels)
        for (const i of [0, 63, 63 * 64, 64 * 64 - 1]) {
          const [r, g, b, alpha] = data.subarray(4 * i);
          expect(alpha).toBe(255);
          expect(r).toBeGreaterThan(1.5 * Math.max(g!, b!));
        }
      const [right, left] = await Promise.all(frames.map(knob));
      expect(right!.x - left!.x).toBeGreaterThan(20);
      return pixels[0]!;
    };
    // Nothing has turned yet: the pictures are one.
    const [product, rig] = [await filmed('product'), await filmed('rig')];
    const apart = product.reduce((sum, value, i) => sum + Math.abs(value - rig[i]!), 0) / product.length;
    expect(apart).toBeLessThan(1);
  });

  it('are the same bytes whichever part renders them', async () => {
    const [, second] = await render({ frames: 3, count: 2, shadow: true });
    const other = await createTestContext();
    const inputs = await sceneInputs();
    const params = turntableFrames.spec.params.parse({ ...SMALL, shadow: true, frames: 3, first: 1, count: 1 });
    const elsewhere = {
      ...other.ctx,
      artifacts: { ...other.ctx.artifacts, path: test.ctx.artifacts.path, readJson: test.ctx.artifacts.readJson },
    };
    const { frames } = await turntableFrames.spec.run(elsewhere, inputs, params);
    expect(frames[0]!.sha256).toBe(second!.sha256);
    await other.cleanup();
  });

  it('tumble from left to right with the sides where they are', async () => {
    const [, turned] = await render({ frames: 4, count: 2, axis: 'x' });
    const { x, pixels } = await knob(turned!);
    expect(x).toBeGreaterThan(44);
    expect(pixels).toBeGreaterThan(10);
  });

  it('tumble about a level axis in full view', async () => {
    const frames = await render({ frames: 4, count: 2, axis: 'y', direction: 'clockwise', shadow: true });
    const [right, turned] = await Promise.all(frames.map(knob));
    expect(right!.x).toBeGreaterThan(44);
    expect(Math.abs(turned!.x - 31.5)).toBeLessThan(4);
    expect(turned!.pixels).toBeGreaterThan(10);
  });

  it('that were finished before Blender was killed are not rendered again', async () => {
    const { checkpoints } = test.ctx;
    let finished = 0;
    const ctx = {
      ...test.ctx,
      checkpoints: {
        get: (name: string) => checkpoints.get(name),
        async put(name: string, frame: ArtifactRef) {
          await checkpoints.put(name, frame);
          finished += 1;
          if (finished === 2) await killBlender(test.ctx.workdir);
        },
      },
    };
    const inputs = await sceneInputs();
    const params = turntableFrames.spec.params.parse({ ...SMALL, samples: 200, frames: 5, count: 5 });
    await expect(turntableFrames.spec.run(ctx, inputs, params)).rejects.toMatchObject({ isRetryable: true });
    const before = finished;
    expect(before).toBeLessThan(5);
    const { frames } = await turntableFrames.spec.run(ctx, inputs, params);
    expect(frames.map(({ metadata }) => metadata.frame)).toEqual([0, 1, 2, 3, 4]);
    expect(finished).toBe(5);
    expect(test.logs.map(({ message }) => message)).toContain(`${before} of 5 frames were rendered before.`);
  });
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

/** Kills the Blender whose job lies in `workdir`, as the kernel does when memory runs out. */
async function killBlender(workdir: string): Promise<void> {
  const found = (await allProcesses()).filter(({ command }) => command.includes(`${workdir}/job.json`));
  expect(found.length).toBeGreaterThan(0);
  for (const { pid } of found) process.kill(pid, 'SIGKILL');
}
