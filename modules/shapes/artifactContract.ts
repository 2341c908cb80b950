import { z } from 'zod';

const pixels = z.number().int().min(1).max(65_536);
const Range = z.object({
  min: pixels.optional().meta({ title: 'At least (px)' }),
  max: pixels.optional().meta({ title: 'At most (px)' }),
});

/** What a delivered file of an output type must be, beside its kind. Everything is optional: what is not said is not checked. */
export const ArtifactContract = z.object({
  /** IANA media types that may be delivered; empty: any the kind comes in. */
  mediaTypes: z
    .array(z.string().regex(/^[\w.+-]+\/[\w.+-]+$/))
    .max(20)
    .default([])
    .meta({ title: 'Media types', description: 'What may be delivered, for example image/png. None: any.' }),
  minBytes: z.number().int().min(1).default(1).meta({ title: 'Smallest file (bytes)' }),
  maxBytes: z.number().int().min(1).optional().meta({ title: 'Largest file (bytes)' }),
  widthPx: Range.optional().meta({ title: 'Width' }),
  heightPx: Range.optional().meta({ title: 'Height' }),
  /** True: pictures must have an alpha channel (a cut-out); false: they must not. */
  transparent: z
    .union([z.literal(true).meta({ title: 'A cut-out' }), z.literal(false).meta({ title: 'With a background' })])
    .optional()
    .meta({ title: 'Pictures are', description: 'Nothing chosen: either.' }),
  /** How many files one delivery has, derivatives not counted. */
  count: z
    .object({
      min: z.number().int().min(1).default(1).meta({ title: 'At least' }),
      max: z.number().int().min(1).optional().meta({ title: 'At most' }),
    })
    .default({ min: 1 })
    .meta({ title: 'Number of files' }),
});
export type ArtifactContract = z.output<typeof ArtifactContract>;
