import { rename } from 'node:fs/promises';
import path from 'node:path';
import type { Sharp } from 'sharp';
import type { ModuleContext } from '../context.js';
import { ModuleError } from '../errors.js';
import type { JsonObject } from '../json.js';
import type { BboxMm } from '../shapes/objectTree.js';
import type { RenderTemplate } from '../shapes/renderTemplate.js';
import { runBlender } from './blender.js';
import { type ShadowJob, shadowJob, softShadow } from './shadow.js';

export const ENGINES = ['cycles', 'eevee', 'workbench'] as const;
export type Engine = (typeof ENGINES)[number];

export const PICTURE_FORMATS = ['png', 'jpeg', 'webp'] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

export const UP_AXES = ['+z', '-z', '+y', '-y', '+x', '-x'] as const;
export type UpAxis = (typeof UP_AXES)[number];

/** Radius of the light-catching edge that renders give to sharp CAD edges, in radii of the product. */
const EDGE_RADIUS = 0.006;
const MB_BASE = 6144;
/** Film, passes and tiles of Cycles, generously. */
const MB_PER_MEGAPIXEL = 100;

export interface Picture {
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
  shadow: boolean;
  /** Set over the template's camera. */
  camera: { azimuthDeg?: number; elevationDeg?: number; lensMm?: number };
  /** `product`: its outline fills the picture; `sphere`: its bounding sphere does. */
  framing: 'product' | 'sphere';
  upAxis: UpAxis;
  /** What is centred; null: everything in the GLB. */
  bboxMm: BboxMm | null;
  /** sRGB hex, or null for transparent. */
  background: string | null;
  format: PictureFormat;
  /** 1..100, for JPEG and WebP. */
  imageQuality: number;
}

export interface RenderedPicture {
  path: string;
  /** Share of the picture that the product covers, 0..1. */
  coverage: number;
  blenderVersion: string;
}

/** Renders a GLB with Blender to a file in the workdir. The same picture gives the same bytes on one installation:
 * Blender's own PNG carries dates and timings, so what is stored is encoded again without any metadata.
 * @throws {ModuleError} what `runBlender` throws; `PICTURE_EMPTY` when the product is not in the picture. */
export async function renderPicture(
  ctx: Pick<ModuleContext, 'workdir' | 'signal' | 'progress' | 'log'>,
  picture: Picture,
): Promise<RenderedPicture> {
  const { width, height } = picture.resolution;
  const { background, format, imageQuality, ...asIs } = picture;
  const product = path.join(ctx.workdir, 'product.png');
  const shadow = picture.shadow ? shadowJob(path.join(ctx.workdir, 'shadow.png'), width, height) : null;
  const facts = await runBlender(ctx, {
    script: 'picture.py',
    job: { ...asIs, output: product, shadow, edgeRadius: EDGE_RADIUS } as unknown as JsonObject,
    memoryLimitMb: Math.round(MB_BASE + (MB_PER_MEGAPIXEL * width * height) / 1e6),
  });
  ctx.signal.throwIfAborted();
  const coverage = await checkProduct(product, width, height);
  const image = encode(await compose(product, shadow, { width, height }, background), format, imageQuality);
  const unfinished = path.join(ctx.workdir, `picture.unfinished.${format}`);
  const finished = path.join(ctx.workdir, `picture.${format}`);
  await image.toFile(unfinished);
  await rename(unfinished, finished);
  return { path: finished, coverage, blenderVersion: String(facts.blenderVersion) };
}

/** The picture is only good if it is there, has the right size and shows something. */
async function checkProduct(file: string, width: number, height: number): Promise<number> {
  const { default: sharp } = await import('sharp');
  const image = sharp(file);
  const metadata = await image.metadata().catch((error: Error) => {
    throw new ModuleError('BLENDER_CRASHED', `Blender wrote no readable picture: ${error.message}.`, 'crash');
  });
  if (metadata.width !== width || metadata.height !== height)
    throw new ModuleError(
      'BLENDER_CRASHED',
      `Blender wrote ${metadata.width}×${metadata.height} instead of ${width}×${height} pixels.`,
      'crash',
    );
  const { channels } = await image.stats();
  const alpha = channels[3];
  if (!alpha || alpha.max === 0)
    throw new ModuleError('PICTURE_EMPTY', 'The rendered picture is empty: the camera does not see the product.');
  return Number((alpha.mean / 255).toFixed(4));
}

async function compose(
  product: string,
  shadow: ShadowJob | null,
  size: { width: number; height: number },
  background: string | null,
): Promise<Sharp> {
  const { default: sharp } = await import('sharp');
  let image = sharp(product);
  if (shadow) {
    const soft = await softShadow(shadow, size.width, size.height);
    image = sharp(
      await sharp(soft)
        .composite([{ input: product }])
        .png()
        .toBuffer(),
    );
  }
  return background === null ? image : image.flatten({ background });
}

function encode(image: Sharp, format: PictureFormat, quality: number): Sharp {
  switch (format) {
    case 'png':
      return image.png({ compressionLevel: 9 });
    case 'jpeg':
      return image.jpeg({ quality, chromaSubsampling: '4:4:4' });
    case 'webp':
      return image.webp({ quality, smartSubsample: true });
  }
}
