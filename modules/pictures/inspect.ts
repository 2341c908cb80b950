import type { Animation, FrameJob, Opacity } from './pictureJobs.js';

const { default: sharp } = await import('sharp');

/** Measures a picture's size and how much of it is covered. */
export async function opacity(path: string): Promise<Opacity> {
  // The picture is read once: sharp's own statistics are of all channels, and of much more than a mean.
  const { data, info } = await sharp(path).ensureAlpha().extractChannel(3).raw().toBuffer({ resolveWithObject: true });
  let sum = 0;
  for (const alpha of data) sum += alpha;
  return { width: info.width, height: info.height, opacity: sum / data.length / 255 };
}

/** Looks at an animated WebP. */
export async function animation(path: string): Promise<Animation> {
  const { pages = 1, pageHeight, delay = [], loop, ...rest } = await sharp(path, { pages: -1 }).metadata();
  const { width, height, hasAlpha } = rest;
  return { width, height: pageHeight ?? height, pages, delaysMs: delay, loop, hasAlpha };
}

/** Takes a picture out of an animated WebP. */
export async function frame({ from, page, to }: FrameJob): Promise<null> {
  await sharp(from, { page }).png({ compressionLevel: 1 }).toFile(to);
  return null;
}
