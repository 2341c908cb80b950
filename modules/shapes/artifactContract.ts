import { z } from 'zod';

const pixels = z.number().int().min(1).max(65_536);
const Range = z.object({ min: pixels.optional(), max: pixels.optional() });

/** What a delivered file of an output type must be, beside its kind. Everything is optional: what is not said is not checked. */
export const ArtifactContract = z.object({
  /** IANA media types that may be delivered; empty: any the kind comes in. */
  mediaTypes: z
    .array(z.string().regex(/^[\w.+-]+\/[\w.+-]+$/))
    .max(20)
    .default([]),
  minBytes: z.number().int().min(1).default(1),
  maxBytes: z.number().int().min(1).optional(),
  widthPx: Range.optional(),
  heightPx: Range.optional(),
  /** True: pictures must have an alpha channel (a cut-out); false: they must not. */
  transparent: z.boolean().optional(),
  /** How many files one delivery has, derivatives not counted. */
  count: z
    .object({ min: z.number().int().min(1).default(1), max: z.number().int().min(1).optional() })
    .default({ min: 1 }),
});
export type ArtifactContract = z.output<typeof ArtifactContract>;
