import type { Sharp } from 'sharp';
import type { Background } from '../render/ground.js';
import type { ComposeJob } from './pictureJobs.js';

const { default: sharp } = await import('sharp');

const FULL = 65_535;

/** Lays a rendered 16 bit product over its shadow and background without going through 8 bits.
 * @param shadow its alpha, a byte a pixel; null: none. */
export async function compose16(
  { product, background, width, height }: Pick<ComposeJob, 'product' | 'background' | 'width' | 'height'>,
  shadow: Buffer | null,
): Promise<Sharp> {
  const bytes = await sharp(product).toColourspace('rgb16').ensureAlpha().raw({ depth: 'ushort' }).toBuffer();
  const pixels = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  const channels = background === null ? 4 : 3;
  const out = new Uint16Array(width * height * channels);
  const back = new Float64Array(3);
  for (let y = 0, i = 0; y < height; y++) {
    if (background !== null) backgroundAt(background, height > 1 ? y / (height - 1) : 0, back);
    for (let x = 0; x < width; x++, i++) {
      const alpha = pixels[i * 4 + 3]! / FULL;
      const shade = (1 - alpha) * (shadow ? shadow[i]! / 255 : 0);
      const behind = background === null ? 0 : 1 - alpha - shade;
      const covered = alpha + shade;
      const scale = background === null && covered > 0 ? 1 / covered : 1;
      for (let c = 0; c < 3; c++)
        out[i * channels + c] = Math.round((pixels[i * 4 + c]! * alpha + back[c]! * behind) * scale);
      if (channels === 4) out[i * 4 + 3] = Math.round(covered * FULL);
    }
  }
  return sharp(out, { raw: { width, height, channels } }).toColourspace('rgb16');
}

/** The background's colour at a height, 0 at the top, 16 bits a channel. */
function backgroundAt(background: Exclude<Background, null>, t: number, into: Float64Array): void {
  const [top, bottom] = typeof background === 'string' ? [background, background] : [background.top, background.bottom];
  for (let c = 0; c < 3; c++) {
    const at = (hex: string) => Number.parseInt(hex.slice(1 + 2 * c, 3 + 2 * c), 16) * 257;
    into[c] = at(top) * (1 - t) + at(bottom) * t;
  }
}
