import path from 'node:path';
import type { JsonObject, JsonValue } from '../json.js';
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
  /** Of the rounding that sharp CAD edges get, in radii of the product; default 0.006. */
  edgeRadius?: number;
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
  edgeRadius = EDGE_RADIUS,
}: Scene): JsonObject {
  const job = { glb, template, materials, resolution, engine, samples, seed, denoise, camera, framing, upAxis, bboxMm };
  return { ...job, edgeRadius } as unknown as JsonObject;
}

/** Address space that rendering it may take. */
export function sceneMemoryMb({ resolution: { width, height } }: Scene): number {
  return Math.round(MB_BASE + (MB_PER_MEGAPIXEL * width * height) / 1e6);
}

/** The largest picture that counts as a preview: a thumbnail. */
const PREVIEW = { pixels: 512 * 512, samples: 16 };

/** Whether a scene may be rendered by a resident Blender: so small that the start of Blender would be most of its time, and
 * made of nothing but our own geometry and numbers. */
export function isPreview({ resolution: { width, height }, samples, template, materials }: Scene): boolean {
  return (
    width * height <= PREVIEW.pixels &&
    samples <= PREVIEW.samples &&
    !namesFiles(template as unknown as JsonValue) &&
    !namesFiles(materials)
  );
}

/** Whether there is a path or a stored file in it: somebody's .blend file or texture, which no later job may come near. */
export function namesFiles(value: JsonValue | undefined): boolean {
  if (typeof value === 'string') return path.isAbsolute(value);
  if (typeof value !== 'object' || value === null) return false;
  return 'sha256' in value || Object.values(value).some(namesFiles);
}
