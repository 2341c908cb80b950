import type { Animation, Opacity } from './pictureJobs.js';

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
  const { pages = 1, pageHeight, delay = [], loop, width, height } = await sharp(path, { pages: -1 }).metadata();
  const durationMs = delay.reduce((sum, ms) => sum + ms, 0);
  return { width, height: pageHeight ?? height, pages, durationMs, loop };
}
