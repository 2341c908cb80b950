import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModuleContext } from '../context.js';
import { ModuleError } from '../errors.js';
import type { JsonObject } from '../json.js';
import type { ComposeJob } from '../pictures/pictureJobs.js';
import { renderedPictures } from '../pictures/pictures.js';
import type { Viewpoint } from '../shapes/viewpoint.js';
import { runBlender } from './blender.js';
import { onDevice } from './device.js';
import { plainExr } from './exr.js';
import type { Background } from './ground.js';
import type { Device } from './params.js';
import { residentBlenders } from './residentBlender.js';
import { type FileFormat, isPreview, type Scene, sceneJob, sceneMemoryMb } from './scene.js';
import { shadowJob } from './shadow.js';

/** File formats of pictures; `png16` has 16 bits a channel, `exr` is OpenEXR with linear light. */
export type PictureFormat = 'png' | 'png16' | 'jpeg' | 'webp' | 'exr';

const RENDERED_AS: Record<PictureFormat, FileFormat> = {
  png: 'png8',
  jpeg: 'png8',
  webp: 'png8',
  png16: 'png16',
  exr: 'exr',
};

export interface Picture {
  scene: Omit<Scene, 'fileFormat' | 'shadowInPicture'>;
  shadow: boolean;
  /** An OpenEXR never has one: it is for people who put their own behind the product. */
  background: Background;
  format: PictureFormat;
  /** 1..100, for JPEG and WebP. */
  imageQuality: number;
}

export interface RenderedPicture {
  path: string;
  /** Share of the picture that the product covers, 0..1; null where the studio's backdrop is in the picture. */
  coverage: number | null;
  blenderVersion: string;
  /** What computed it. */
  device: Device;
  camera: Viewpoint;
  /** What whoever gets the picture should know of it. */
  warnings: string[];
}

/** Renders a scene with Blender to a file in the workdir. The same picture gives the same bytes on one installation:
 * Blender's own files carry dates and timings, so what is stored has no such metadata.
 * @throws {ModuleError} what `runBlender` throws; `PICTURE_EMPTY` when the product is not in the picture. */
export async function renderPicture(
  ctx: Pick<ModuleContext, 'workdir' | 'signal' | 'progress' | 'log'>,
  { background, format, imageQuality, ...picture }: Picture,
): Promise<RenderedPicture> {
  const isExr = format === 'exr';
  // Light cannot be laid over light afterwards: in an EXR the shadow is part of the picture.
  const scene: Scene = {
    ...picture.scene,
    fileFormat: RENDERED_AS[format],
    shadowInPicture: isExr && picture.shadow,
  };
  const { width, height } = scene.resolution;
  const product = path.join(ctx.workdir, isExr ? 'product.exr' : 'product.png');
  const shadow = picture.shadow && !isExr ? shadowJob(path.join(ctx.workdir, 'shadow.png'), width, height) : null;
  if (!isExr) renderedPictures.prepare();
  const { facts, warnings } = await onDevice(ctx, scene, (scene) => {
    const job = { scene: sceneJob(scene), output: product, shadow } as unknown as JsonObject;
    const request = { script: 'picture.py', job, memoryLimitMb: sceneMemoryMb(scene) };
    // The pixels are the same; only the start of Blender is saved.
    return isPreview(scene) ? residentBlenders.run(ctx, request) : runBlender(ctx, request);
  });
  ctx.signal.throwIfAborted();
  const finished = path.join(ctx.workdir, `picture.${format}`);
  const unfinished = path.join(ctx.workdir, `picture.unfinished.${format}`);
  let coverage: number | null;
  if (isExr) {
    const exr = plainExr(await readFile(product));
    coverage = shown(exr, scene.resolution, Number(facts.opacity));
    await writeFile(unfinished, exr.bytes);
  } else {
    const job = { product, shadow, background, ...scene.resolution, format, imageQuality, to: unfinished };
    coverage = await finishPicture(job, ctx.signal);
  }
  await rename(unfinished, finished);
  return {
    path: finished,
    coverage: coverage === 1 ? null : coverage,
    blenderVersion: String(facts.blenderVersion),
    device: facts.device as Device,
    camera: facts.camera as Viewpoint,
    warnings,
  };
}

/** Makes a picture of a rendered product, which is only good if it is there, has the right size and shows something.
 * @returns the share of the picture that the product covers, 0..1.
 * @throws {ModuleError} `BLENDER_CRASHED`, `PICTURE_EMPTY`, and what `renderedPictures` throw; the signal's reason when it aborts. */
export async function finishPicture(job: ComposeJob, signal: AbortSignal): Promise<number> {
  const found = await renderedPictures.opacity(job.product, signal);
  if ('unreadable' in found)
    throw new ModuleError('BLENDER_CRASHED', `Blender wrote no readable picture: ${found.unreadable}.`, 'crash');
  const coverage = shown(found, job, found.opacity);
  await renderedPictures.compose(job, signal);
  return coverage;
}

function shown(is: Scene['resolution'], wanted: Scene['resolution'], opacity: number): number {
  if (is.width !== wanted.width || is.height !== wanted.height)
    throw new ModuleError(
      'BLENDER_CRASHED',
      `Blender wrote ${is.width}×${is.height} instead of ${wanted.width}×${wanted.height} pixels.`,
      'crash',
    );
  if (!(opacity > 0))
    throw new ModuleError('PICTURE_EMPTY', 'The rendered picture is empty: the camera does not see the product.');
  return Number(opacity.toFixed(4));
}
