import { z } from 'zod';
import { toJsonSchema } from '../../../modules/define.js';

const Every = z.object({
  label: z.string().max(20).default('Hero').meta({ title: 'Label', description: 'Printed below the picture.' }),
  note: z.string().default('').meta({ title: 'Note', format: 'textarea' }),
  samples: z.number().int().min(1).max(4096).default(64).meta({ title: 'Samples' }),
  lens: z.number().min(10).max(300).multipleOf(0.5).default(85).meta({ title: 'Lens', 'x-unit': 'mm' }),
  roughness: z.number().min(0).max(1).default(0.5).meta({ title: 'Roughness' }),
  denoise: z.boolean().default(true).meta({ title: 'Denoise' }),
  engine: z
    .union([z.literal('cycles').meta({ title: 'Cycles' }), z.literal('eevee').meta({ title: 'Eevee' })])
    .default('cycles')
    .meta({ title: 'Engine' }),
  view: z.enum(['front', 'back', 'left_side', 'right_side', 'isometric']).default('front').meta({ title: 'View' }),
  background: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/)
    .default('#ffffff')
    .meta({ title: 'Background', format: 'color' }),
  target: z.tuple([z.number(), z.number(), z.number()]).default([0, 0, 0]).meta({ title: 'Target', 'x-unit': 'mm' }),
  crop: z.number().min(0).max(100).nullable().default(null).meta({ title: 'Crop', 'x-unit': '%' }),
  resolution: z
    .object({ width: z.number().int().min(16).max(8192), height: z.number().int().min(16).max(8192) })
    .default({ width: 1024, height: 1024 })
    .meta({ title: 'Resolution' }),
  camera: z
    .object({ azimuthDeg: z.number().min(-360).max(360).optional().meta({ title: 'Azimuth' }) })
    .default({})
    .meta({ title: 'Camera' }),
  sampling: z
    .object({ adaptive: z.boolean().default(true).meta({ title: 'Adaptive' }) })
    .optional()
    .meta({ title: 'Sampling' }),
  tags: z.array(z.string().min(1)).default(['catalogue']).meta({ title: 'Tags' }),
  lights: z
    .array(z.object({ power: z.number().min(0).default(10).meta({ title: 'Power' }) }))
    .default([])
    .meta({ title: 'Lights' }),
  material: z.string().nullable().default(null).meta({ title: 'Material', 'x-lookup': 'materials' }),
  names: z.record(z.string(), z.string()).default({}).meta({ title: 'Names' }),
  background3d: z
    .discriminatedUnion('kind', [
      z
        .object({ kind: z.literal('plain'), color: z.string().default('#ffffff').meta({ title: 'Plain colour' }) })
        .meta({ title: 'Plain' }),
      z
        .object({ kind: z.literal('image'), path: z.string().min(1).default('studio.hdr').meta({ title: 'Path' }) })
        .meta({ title: 'Image' }),
    ])
    .default({ kind: 'plain', color: '#ffffff' })
    .meta({ title: 'Backdrop' }),
  publishAt: z.iso.datetime({ offset: true }).optional().meta({ title: 'Publish at' }),
  extra: z.json().default({ anything: true }).meta({ title: 'Extra' }),
});

/** A module's params with one setting of every kind, as a node definition would carry them. */
export const SCHEMA = toJsonSchema(Every);
export const DEFAULTS: unknown = Every.parse({});
