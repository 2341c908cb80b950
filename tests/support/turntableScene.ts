import sharp from 'sharp';
import type { ArtifactRef } from '../../modules/artifacts.js';
import { neutralStudio } from '../../modules/render/neutralStudio.js';
import type { MaterialMap } from '../../modules/shapes/materials.js';
import type { RenderTemplate } from '../../modules/shapes/renderTemplate.js';
import { type BoxPart, makeGlb } from './glb.js';
import type { TestContext } from './moduleContext.js';

const material = (baseColor: string) => ({
  ...{ name: baseColor, label: baseColor, baseColor, metallic: 0, roughness: 0.8 },
  ...{ transmission: 0, clearcoat: 0, ior: 1.5 },
});
/** A long red bar along CAD X, with a green knob at its right end. */
const BAR: BoxPart = { partId: 'bar', partName: 'Bar', size: [0.06, 0.01, 0.01], at: [[0, 0, 0]] };
const KNOB: BoxPart = { partId: 'knob', partName: 'Knob', size: [0.012, 0.02, 0.012], at: [[0.024, 0, 0]] };
const COLORS = { bar: '#d01010', knob: '#10b010' };
/** Params of a quick picture. */
export const SMALL = {
  resolution: { width: 64, height: 64 },
  ...{ engine: 'cycles', samples: 2, denoise: false, shadow: false },
  camera: { azimuthDeg: 0, elevationDeg: 10 },
};

/** What a turntable is rendered from, and where it shows in a frame; `test` is asked for when it is used. */
export function turntableScene(test: () => TestContext) {
  async function sceneInputs(template: RenderTemplate = neutralStudio) {
    const json = (role: 'material_map' | 'render_template', value: unknown) =>
      test().ctx.artifacts.write({
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
      glb: await test().ctx.artifacts.write({
        ...{ role: 'glb_model', mediaType: 'model/gltf-binary', fileName: 'Fön 12.glb' },
        from: { bytes: await makeGlb([BAR, KNOB]) },
      }),
      map: await json('material_map', map),
      template: await json('render_template', template),
    };
  }

  /** Where the green knob is in a frame: its mean x in pixels, and how many pixels it covers. */
  async function knob(frame: ArtifactRef) {
    const { data, info } = await sharp(test().fileOf(frame)).raw().toBuffer({ resolveWithObject: true });
    const xs: number[] = [];
    for (let i = 0; i < data.length; i += 4)
      if (data[i + 3]! > 128 && data[i + 1]! > 2 * data[i]!) xs.push((i / 4) % info.width);
    return { x: xs.reduce((sum, x) => sum + x, 0) / xs.length, pixels: xs.length };
  }

  return { sceneInputs, knob };
}
