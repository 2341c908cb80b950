import { z } from 'zod';

const materialName = z.string().min(1).max(200);

/** Params of `materials.resolve_map`. */
export const ResolveMapParams = z.object({
  materials: z
    .object({
      all: materialName.optional().meta({
        title: 'One material for everything',
        description: 'For example a clay view. Only the order line wins over it.',
        'x-lookup': 'materials',
      }),
      byPart: z.record(z.string().min(1), materialName).optional().meta({
        title: 'Materials by part',
        description: 'Part name → material name.',
      }),
    })
    .default({})
    .meta({
      title: 'Material override',
      description: 'Set over what product and rules say.',
      'x-invocation': true,
    }),
  unmapped: z
    .union([
      z
        .literal('cad_color')
        .meta({ title: 'Keep the CAD colour', description: 'Parts without a colour get the default material.' }),
      z.literal('default').meta({ title: 'Use the default material' }),
      z
        .literal('fail')
        .meta({ title: 'Stop the run', description: 'Nothing is rendered until every part has a material.' }),
    ])
    .default('cad_color')
    .meta({
      title: 'Parts without a material',
      description: 'What happens to parts that nobody and no rule has decided on.',
    }),
  defaultMaterial: materialName.optional().meta({
    title: 'Default material',
    description: 'For parts that fall through. Empty: the default of the render template.',
    'x-lookup': 'materials',
    'x-invocation': true,
  }),
  minConfidence: z.number().min(0).max(1).default(0.5).meta({
    title: 'Trust proposals from',
    description: 'A connected proposal counts for a part when its confidence is at least this; 1 is certain.',
  }),
});
