import sharp from 'sharp';
import type { ShadowJob } from '../render/shadow.js';

/** Share of the picture's sides within which the shadow fades out, so that it never looks cut off. */
const BORDER = 0.12;

/** Enlarges and softens a rendered shadow to the size of the picture.
 * @returns RGBA PNG. */
export async function softShadow(job: ShadowJob, width: number, height: number): Promise<Buffer> {
  const { data, info } = await sharp(job.output).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  fadeAtBorder(data, info.width, info.height);
  // The blur takes away the grain of few samples and the steps of the enlargement.
  const sigma = 0.3 + (1.2 * width) / info.width;
  return sharp(data, { raw: { width: info.width, height: info.height, channels: 4 } })
    .resize(width, height, { kernel: 'cubic', fit: 'fill' })
    .blur(sigma)
    .png({ compressionLevel: 1 })
    .toBuffer();
}

/** Lowers the alpha of RGBA pixels towards the border. */
export function fadeAtBorder(rgba: Uint8Array, width: number, height: number): void {
  const margin = BORDER * Math.max(width, height);
  for (let y = 0; y < height; y++) {
    const fadeY = smoothStep(Math.min(y, height - 1 - y) / margin);
    for (let x = 0; x < width; x++) {
      const alpha = (y * width + x) * 4 + 3;
      rgba[alpha] = Math.round(rgba[alpha]! * fadeY * smoothStep(Math.min(x, width - 1 - x) / margin));
    }
  }
}

function smoothStep(value: number): number {
  const t = Math.min(1, Math.max(0, value));
  return t * t * (3 - 2 * t);
}
