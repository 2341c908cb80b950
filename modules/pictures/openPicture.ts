import type { Sharp } from 'sharp';
import type { PictureMode } from './pictureJobs.js';
import type { Pixels } from './pictureMetrics.js';

const { default: sharp } = await import('sharp');

/** Beyond it a file is no picture that anybody ordered. */
const LIMIT_PIXELS = 300_000_000;

/** A picture that can be read in parts. */
export interface OpenPicture {
  mode: PictureMode;
  /** RGBA of some rows, 8 bits, sRGB. */
  rows(top: number, height: number): Promise<Pixels>;
  /** All of it, no larger than `edge` on its longer side, on a ground. */
  small(edge: number, ground: '#ffffff' | '#000000'): Promise<Pixels>;
}

const BITS: Record<string, number> = {
  uchar: 8,
  char: 8,
  ushort: 16,
  short: 16,
  uint: 32,
  int: 32,
  float: 32,
  double: 64,
};

/** Opens a picture; throws where it cannot be read, as its parts do. */
export async function openPicture(file: string): Promise<OpenPicture> {
  const source = () => sharp(file, { failOn: 'truncated', limitInputPixels: LIMIT_PIXELS });
  const {
    width,
    height,
    channels = 0,
    depth = 'uchar',
    hasAlpha = false,
    space = 'srgb',
    format = 'unknown',
  } = await source().metadata();
  return {
    mode: {
      format,
      width,
      height,
      bits: BITS[depth] ?? 8,
      channels,
      hasAlpha,
      colorSpace: space === 'rgb16' ? 'srgb' : space,
    },
    rows: (top, rows) => pixelsOf(source().extract({ left: 0, top, width, height: rows })),
    async small(edge, ground) {
      const scale = Math.min(1, edge / Math.max(width, height));
      const size = [width, height].map((length) => Math.max(1, Math.round(length * scale))) as [number, number];
      // On its ground first: what is transparent has no colour of its own to be averaged.
      const flat = source().toColourspace('srgb').flatten({ background: ground });
      return pixelsOf(scale < 1 ? flat.resize(...size, { fit: 'fill', kernel: 'linear' }) : flat);
    },
  };
}

async function pixelsOf(image: Sharp): Promise<Pixels> {
  const { data, info } = await image
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return {
    data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length),
    width: info.width,
    height: info.height,
  };
}
