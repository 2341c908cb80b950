import { z } from 'zod';

export type Quality = 'draft' | 'standard' | 'fine';

/** How finely curved surfaces become triangles. */
export interface Tessellation {
  /** Largest chord error: `ratio` of a part's mean box side, or `mm`. */
  linear: { ratio: number } | { mm: number };
  /** Largest angle between neighbouring facets. */
  angularRad: number;
}

/** Chord errors are about 0.2 %, 0.05 % and 0.02 % of a part's diagonal. */
const PRESETS: Record<Quality, Tessellation> = {
  draft: { linear: { ratio: 0.0035 }, angularRad: 0.5 },
  standard: { linear: { ratio: 0.00087 }, angularRad: 0.35 },
  fine: { linear: { ratio: 0.00035 }, angularRad: 0.2 },
};

/** Params of modules that mesh a model and let the user choose how finely. */
export const TessellationParams = {
  quality: z
    .union([
      z.literal('draft').meta({ title: 'Draft', description: 'Coarse and small, for previews.' }),
      z.literal('standard').meta({ title: 'Standard', description: 'Smooth at catalogue sizes up to about 2K.' }),
      z.literal('fine').meta({ title: 'Fine', description: 'Smooth at 4K and for close-ups; larger files.' }),
    ])
    .default('standard')
    .meta({
      title: 'Mesh quality',
      description: 'How closely the triangles follow the curved surfaces of the CAD model.',
      'x-invocation': true,
    }),
  linearDeflectionMm: z.number().positive().min(0.0001).max(1000).optional().meta({
    title: 'Largest chord error (mm)',
    description: 'Overrides the quality for all parts: the furthest a triangle may stray from the true surface.',
  }),
  angularDeflectionRad: z.number().min(0.02).max(3).optional().meta({
    title: 'Largest facet angle (rad)',
    description: 'Overrides the quality: the largest angle between two neighbouring facets.',
  }),
};

/** The tessellation that params ask for; raw values win over the named quality. */
export function tessellationOf(params: {
  quality?: Quality;
  linearDeflectionMm?: number;
  angularDeflectionRad?: number;
}): Tessellation {
  const preset = PRESETS[params.quality ?? 'standard'];
  return {
    linear: params.linearDeflectionMm === undefined ? preset.linear : { mm: params.linearDeflectionMm },
    angularRad: params.angularDeflectionRad ?? preset.angularRad,
  };
}

/** The same text for the same tessellation. */
export function tessellationKey({ linear, angularRad }: Tessellation): string {
  return `${'mm' in linear ? `${linear.mm}mm` : `${linear.ratio}x`}/${angularRad}`;
}
