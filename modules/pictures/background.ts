import type { Sharp } from 'sharp';
import type { Background } from '../render/ground.js';
import type { BackgroundJob, Size } from './pictureJobs.js';

const { default: sharp } = await import('sharp');

/** A picture laid on what is behind it: opaque, unless that is nothing. */
export async function onBackground(image: Sharp, background: Background, size: Size): Promise<Sharp> {
  if (background === null) return image;
  if (typeof background === 'string') return image.flatten({ background });
  const over = await image.png({ compressionLevel: 1 }).toBuffer();
  return sharp(
    await sharp(svgOf(background, size))
      .composite([{ input: over }])
      .removeAlpha()
      .png({ compressionLevel: 1 })
      .toBuffer(),
  );
}

/** Paints what is behind a film. */
export async function paintBackground({ background, to, ...size }: BackgroundJob): Promise<null> {
  const colors = typeof background === 'string' ? { top: background, bottom: background } : background;
  await sharp(svgOf(colors, size)).removeAlpha().png({ compressionLevel: 1 }).toFile(to);
  return null;
}

function svgOf({ top, bottom }: { top: string; bottom: string }, { width, height }: Size): Buffer {
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${top}"/><stop offset="1" stop-color="${bottom}"/></linearGradient></defs><rect width="100%" height="100%" fill="url(#g)"/></svg>`,
  );
}
