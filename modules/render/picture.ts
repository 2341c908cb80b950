import { rename } from 'node:fs/promises';
import path from 'node:path';
import type { Sharp } from 'sharp';
import type { ModuleContext } from '../context.js';
import { ModuleError } from '../errors.js';
import type { JsonObject } from '../json.js';
import { runBlender } from './blender.js';
import { residentBlenders } from './residentBlender.js';
import { isPreview, type Scene, sceneJob, sceneMemoryMb } from './scene.js';
import { type ShadowJob, shadowJob, softShadow } from './shadow.js';

export const PICTURE_FORMATS = ['png', 'jpeg', 'webp'] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

export interface Picture {
  scene: Scene;
  shadow: boolean;
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

/** Renders a scene with Blender to a file in the workdir. The same picture gives the same bytes on one installation:
 * Blender's own PNG carries dates and timings, so what is stored is encoded again without any metadata.
 * @throws {ModuleError} what `runBlender` throws; `PICTURE_EMPTY` when the product is not in the picture. */
export async function renderPicture(
  ctx: Pick<ModuleContext, 'workdir' | 'signal' | 'progress' | 'log'>,
  { scene, background, format, imageQuality, ...picture }: Picture,
): Promise<RenderedPicture> {
  const { width, height } = scene.resolution;
  const product = path.join(ctx.workdir, 'product.png');
  const shadow = picture.shadow ? shadowJob(path.join(ctx.workdir, 'shadow.png'), width, height) : null;
  const job = { scene: sceneJob(scene), output: product, shadow } as unknown as JsonObject;
  const request = { script: 'picture.py', job, memoryLimitMb: sceneMemoryMb(scene) };
  // The pixels are the same; only the start of Blender is saved.
  const facts = isPreview(scene) ? await residentBlenders.run(ctx, request) : await runBlender(ctx, request);
  ctx.signal.throwIfAborted();
  const coverage = await checkProduct(product, scene.resolution);
  const image = encode(await compose(product, shadow, scene.resolution, background), format, imageQuality);
  const unfinished = path.join(ctx.workdir, `picture.unfinished.${format}`);
  const finished = path.join(ctx.workdir, `picture.${format}`);
  await image.toFile(unfinished);
  await rename(unfinished, finished);
  return { path: finished, coverage, blenderVersion: String(facts.blenderVersion) };
}

/** A rendered product is only good if it is there, has the right size and shows something.
 * @returns the share of the picture that it covers, 0..1.
 * @throws {ModuleError} `BLENDER_CRASHED`, `PICTURE_EMPTY`. */
export async function checkProduct(file: string, { width, height }: Scene['resolution']): Promise<number> {
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

/** The product on its shadow on the background colour; null: transparent. */
export async function compose(
  product: string,
  shadow: ShadowJob | null,
  size: Scene['resolution'],
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
