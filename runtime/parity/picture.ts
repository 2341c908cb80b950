import path from 'node:path';
import type { Sharp } from 'sharp';
import { ModuleError } from '../../modules/errors.js';
import { requireFfmpeg, runFfmpeg } from '../../modules/render/ffmpeg.js';
import type { Pixels } from './pictureMetrics.js';

/** Beyond it a file is no picture that anybody ordered. */
const LIMIT_PIXELS = 300_000_000;

/** What a picture is, apart from what it shows. */
interface PictureMode {
  format: string;
  width: number;
  height: number;
  /** Bits a channel; 32 for the floats of an EXR. */
  bits: number;
  channels: number;
  hasAlpha: boolean;
  colorSpace: string;
}

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

/** @param workdir where an EXR's display version is put; it is looked at as a monitor would show it, highlights cut at white.
 * @throws {ModuleError} `PICTURE_UNREADABLE`; what ffmpeg fails with. */
export async function openPicture(
  file: string,
  mediaType: string,
  { workdir, signal, name }: { workdir: string; signal: AbortSignal; name: string },
): Promise<OpenPicture> {
  const { default: sharp } = await import('sharp');
  const isExr = mediaType === 'image/x-exr';
  const shown = isExr ? await developed(file, path.join(workdir, `${name}.png`), workdir, signal) : file;
  const source = () => sharp(shown, { failOn: 'truncated', limitInputPixels: LIMIT_PIXELS });
  const metadata = await source()
    .metadata()
    .catch((error: Error) => {
      throw new ModuleError('PICTURE_UNREADABLE', `A picture cannot be read: ${error.message}.`);
    });
  const {
    width,
    height,
    channels = 0,
    depth = 'uchar',
    hasAlpha = false,
    space = 'srgb',
    format = 'unknown',
  } = metadata;
  return {
    mode: {
      format: isExr ? 'exr' : format,
      width,
      height,
      bits: isExr ? 32 : (BITS[depth] ?? 8),
      channels,
      hasAlpha,
      colorSpace: isExr ? 'linear' : space === 'rgb16' ? 'srgb' : space,
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

/** An EXR's linear light as 16 bit sRGB. */
async function developed(file: string, output: string, workdir: string, signal: AbortSignal): Promise<string> {
  const { ffmpeg } = await requireFfmpeg();
  const args = ['-nostdin', '-v', 'error', '-y', '-apply_trc', 'iec61966_2_1', '-f', 'exr_pipe', '-i', file];
  await runFfmpeg(ffmpeg, [...args, '-pix_fmt', 'rgba64be', output], { cwd: workdir, signal });
  return output;
}
