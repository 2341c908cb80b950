import path from 'node:path';
import type { Sharp } from 'sharp';
import { z } from 'zod';
import { ModuleError } from '../errors.js';
import { ENDINGS } from './mediaTypes.js';

const MEDIA_TYPES = { jpeg: 'image/jpeg', webp: 'image/webp', avif: 'image/avif', png: 'image/png' } as const;
/** What sharp reads of what can be delivered. */
const READABLE: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/avif']);

export const Derivative = z.object({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'Small letters, digits and hyphens, up to 32.')
    .default('web')
    .meta({ title: 'Name', description: 'Goes into the file name, for example "web" or "thumb".' }),
  maxWidthPx: z
    .number()
    .int()
    .min(16)
    .max(8192)
    .default(1200)
    .meta({ title: 'Largest width (px)', description: 'Smaller originals keep their size.' }),
  format: z
    .union([
      z.literal('webp').meta({ title: 'WebP' }),
      z.literal('jpeg').meta({ title: 'JPEG' }),
      z.literal('avif').meta({ title: 'AVIF' }),
      z.literal('png').meta({ title: 'PNG' }),
    ])
    .default('webp')
    .meta({ title: 'Format', description: 'JPEG cannot be transparent and gets the background colour.' }),
  quality: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(80)
    .meta({ title: 'Quality', description: '1 to 100; counts for WebP, JPEG and AVIF.' }),
  colorProfile: z
    .union([
      z.literal('srgb').meta({ title: 'sRGB, profile embedded' }),
      z.literal('none').meta({ title: 'sRGB, without a profile', description: 'A few hundred bytes smaller.' }),
      z.literal('keep').meta({ title: 'As in the original' }),
    ])
    .default('srgb')
    .meta({ title: 'Colour profile', description: 'Browsers take pictures without a profile for sRGB.' }),
  background: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'A colour like #ffffff.')
    .default('#ffffff')
    .meta({ title: 'Background', description: 'Behind transparent originals, for JPEG.' }),
});
export type Derivative = z.output<typeof Derivative>;

export interface MadeDerivative {
  path: string;
  fileName: string;
  mediaType: string;
  widthPx: number;
  heightPx: number;
}

/** @throws {ModuleError} `DERIVATIVES_CONTRADICTORY` for a name given twice, `DERIVATIVES_NOT_POSSIBLE` where the original is no picture. */
export function checkDerivatives(derivatives: readonly Derivative[], mediaTypes: readonly string[]): void {
  const twice = derivatives.findIndex(
    ({ name }, index) => derivatives.findIndex((other) => other.name === name) !== index,
  );
  if (twice >= 0)
    throw new ModuleError(
      'DERIVATIVES_CONTRADICTORY',
      `Two derivatives are called "${derivatives[twice]!.name}".`,
      'input',
      { path: `/derivatives/${twice}/name` },
    );
  const strange = mediaTypes.find((mediaType) => !READABLE.has(mediaType));
  if (derivatives.length > 0 && strange)
    throw new ModuleError(
      'DERIVATIVES_NOT_POSSIBLE',
      `Derivatives are made of PNG, JPEG, WebP and AVIF pictures, not of ${strange}.`,
      'input',
      { path: '/derivatives' },
    );
}

/** Makes one derivative in `folder`; the same original gives the same bytes on one installation.
 * @throws the signal's reason when it aborts. */
export async function makeDerivative(
  original: { path: string; fileName: string },
  derivative: Derivative,
  folder: string,
  signal: AbortSignal,
): Promise<MadeDerivative> {
  const { default: sharp } = await import('sharp');
  const mediaType = MEDIA_TYPES[derivative.format];
  const fileName = `${path.parse(original.fileName).name}_${derivative.name}${ENDINGS[mediaType]}`;
  const file = path.join(folder, fileName);
  const image = sharp(original.path, { failOn: 'truncated', limitInputPixels: 300_000_000 })
    .autoOrient()
    .resize({ width: derivative.maxWidthPx, withoutEnlargement: true });
  const encoding = encode(withProfile(image, derivative), derivative).toFile(file);
  const { width, height } = await untilAborted(encoding, signal);
  return { path: file, fileName, mediaType, widthPx: width, heightPx: height };
}

/** Sharp cannot be told to stop, and an AVIF may take it half a minute: nobody waits for what it still computes then. */
function untilAborted<R>(work: Promise<R>, signal: AbortSignal): Promise<R> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    work.finally(() => signal.removeEventListener('abort', stop)).then(resolve, reject);
  });
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
