import sharp from 'sharp';
import type { ArtifactRef } from '../../modules/artifacts.js';
import type { JsonObject } from '../../modules/json.js';
import { blenderStill } from '../../modules/render/blender_still.js';
import { neutralStudio } from '../../modules/render/neutralStudio.js';
import type { Material, MaterialMap } from '../../modules/shapes/materials.js';
import type { RenderTemplate } from '../../modules/shapes/renderTemplate.js';
import { type BoxPart, makeGlb } from './glb.js';
import type { TestContext } from './moduleContext.js';

export const paint = (baseColor: string): Material => ({
  name: `paint ${baseColor}`,
  label: baseColor,
  baseColor,
  metallic: 0,
  roughness: 0.8,
  transmission: 0,
  clearcoat: 0,
  ior: 1.5,
});

/** Two boxes side by side along CAD X, the left one twice as an instance of one mesh. */
export const LEFT: BoxPart = {
  partId: 'p0',
  partName: 'Left',
  size: [0.02, 0.02, 0.02],
  at: [
    [-0.012, 0.01, 0],
    [-0.012, 0.032, 0],
  ],
  color: [0, 0, 0.6],
};
export const RIGHT: BoxPart = {
  partId: 'p1',
  partName: 'Right "½" /🙂',
  size: [0.02, 0.042, 0.02],
  at: [[0.012, 0.021, 0]],
  color: [0, 0, 0.6],
};
const FRONT = { azimuthDeg: 0, elevationDeg: 0 };
export const SMALL = { resolution: { width: 96, height: 64 }, samples: 4, camera: FRONT };

function mapOf(materials: Record<string, Material | null>): MaterialMap {
  return {
    assignments: Object.entries(materials).map(([partId, material]) => ({
      partId,
      partName: partId,
      source: material ? ('rule' as const) : ('cad_color' as const),
      ruleId: null,
      material,
    })),
    unmapped: [],
  };
}

interface Setup {
  parts?: BoxPart[];
  materials?: Record<string, Material | null>;
  template?: RenderTemplate;
  glb?: Uint8Array;
  bboxMm?: { min: number[]; max: number[] };
}

/** Stills of boxes, and what is seen on them; `test` is asked for when they are made. */
export function boxStills(test: () => TestContext) {
  const json = (role: 'material_map' | 'render_template' | 'bbox', value: unknown) =>
    test().ctx.artifacts.write({
      role,
      mediaType: 'application/json',
      fileName: `${role}.json`,
      from: { text: JSON.stringify(value) },
    });

  async function render(params: JsonObject, setup: Setup = {}): Promise<ArtifactRef> {
    const {
      parts = [LEFT, RIGHT],
      materials = { p0: paint('#d01010'), p1: paint('#10b010') },
      template = neutralStudio,
    } = setup;
    const glb = await test().ctx.artifacts.write({
      role: 'glb_model',
      mediaType: 'model/gltf-binary',
      fileName: 'boxes.glb',
      from: { bytes: setup.glb ?? (await makeGlb(parts)) },
    });
    const bbox =
      setup.bboxMm &&
      (await json('bbox', { bboxMm: setup.bboxMm, sizeMm: [1, 1, 1], centreMm: [0, 0, 0], radiusMm: 1 }));
    const inputs = {
      glb,
      map: await json('material_map', mapOf(materials)),
      template: await json('render_template', template),
      bbox,
    };
    return (await blenderStill.spec.run(test().ctx, inputs, blenderStill.spec.params.parse(params))).still;
  }

  async function pixels(still: ArtifactRef) {
    const { data, info } = await sharp(test().fileOf(still)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * 4, (y * info.width + x) * 4 + 4)];
    const xs: number[] = [];
    const ys: number[] = [];
    for (let i = 0; i < info.width * info.height; i++) {
      if (data[i * 4 + 3]! > 128) {
        xs.push(i % info.width);
        ys.push(Math.floor(i / info.width));
      }
    }
    const box = { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
    return { at, box, width: info.width, height: info.height };
  }

  return { render, pixels };
}
