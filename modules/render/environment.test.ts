import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeBlendStudio } from '../../tests/support/blendStudio.js';
import { boxStills, paint, SMALL } from '../../tests/support/boxStills.js';
import { exrPicture, type Light, radiancePicture } from '../../tests/support/environmentPictures.js';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { describeWith } from '../../tests/support/tools.js';
import { SMALL as SMALL_FRAME, turntableScene } from '../../tests/support/turntableScene.js';
import type { ArtifactRef } from '../artifacts.js';
import type { JsonObject } from '../json.js';
import type { Environment } from '../shapes/environment.js';
import { BlendTemplate, type StudioTemplate } from '../shapes/renderTemplate.js';
import { runBlender } from './blender.js';
import { exportBlend } from './export_blend.js';
import { neutralStudio } from './neutralStudio.js';
import { turntableFrames } from './turntable_frames.js';

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

const { render, pixels } = boxStills(() => test);
const { sceneInputs } = turntableScene(() => test);

/** Red on the left of what the camera looks at, blue on the right, whichever way it goes on from there. */
const RED_LEFT: Light = (u) => (u < 0.5 ? [1, 0, 0] : [0, 0, 1]);
const WHITE = { p0: paint('#ffffff'), p1: paint('#ffffff') };
const QUICK = { ...SMALL, resolution: { width: 48, height: 32 }, samples: 16 };

describeWith('blender', 'a picture of the surroundings', () => {
  const picture = (bytes: Buffer, ending = 'hdr') =>
    test.ctx.artifacts.write({
      role: 'environment_image',
      mediaType: ending === 'hdr' ? 'image/vnd.radiance' : 'image/x-exr',
      fileName: `sky.${ending}`,
      from: { bytes },
    });
  /** A studio with no other light. */
  async function studio(look: Partial<Environment> = {}, rest: Partial<StudioTemplate> = {}): Promise<StudioTemplate> {
    const image = (look.image ?? (await picture(radiancePicture(32, 16, RED_LEFT)))) as Environment['image'];
    return {
      ...{ ...neutralStudio, lights: [], world: { color: '#000000', strength: 0 } },
      environment: { strength: 1, rotationDeg: 0, lightingOnly: true, ...look, image },
      ...rest,
    };
  }
  const still = (template: StudioTemplate, params: JsonObject = {}) =>
    render({ ...QUICK, ...params }, { template, materials: WHITE });
  /** Red, green and blue of what is in the middle of the picture: the front of a box. */
  const front = async (file: ArtifactRef) => (await pixels(file)).at(34, 10);
  const corners = async (file: ArtifactRef) => {
    const { at } = await pixels(file);
    return [at(0, 0), at(47, 0)];
  };

  it('lights the product, each in its own way, from either kind of file', async () => {
    const green = await picture(
      exrPicture(32, 16, () => [0, 1, 0]),
      'exr',
    );
    const dim = await studio({ image: green as Environment['image'], strength: 0.2 });
    const [r, g, b] = await front(await still(dim));
    expect(g).toBeGreaterThan(10 + 3 * Math.max(r!, b!));
    const bright = await front(await still(await studio({ image: green as Environment['image'] })));
    expect(bright[1]).toBeGreaterThan(1.3 * g!);
    const mixed = await front(await still(await studio()));
    expect(mixed[0]).toBeGreaterThan(40);
    expect(mixed[2]).toBeGreaterThan(40);
    expect(mixed[1]).toBeLessThan(5);
  });

  it('is turned, counter-clockwise seen from above, and along with the camera', async () => {
    for (const azimuthDeg of [0, 180]) {
      const camera = { azimuthDeg, elevationDeg: 0 };
      const red = await front(await still(await studio({ rotationDeg: 90 }), { camera }));
      expect(red[0]).toBeGreaterThan(2 * red[2]!);
      const blue = await front(await still(await studio({ rotationDeg: -90 }), { camera }));
      expect(blue[2]).toBeGreaterThan(2 * blue[0]!);
    }
  });

  it('is seen behind the product only where it is to be, and never in a cut-out', async () => {
    const lightOnly = await studio();
    expect(await corners(await still(lightOnly))).toEqual([
      [255, 255, 255, 255],
      [255, 255, 255, 255],
    ]);
    const seen = await studio({ lightingOnly: false });
    const [[r], [, , b]] = (await corners(await still(seen))) as [number[], number[]];
    expect([r, b]).toEqual([255, 255]);
    const nothing = await corners(await still(seen, { transparent: true }));
    expect(nothing.map(([, , , alpha]) => alpha)).toEqual([0, 0]);
    const grey = await corners(await still(seen, { backdrop: false, backgroundColor: '#808080' }));
    expect(grey).toEqual([
      [128, 128, 128, 255],
      [128, 128, 128, 255],
    ]);
  });

  it('may be laid over the world of a studio built in Blender, and is not seen past its backdrop', async () => {
    const { file } = await makeBlendStudio(test.ctx);
    const scene = await test.ctx.artifacts.write({
      role: 'template_scene',
      mediaType: 'application/x-blender',
      fileName: 'own.blend',
      from: { bytes: await readFile(file) },
    });
    const { environment, ...rest } = await studio({ rotationDeg: 90 });
    // From the side, where the wall leaves the view free.
    const camera = { azimuthDeg: 90, elevationDeg: 0 };
    const corner = async (look: Partial<Environment>) => {
      const template = BlendTemplate.parse({
        ...rest,
        ...{ kind: 'blend', scene, environment: { ...environment, ...look } },
        interface: { camera: 'Shot', stand: 'Product', referenceSizeM: 2, backdrop: ['Backdrop'] },
      });
      return (await pixels(await render({ ...QUICK, camera }, { template, materials: WHITE }))).at(0, 0);
    };
    expect(Math.max(...(await corner({})).slice(0, 3))).toBeLessThan(5);
    expect(Math.max(...(await corner({ lightingOnly: false })).slice(0, 3))).toBeGreaterThan(100);
  });

  it('goes along where camera and lights turn, so the light stays as it is from the camera', async () => {
    const frame = async (turns: 'product' | 'rig') => {
      const inputs = await sceneInputs(await studio({ rotationDeg: 60 }, { turntable: { turns } }));
      const params = turntableFrames.spec.params.parse({ ...SMALL_FRAME, samples: 8, frames: 8, first: 1, count: 1 });
      const { frames } = await turntableFrames.spec.run(test.ctx, inputs, params);
      const { at } = await pixels(frames[0]!);
      return [20, 28, 36, 44].flatMap((x) => [30, 33].map((y) => at(x, y)));
    };
    const [product, rig] = [await frame('product'), await frame('rig')];
    for (const [i, pixel] of product.entries())
      for (const channel of [0, 1, 2, 3]) expect(Math.abs(pixel[channel]! - rig[i]![channel]!)).toBeLessThan(40);
  });

  it('is packed into an exported .blend', async () => {
    const inputs = await sceneInputs(await studio());
    const { blend } = await exportBlend.spec.run(test.ctx, inputs, exportBlend.spec.params.parse({ ...SMALL_FRAME }));
    const facts = await runBlender(test.ctx, {
      script: '../../../tests/fixtures/blender/read_world.py',
      job: { file: test.fileOf(blend) },
    });
    expect(facts.images).toEqual([{ name: 'Environment', isPacked: true, path: '//textures/Environment' }]);
  });
});
