import type { ShadowJob } from '../render/shadow.js';
import type { Size } from './pictureJobs.js';

const { default: sharp } = await import('sharp');

/** Share of the picture's sides within which the shadow fades out, so that it never looks cut off. */
const BORDER = 0.12;
/** A larger picture's shadow is blurred at this size of its longer side and enlarged then: a blur takes time with the square of its
 * radius, and one so wide leaves nothing that more pixels would show. */
const BLURRED_PX = 1024;

/** Enlarges and softens a rendered shadow to the size of the picture.
 * @returns its alpha, a byte a pixel. */
export async function softShadow(job: ShadowJob, width: number, height: number): Promise<Buffer> {
  const { data, info } = await sharp(job.output)
    .ensureAlpha()
    .extractChannel(3)
    .raw()
    .toBuffer({ resolveWithObject: true });
  fadeAtBorder(data, info.width, info.height);
  const scale = Math.min(1, BLURRED_PX / Math.max(width, height));
  const blurred = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  // The blur takes away the grain of few samples and the steps of the enlargement.
  const sigma = 0.3 + (1.2 * blurred.width) / info.width;
  const soft = await enlarge(data, info, blurred, sigma);
  return scale < 1 ? enlarge(soft, blurred, { width, height }) : soft;
}

function enlarge(alpha: Buffer, { width, height }: Size, to: Size, sigma?: number): Promise<Buffer> {
  const larger = sharp(alpha, { raw: { width, height, channels: 1 } }).resize(to.width, to.height, {
    kernel: 'cubic',
    fit: 'fill',
  });
  return (sigma ? larger.blur(sigma) : larger).toColourspace('b-w').raw().toBuffer();
}

/** Lowers alpha towards the border.
 * @param alpha a byte a pixel. */
export function fadeAtBorder(alpha: Uint8Array, width: number, height: number): void {
  const margin = BORDER * Math.max(width, height);
  for (let y = 0, i = 0; y < height; y++) {
    const fadeY = smoothStep(Math.min(y, height - 1 - y) / margin);
    for (let x = 0; x < width; x++, i++)
      alpha[i] = Math.round(alpha[i]! * fadeY * smoothStep(Math.min(x, width - 1 - x) / margin));
  }
}

function smoothStep(value: number): number {
  const t = Math.min(1, Math.max(0, value));
  return t * t * (3 - 2 * t);
}
