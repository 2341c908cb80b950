import type { JsonObject } from '../json.js';
import type { BboxMm } from '../shapes/objectTree.js';
import type { RenderTemplate } from '../shapes/renderTemplate.js';
import type { Engine, Framing, UpAxis } from './params.js';

/** Radius of the light-catching edge that renders give to sharp CAD edges, in radii of the product. */
const EDGE_RADIUS = 0.006;
const MB_BASE = 6144;
/** Film, passes and tiles of Cycles, generously. */
const MB_PER_MEGAPIXEL = 100;

/** A product in a studio, and how it is to be rendered: what python/scene.py `build_scene` makes. */
export interface Scene {
  /** Local path of the GLB. */
  glb: string;
  template: RenderTemplate;
  /** Part id → material, null: the colours of the CAD file. Null as a whole: CAD colours everywhere. */
  materials: JsonObject | null;
  resolution: { width: number; height: number };
  engine: Engine;
  samples: number;
  seed: number;
  denoise: boolean;
  /** Set over the template's camera. */
  camera: { azimuthDeg?: number; elevationDeg?: number; lensMm?: number };
  framing: Framing;
  upAxis: UpAxis;
  /** What is centred; null: everything in the GLB. */
  bboxMm: BboxMm | null;
}

/** The description of a scene as a job script hands it to `build_scene`. */
export function sceneJob({
  glb,
  template,
  materials,
  resolution,
  engine,
  samples,
  seed,
  denoise,
  camera,
  framing,
  upAxis,
  bboxMm,
}: Scene): JsonObject {
  const job = { glb, template, materials, resolution, engine, samples, seed, denoise, camera, framing, upAxis, bboxMm };
  return { ...job, edgeRadius: EDGE_RADIUS } as unknown as JsonObject;
}

/** Address space that rendering it may take. */
export function sceneMemoryMb({ resolution: { width, height } }: Scene): number {
  return Math.round(MB_BASE + (MB_PER_MEGAPIXEL * width * height) / 1e6);
}
