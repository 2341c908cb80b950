import { z } from 'zod';
import { artifactPort, defineModule } from '../define.js';
import { readModel, withEnding } from './readModel.js';
import { tessellationOf } from './tessellation.js';

/** Measures the box everything in the file fits in, from the mesh: tight, and on curved sides within the chord error. */
export const computeBbox = defineModule({
  key: 'cad.compute_bbox',
  version: 3,
  title: 'Compute bounding box',
  description: 'Measures the box the whole model fits in, in millimetres and the axes of the CAD file.',
  families: ['cad_file', 'order_line'],
  inputs: { step: artifactPort('step_source', 'model/step', { description: 'The checked CAD file.' }) },
  outputs: { bbox: artifactPort('bbox', 'application/json', { description: 'Corners, size, centre and radius.' }) },
  params: z.object({}),
  execution: {
    capability: 'cad',
    determinism: 'pure',
    timeoutMs: 660_000,
    retry: { attempts: 2, backoffMs: 2000 },
  },
  legacySource: 'bbox_resolution',
  async run(ctx, { step }) {
    const { facts } = await readModel(ctx, step, 'bbox', tessellationOf({}), 'bbox.json');
    const bbox = await ctx.artifacts.write({
      role: 'bbox',
      mediaType: 'application/json',
      fileName: withEnding(step.fileName, '.bbox.json'),
      metadata: { bboxMm: facts.bboxMm!, radiusMm: facts.radiusMm! },
      from: { text: JSON.stringify(facts) },
    });
    const size = (facts.sizeMm as number[]).map((mm) => Math.round(mm * 10) / 10);
    ctx.progress(1, `${size.join(' × ')} mm`);
    return { bbox };
  },
});
