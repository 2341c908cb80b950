import { artifactPort, converted, dataPort, defineModule, ModuleError, z } from 'hartomat/modules';

/** Of the product structure only what is needed here: more may be added to it at any time. */
const Parts = z.object({
  parts: z.array(z.object({ name: z.string(), instanceCount: z.number(), volumeMm3: z.number() })),
});

const Weight = z.object({
  totalGrams: z.number(),
  parts: z.array(z.object({ name: z.string(), count: z.number(), gramsEach: z.number() })),
});

const density = z.number().min(0.01).max(25);

/** What a product weighs, by volume and density. Same parts and densities, same weight: pure, so results are used again. */
export const estimateWeight = defineModule({
  key: 'studio.estimate_weight',
  version: 2,
  title: 'Estimate weight',
  description: 'Adds up what the parts of the product weigh, for shipping data and shop pages.',
  families: ['cad_file', 'order_line'],
  inputs: {
    objects: artifactPort('object_tree', 'application/json', { description: 'The parts of the CAD file.' }),
  },
  outputs: { weight: dataPort(Weight, { description: 'Grams in all and for each part.' }) },
  params: z.object({
    densityGCm3: density.default(7.85).meta({
      title: 'Density (g/cm³)',
      description: 'Of every part without an exception. Steel: 7.85, aluminium: 2.7.',
      'x-invocation': true,
    }),
    exceptions: z.record(z.string().max(200), density).default({}).meta({
      title: 'Exceptions',
      description: 'Part name → density.',
    }),
  }),
  // Version 1 took kilograms per cubic metre. Graphs that were stored with it go on working.
  upgrades: {
    1: [
      converted(
        'densityKgM3',
        ({ densityKgM3 }) => (typeof densityKgM3 === 'number' ? { densityGCm3: densityKgM3 / 1000 } : null),
        'it was not a number',
      ),
    ],
  },
  execution: { capability: 'cpu', determinism: 'pure', timeoutMs: 30_000, retry: { attempts: 2, backoffMs: 1000 } },
  legacySource: null,
  async run(ctx, { objects }, { densityGCm3, exceptions }) {
    const { parts } = await ctx.artifacts.readJson(objects, Parts);
    const unknown = Object.keys(exceptions).find((name) => !parts.some((part) => part.name === name));
    if (unknown !== undefined)
      throw new ModuleError('PART_UNKNOWN', `There is no part called "${unknown}" to make an exception for.`, 'input', {
        path: '/exceptions',
      });
    const weights = parts.map(({ name, instanceCount, volumeMm3 }) => ({
      name,
      count: instanceCount,
      gramsEach: (volumeMm3 / 1000) * (exceptions[name] ?? densityGCm3),
    }));
    const totalGrams = weights.reduce((sum, { count, gramsEach }) => sum + count * gramsEach, 0);
    ctx.progress(1, `${totalGrams.toFixed(0)} g`);
    return { weight: { totalGrams, parts: weights } };
  },
});
