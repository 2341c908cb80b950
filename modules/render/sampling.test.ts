import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MemoryCheckpoints } from '../../runtime/runs/memoryCheckpoints.js';
import { boxStills, paint, SMALL } from '../../tests/support/boxStills.js';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { describeWith } from '../../tests/support/tools.js';
import { SMALL as SMALL_FRAME, turntableScene } from '../../tests/support/turntableScene.js';
import type { ArtifactRef } from '../artifacts.js';
import type { JsonObject } from '../json.js';
import { blenderStill } from './blender_still.js';
import { blenderTurntable } from './blender_turntable.js';
import { turntableFrames } from './turntable_frames.js';

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

const { render } = boxStills(() => test);
const { sceneInputs } = turntableScene(() => test);

const pixelsOf = (picture: ArtifactRef) =>
  sharp(test.fileOf(picture)).flatten({ background: '#808080' }).raw().toBuffer();

/** Root of the mean square of the differences, of 255. */
async function distance(one: ArtifactRef, other: ArtifactRef): Promise<number> {
  const [a, b] = await Promise.all([pixelsOf(one), pixelsOf(other)]);
  return Math.sqrt(a.reduce((sum, value, at) => sum + (value - b[at]!) ** 2, 0) / a.length);
}

/** All samples everywhere, and as few as the coarsest grain asks for: Cycles looks after every sixteenth whether it may stop. */
const ALL = { sampling: { adaptive: false } };
const FEW = { sampling: { threshold: 1, minSamples: 1 } };

it('of a still and of each part of a turntable is absent where nobody asks for it, so that its results are found again', () => {
  expect(blenderStill.spec.params.parse({})).not.toHaveProperty('sampling');
  const { parts } = blenderTurntable.spec.fanOut!;
  const turntable = (params: JsonObject) => parts(blenderTurntable.spec.params.parse(params));
  expect(turntable({})[0]!.params).not.toHaveProperty('sampling');
  expect(turntable({ sampling: { threshold: 0.02 } }).at(-1)!.params).toMatchObject({
    sampling: { adaptive: true, threshold: 0.02 },
  });
});

it.each([{ threshold: 0 }, { threshold: 1.1 }, { minSamples: 0 }, { minSamples: 1.5 }, { adaptive: 'yes' }])(
  'refuses %j',
  (sampling) => {
    expect(blenderStill.params.safeParse({ sampling }).error?.issues[0]?.path[0]).toBe('sampling');
  },
);

describeWith('blender', 'adaptive sampling', () => {
  const still = (params: JsonObject) =>
    render(
      { ...SMALL, resolution: { width: 48, height: 32 }, samples: 64, denoise: false, shadow: false, ...params },
      { materials: GLOSSY },
    );
  const GLOSSY = { p0: { ...paint('#d0d0d0'), metallic: 1, roughness: 0.4 }, p1: paint('#10b010') };

  it('decides how fine the grain is, and that no pixel gets less than the least samples', async () => {
    const truth = await still({ ...ALL, samples: 512, seed: 1 });
    const [all, few, least] = [
      await still(ALL),
      await still(FEW),
      await still({ sampling: { threshold: 1, minSamples: 64 } }),
    ];
    const [fine, coarse, kept] = await Promise.all([all, few, least].map((one) => distance(one, truth)));
    expect(coarse).toBeGreaterThan(1.5 * fine!);
    expect(kept).toBeLessThan(1.1 * fine!);
  });

  it('is on where nothing is said', async () => {
    const [unsaid, said] = [await still({}), await still({ sampling: {} })];
    expect(said.sha256).toBe(unsaid.sha256);
  });

  it('decides in the frames of a turntable as well', async () => {
    const frame = async (params: JsonObject) => {
      // Frames that are there already are not rendered again.
      const ctx = { ...test.ctx, checkpoints: new MemoryCheckpoints() };
      const given = turntableFrames.spec.params.parse({ ...SMALL_FRAME, samples: 64, ...params });
      return (await turntableFrames.spec.run(ctx, await sceneInputs(), given)).frames[0]!;
    };
    const truth = await frame({ ...ALL, samples: 512, seed: 1 });
    const [all, few] = [await frame(ALL), await frame(FEW)];
    expect(await distance(few, truth)).toBeGreaterThan(1.5 * (await distance(all, truth)));
  });
});
