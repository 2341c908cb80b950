import type { Sharp } from 'sharp';
import type { Derivative } from '../output/derivatives.js';
import type { DerivativeJob, ReadPicture, ShrinkJob, Size } from './pictureJobs.js';

const { default: sharp } = await import('sharp');

const MAX_PIXELS = 300_000_000;

const open = (path: string) => sharp(path, { failOn: 'truncated', limitInputPixels: MAX_PIXELS });

/** Reads what a picture says of itself, however large it is, and decodes nothing. */
export async function header(path: string): Promise<ReadPicture> {
  const { format, width, height, hasAlpha } = await sharp(path, { limitInputPixels: false }).metadata();
  return { format, widthPx: width, heightPx: height, hasAlpha };
}

/** Decodes a picture as a whole. */
export async function read(path: string): Promise<ReadPicture> {
  const image = open(path);
  const { format, width, height, hasAlpha } = await image.metadata();
  await image.resize(8, 8, { fit: 'fill', kernel: 'nearest' }).raw().toBuffer();
  return { format, widthPx: width, heightPx: height, hasAlpha };
}

/** Makes a picture small enough to be looked at. */
export async function shrink({ from, to, maxSidePx, format }: ShrinkJob): Promise<Size> {
  const box = { width: maxSidePx, height: maxSidePx, fit: 'inside', withoutEnlargement: true } as const;
  const image = sharp(from, { limitInputPixels: MAX_PIXELS, sequentialRead: true }).resize(box).toColourspace('srgb');
  const { width, height } = await (format === 'webp' ? image.webp({ quality: 80 }) : image.png()).toFile(to);
  return { width, height };
}

/** Makes a derivative of a picture. */
export async function derive({ from, to, derivative }: DerivativeJob): Promise<ReadPicture> {
  const image = open(from).autoOrient().resize({ width: derivative.maxWidthPx, withoutEnlargement: true });
  const { format, width, height, channels } = await encode(withProfile(image, derivative), derivative).toFile(to);
  return { format, widthPx: width, heightPx: height, hasAlpha: channels % 2 === 0 };
}

/** Without a word sharp converts to sRGB and leaves the profile out. */
function withProfile(image: Sharp, { colorProfile }: Derivative): Sharp {
  if (colorProfile === 'srgb') return image.withIccProfile('srgb');
  return colorProfile === 'keep' ? image.keepIccProfile() : image;
}

function encode(image: Sharp, { format, quality, background }: Derivative): Sharp {
  switch (format) {
    case 'jpeg':
      return image.flatten({ background }).jpeg({ quality, chromaSubsampling: '4:4:4', progressive: true });
    case 'webp':
      return image.webp({ quality, smartSubsample: true });
    case 'avif':
      return image.avif({ quality, effort: 3 });
    case 'png':
      return image.png({ compressionLevel: 9 });
  }
}
