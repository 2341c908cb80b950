import type { Sharp } from 'sharp';
import { onBackground } from './background.js';
import { compose16 } from './compose16.js';
import type { ComposeJob } from './pictureJobs.js';
import { softShadow } from './softShadow.js';

const { default: sharp } = await import('sharp');

/** Lays a product over its shadow and what is behind it. */
export async function compose(job: ComposeJob): Promise<null> {
  const { shadow, width, height } = job;
  const soft = shadow && (await softShadow(shadow, width, height));
  const image = await (job.format === 'png16' ? compose16(job, soft) : compose8(job, soft));
  await encode(image, job).toFile(job.to);
  return null;
}

async function compose8({ product, background, ...size }: ComposeJob, shadow: Buffer | null): Promise<Sharp> {
  if (!shadow) return onBackground(sharp(product), background, size);
  const raw = { width: size.width, height: size.height, channels: 4 } as const;
  const onShadow = await sharp(black(shadow), { raw })
    .composite([{ input: product }])
    .raw()
    .toBuffer();
  return onBackground(sharp(onShadow, { raw }), background, size);
}

/** Black as RGBA with the given alpha. */
function black(alpha: Buffer): Buffer {
  const rgba = Buffer.alloc(alpha.length * 4);
  for (let i = 0; i < alpha.length; i++) rgba[i * 4 + 3] = alpha[i]!;
  return rgba;
}

function encode(image: Sharp, { format, imageQuality: quality }: ComposeJob): Sharp {
  switch (format) {
    case 'png':
    case 'png16':
      // The last hundredth of the size takes half of the time.
      return image.png({ compressionLevel: 6 });
    case 'jpeg':
      return image.jpeg({ quality, chromaSubsampling: '4:4:4' });
    case 'webp':
      return image.webp({ quality, smartSubsample: true });
  }
}
