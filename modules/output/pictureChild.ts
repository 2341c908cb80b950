/** Entry of the child process that reads and converts pictures; talks to `pictures.ts` over its IPC channel. */
import type { Sharp } from 'sharp';
import { answerJobs } from '../children/answerJobs.js';
import { systemFailure } from '../systemFailure.js';
import type { Derivative } from './derivatives.js';
import type { DerivativeJob, PictureJob, PictureResult, ReadPicture } from './pictureJobs.js';

const { default: sharp } = await import('sharp');

const MAX_PIXELS = 300_000_000;

// What one picture left in memory is of no use to the next.
sharp.cache(false);
answerJobs<PictureJob, PictureResult>(async (job) => {
  try {
    return job.op === 'read' ? await read(job.path) : await derive(job);
  } catch (error) {
    if (systemFailure(error)) throw error;
    return { unreadable: (error as Error).message };
  }
});

const open = (path: string) => sharp(path, { failOn: 'truncated', limitInputPixels: MAX_PIXELS });

async function read(path: string): Promise<ReadPicture> {
  const image = open(path);
  const { format, width, height, hasAlpha } = await image.metadata();
  await image.resize(8, 8, { fit: 'fill', kernel: 'nearest' }).raw().toBuffer();
  return { format, widthPx: width, heightPx: height, hasAlpha };
}

async function derive({ from, to, derivative }: DerivativeJob): Promise<ReadPicture> {
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
