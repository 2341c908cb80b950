import { z } from 'zod';
import { artifactPort, defineModule } from '../define.js';
import { readModel, withEnding } from './readModel.js';
import { TessellationParams, tessellationOf } from './tessellation.js';

/** Turns a STEP file into binary glTF: metres, Y up, the true assembly tree, one mesh for all instances of a part. */
export const exportGlb = defineModule({
  key: 'cad.export_glb',
  version: 2,
  title: 'Export GLB',
  description:
    'Turns the CAD file into a GLB model with its assembly tree, part names and colours, for viewers and rendering.',
  families: ['cad_file', 'order_line'],
  inputs: { step: artifactPort('step_source', 'model/step', { description: 'The checked CAD file.' }) },
  outputs: { glb: artifactPort('glb_model', 'model/gltf-binary', { description: 'The model: metres, Y up.' }) },
  params: z.object(TessellationParams),
  execution: {
    capability: 'cad',
    determinism: 'pure',
    timeoutMs: 660_000,
    retry: { attempts: 2, backoffMs: 2000 },
  },
  legacySource: 'glb_export',
  async run(ctx, { step }, params) {
    const { facts, warnings, outPath } = await readModel(ctx, step, 'glb', tessellationOf(params), 'model.glb');
    const glb = await ctx.artifacts.write({
      role: 'glb_model',
      mediaType: 'model/gltf-binary',
      fileName: withEnding(step.fileName, '.glb'),
      metadata: { ...facts, quality: params.quality, warnings },
      from: { path: outPath },
    });
    ctx.progress(1, `${(facts.triangleCount as number).toLocaleString('en')} triangles`);
    return { glb };
  },
});
