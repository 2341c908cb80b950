import { z } from 'zod';
import { ModuleError } from '../errors.js';

/** By format. */
export const DERIVATIVE_TYPES = {
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  avif: 'image/avif',
  png: 'image/png',
} as const;
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
