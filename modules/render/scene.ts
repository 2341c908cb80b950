import path from 'node:path';
import type { JsonObject, JsonValue } from '../json.js';
import type { BboxMm } from '../shapes/objectTree.js';
import type { ColorManagementOverride, RenderTemplate } from '../shapes/renderTemplate.js';
import { wantsGpu } from './device.js';
import { hasRenderedBackdrop } from './ground.js';
import type { Device, Engine, Framing, Sampling, UpAxis } from './params.js';
import { VIEWS, type View } from './views.js';

/** Radius of the light-catching edge that renders give to sharp CAD edges, in radii of the product. */
const EDGE_RADIUS = 0.006;
const MB_BASE = 6144;
/** Film, passes and tiles of Cycles, generously. */
const MB_PER_MEGAPIXEL = 100;

/** What Blender writes: RGBA PNG with 8 or 16 bits a channel, or OpenEXR with linear light as 16 bit floats. */
export type FileFormat = 'png8' | 'png16' | 'exr';

/** A product in a studio, and how it is to be rendered: what python/scene.py `build_scene` makes. */
export interface Scene {
  /** Local path of the GLB. */
  glb: string;
  template: RenderTemplate;
  /** Local path of the .blend file of a template that was built in Blender. */
  templateScene?: string | null;
  /** Local path of the picture of the template's environment. */
  environmentImage?: string | null;
  /** Part id → material, null: the colours of the CAD file. Null as a whole: CAD colours everywhere. */
  materials: JsonObject | null;
  resolution: { width: number; height: number };
  engine: Engine;
  /** For Cycles; a graphics card that is not there or fails is replaced by the processor (device.ts). Default `cpu`. */
  device?: Device;
  samples: number;
  /** For Cycles; absent: adaptive, as fits the number of samples. */
  sampling?: Sampling;
  seed: number;
  denoise: boolean;
  /** Set over the template's camera. */
  camera: { view?: View; azimuthDeg?: number; elevationDeg?: number; lensMm?: number; name?: string };
  framing: Framing;
  upAxis: UpAxis;
  /** What is centred; null: everything in the GLB. */
  bboxMm: BboxMm | null;
  /** Of the rounding that sharp CAD edges get, in radii of the product; default 0.006. */
  edgeRadius?: number;
  /** Set over the template's. */
  colorManagement?: ColorManagementOverride;
  /** The product alone, without what the studio has behind it. Default true. */
  cutOut?: boolean;
  /** Default `png8`. */
  fileFormat?: FileFormat;
  /** The shadow is rendered with the product, not apart from it (Cycles only). */
  shadowInPicture?: boolean;
  /** Evens out the ragged outlines of very few samples; with `denoise`. Default false. */
  smoothOutlines?: boolean;
}

/** The description of a scene as a job script hands it to `build_scene`. */
export function sceneJob(scene: Scene): JsonObject {
  const {
    glb,
    template,
    templateScene = null,
    environmentImage = null,
    materials,
    resolution,
    engine,
    device = 'cpu',
    samples,
    seed,
    denoise,
  } = scene;
  const {
    framing,
    upAxis,
    bboxMm,
    colorManagement = {},
    cutOut = true,
    fileFormat = 'png8',
    shadowInPicture = false,
    sampling = {},
    edgeRadius = EDGE_RADIUS,
    smoothOutlines = false,
  } = scene;
  const job = {
    glb,
    template,
    templateScene,
    environmentImage,
    materials,
    resolution,
    engine,
    device,
    samples,
    sampling,
    seed,
    denoise,
    camera: cameraOf(scene.camera),
    framing,
    upAxis,
    bboxMm,
    colorManagement,
    cutOut,
    filmTransparent: cutOut || !hasRenderedBackdrop(template),
    fileFormat,
    shadowInPicture,
    edgeRadius,
    smoothOutlines,
  };
  return job as unknown as JsonObject;
}

/** Angles go before the view they belong to. */
function cameraOf({ view, ...camera }: Scene['camera']) {
  const given = Object.fromEntries(Object.entries(camera).filter(([, value]) => value !== undefined));
  return { ...(view && VIEWS[view]), ...given };
}

/** Address space that rendering it may take; null: no limit. Drivers of graphics cards reserve as much as the machine has memory. */
export function sceneMemoryMb(scene: Scene): number | null {
  if (wantsGpu(scene)) return null;
  const { width, height } = scene.resolution;
  return Math.round(MB_BASE + (MB_PER_MEGAPIXEL * width * height) / 1e6);
}

/** The largest picture that counts as a preview: a thumbnail. */
const PREVIEW = { pixels: 512 * 512, samples: 16 };

/** Whether a scene may be rendered by a resident Blender: so small that the start of Blender would be most of its time, and
 * made of nothing but our own geometry and numbers. A graphics card would have to be set up for it. */
export function isPreview({ glb: _ours, ...scene }: Scene): boolean {
  const { width, height } = scene.resolution;
  return (
    width * height <= PREVIEW.pixels &&
    scene.samples <= PREVIEW.samples &&
    !wantsGpu(scene) &&
    !namesFiles(scene as unknown as JsonValue)
  );
}

/** Whether there is a path or a stored file in it: somebody's .blend file or texture, which no later job may come near. */
export function namesFiles(value: JsonValue | undefined): boolean {
  if (typeof value === 'string') return path.isAbsolute(value);
  if (typeof value !== 'object' || value === null) return false;
  return 'sha256' in value || Object.values(value).some(namesFiles);
}
