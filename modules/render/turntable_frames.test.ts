import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MemoryCheckpoints } from '../../runtime/runs/memoryCheckpoints.js';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { allProcesses } from '../../tests/support/processes.js';
import { describeWith } from '../../tests/support/tools.js';
import { SMALL, turntableScene } from '../../tests/support/turntableScene.js';
import type { ArtifactRef } from '../artifacts.js';
import type { JsonObject } from '../json.js';
import type { RenderTemplate } from '../shapes/renderTemplate.js';
import { neutralStudio } from './neutralStudio.js';
import { turntableFrames } from './turntable_frames.js';

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

const { sceneInputs, knob } = turntableScene(() => test);

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
    // So many that Blender is far from its end when it is killed: a quick machine ends 16 before the kill arrives.
    const COUNT = 120;
    const { checkpoints } = test.ctx;
    let finished = 0;
    const ctx = {
      ...test.ctx,
      checkpoints: {
        get: (name: string) => checkpoints.get(name),
        async put(name: string, frame: ArtifactRef) {
          await checkpoints.put(name, frame);
          finished += 1;
          if (finished === 1) await killBlender(test.ctx.workdir);
        },
      },
    };
    const inputs = await sceneInputs();
    const params = turntableFrames.spec.params.parse({ ...SMALL, frames: COUNT, count: COUNT });
    await expect(turntableFrames.spec.run(ctx, inputs, params)).rejects.toMatchObject({ isRetryable: true });
    const before = finished;
    expect(before).toBeLessThan(COUNT);
    const { frames } = await turntableFrames.spec.run(ctx, inputs, params);
    expect(frames.map(({ metadata }) => metadata.frame)).toEqual(Array.from({ length: COUNT }, (_, i) => i));
    expect(finished).toBe(COUNT);
    expect(test.logs.map(({ message }) => message)).toContain(`${before} of ${COUNT} frames were rendered before.`);
  });
});

/** Kills the Blender whose job lies in `workdir`, as the kernel does when memory runs out. */
async function killBlender(workdir: string): Promise<void> {
  const found = (await allProcesses()).filter(({ command }) => command.includes(`${workdir}/job.json`));
  expect(found.length).toBeGreaterThan(0);
  for (const { pid } of found) process.kill(pid, 'SIGKILL');
}
