import { z } from 'zod';
import { artifactPort, defineModule } from '../define.js';
import { readModel, withEnding } from './readModel.js';
import { tessellationOf } from './tessellation.js';

/** Reads assemblies, parts, instances, colours and measures out of a STEP file. */
export const extractObjects = defineModule({
  key: 'cad.extract_objects',
  version: 9,
  title: 'Extract objects',
  description:
    'Reads the product structure of the CAD file: assemblies, parts, instances, names, colours, boxes, areas and volumes.',
  families: ['cad_file', 'order_line'],
  inputs: { step: artifactPort('step_source', 'model/step', { description: 'The checked CAD file.' }) },
  outputs: {
    objects: artifactPort('object_tree', 'application/json', { description: 'The product structure as a tree.' }),
  },
  params: z.object({}),
  execution: {
    capability: 'cad',
    determinism: 'pure',
    timeoutMs: 660_000,
    retry: { attempts: 2, backoffMs: 2000 },
  },
  legacySource: 'cad_import',
  async run(ctx, { step }) {
    const { facts, warnings, outPath } = await readModel(ctx, step, 'objects', tessellationOf({}), 'objects.json');
    const objects = await ctx.artifacts.write({
      role: 'object_tree',
      mediaType: 'application/json',
      fileName: withEnding(step.fileName, '.objects.json'),
      metadata: { ...facts, warnings },
      from: { path: outPath },
    });
    ctx.progress(1, `${facts.partCount} parts, ${facts.instanceCount} instances`);
    return { objects };
  },
});
