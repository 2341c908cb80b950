import path from 'node:path';
import { z } from 'zod';
import type { ArtifactRef } from '../artifacts.js';
import { artifactPort, defineModule } from '../define.js';
import { readModel, withEnding } from './readModel.js';
import { TessellationParams, tessellationOf } from './tessellation.js';
import type { WebModelSpec } from './webModel.js';

const GLB = 'model/gltf-binary';

/** Turns a STEP file into binary glTF: metres, Y up, the true assembly tree, one mesh for all instances of a part. */
export const exportGlb = defineModule({
  key: 'cad.export_glb',
  version: 8,
  title: 'Export GLB',
  description:
    'Turns the CAD file into a GLB model with its assembly tree, part names and colours, for viewers and rendering.',
  families: ['cad_file', 'order_line'],
  inputs: { step: artifactPort('step_source', 'model/step', { description: 'The checked CAD file.' }) },
  outputs: {
    glb: artifactPort('glb_model', GLB, { description: 'The model: metres, Y up. Plain glTF, which Blender reads.' }),
    web: artifactPort('web_model', GLB, {
      description: 'The model compressed for viewers in browsers; there when compression is on.',
      required: false,
    }),
    lods: artifactPort('web_model', GLB, {
      description: 'Coarser copies for viewers, the finest first; there when levels of detail are asked for.',
      required: false,
      many: true,
    }),
  },
  params: z.object({
    ...TessellationParams,
    compression: z
      .union([
        z.literal('none').meta({ title: 'None', description: 'Only the plain model.' }),
        z.literal('meshopt').meta({
          title: 'Meshopt',
          description:
            'A second file, about a third of the size, with EXT_meshopt_compression: opens at once. Levels of detail are compressed too.',
        }),
        z.literal('draco').meta({
          title: 'Draco',
          description:
            'A second file, about a seventh of the size, with KHR_draco_mesh_compression: smallest, takes longer to open. Levels of detail are compressed too.',
        }),
      ])
      .default('none')
      .meta({
        title: 'Web compression',
        description: 'Writes a compressed copy for viewers in browsers. Blender gets the plain model in any case.',
        'x-invocation': true,
      }),
    lodLevels: z.number().int().min(0).max(4).default(0).meta({
      title: 'Levels of detail',
      description: 'How many coarser copies to write for viewers.',
      'x-invocation': true,
    }),
    lodRatio: z.number().min(0.1).max(0.9).default(0.5).meta({
      title: 'Detail per level',
      description: 'Share of its triangles that each level keeps of the level before.',
    }),
  }),
  execution: {
    capability: 'cad',
    determinism: 'pure',
    timeoutMs: 660_000,
    retry: { attempts: 2, backoffMs: 2000 },
  },
  legacySource: 'cad_import',
  async run(ctx, { step }, params) {
    const { compression } = params;
    const copies: WebModelSpec[] = [];
    if (compression !== 'none') copies.push({ outPath: path.join(ctx.workdir, 'web.glb'), compression, keep: 1 });
    for (let level = 1; level <= params.lodLevels; level++) {
      copies.push({ outPath: path.join(ctx.workdir, `lod${level}.glb`), compression, keep: params.lodRatio ** level });
    }
    const read = await readModel(ctx, step, 'glb', tessellationOf(params), 'model.glb', copies);
    const { facts, warnings } = read;
    const glb = await ctx.artifacts.write({
      role: 'glb_model',
      mediaType: GLB,
      fileName: withEnding(step.fileName, '.glb'),
      metadata: { ...facts, quality: params.quality, warnings },
      from: { path: read.outPath },
    });
    const written: ArtifactRef[] = [];
    for (const [at, { outPath, keep }] of copies.entries()) {
      const level = compression === 'none' ? at + 1 : at;
      written.push(
        await ctx.artifacts.write({
          role: 'web_model',
          mediaType: GLB,
          fileName: withEnding(step.fileName, level === 0 ? '.web.glb' : `.lod${level}.glb`),
          metadata: { ...read.copies![at]!, lod: level, keep, compression },
          from: { path: outPath },
        }),
      );
    }
    ctx.progress(1, `${(facts.triangleCount as number).toLocaleString('en')} triangles`);
    const web = written.find((copy) => copy.metadata.lod === 0);
    const lods = written.filter((copy) => copy !== web);
    return { glb, ...(web && { web }), ...(lods.length > 0 && { lods }) };
  },
});
