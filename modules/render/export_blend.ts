import { z } from 'zod';
import type { ArtifactRef } from '../artifacts.js';
import { artifactPort, defineModule } from '../define.js';
import { sceneParams } from './params.js';
import { readSceneInputs, sceneInputs } from './sceneInputs.js';

const invocation = { 'x-invocation': true };
/** Blender keeps so many bytes of a name. */
const NAME_BYTES = 63;

const collection = (name: string) =>
  z
    .string()
    .trim()
    .min(1)
    .refine((text) => Buffer.byteLength(text) <= NAME_BYTES, 'At most 63 bytes')
    .default(name)
    .meta({ maxLength: NAME_BYTES, ...invocation });

const Params = z.object({
  contents: z
    .union([
      z.literal('scene').meta({ title: 'Product in the studio', description: 'With camera, lights and surroundings.' }),
      z.literal('product').meta({ title: 'Product only', description: 'To be put into a scene of your own.' }),
    ])
    .default('scene')
    .meta({ title: 'Contents', description: 'What the file holds.', ...invocation }),
  packTextures: z
    .boolean()
    .default(true)
    .meta({
      title: 'Pack textures',
      description: 'Puts the textures into the file. Without them it is smaller and materials keep their plain values.',
      ...invocation,
    }),
  compress: z
    .boolean()
    .default(true)
    .meta({ title: 'Compress', description: 'A smaller file that opens a little slower.', ...invocation }),
  lengthUnit: z
    .union([
      z.literal('millimeters').meta({ title: 'Millimetres' }),
      z.literal('centimeters').meta({ title: 'Centimetres' }),
      z.literal('meters').meta({ title: 'Metres' }),
    ])
    .default('millimeters')
    .meta({
      title: 'Length unit',
      description:
        'What Blender shows lengths in. The product has its true size; only a studio built in Blender shows it in its own.',
      ...invocation,
    }),
  productCollection: collection('Product').meta({
    title: 'Product collection',
    description: 'Name of the collection that holds the product.',
  }),
  studioCollection: collection('Studio').meta({
    title: 'Studio collection',
    description: 'Name of the collection that holds camera, lights and floor.',
  }),
  ...sceneParams({ size: 2048, samples: 128, framing: 'product' }),
});

/** The product with its mapped materials as a Blender file. */
export const exportBlend = defineModule({
  key: 'render.export_blend',
  version: 3,
  title: 'Export .blend',
  description:
    'Packs the product with its materials, in the studio of the template, into a Blender file that needs nothing beside itself.',
  families: ['order_line'],
  inputs: sceneInputs,
  outputs: {
    blend: artifactPort('blend_file', 'application/x-blender', {
      description: 'The Blender file: opened and counted before it is handed over.',
    }),
  },
  params: Params,
  execution: {
    capability: 'blender',
    determinism: 'pure',
    timeoutMs: 900_000,
    retry: { attempts: 3, backoffMs: 5000 },
  },
  legacySource: 'blend_export',
  async run(ctx, inputs, params) {
    const { writeBlend } = await import('./blendPackage.js');
    const { contents, packTextures, compress, lengthUnit, productCollection, studioCollection, ...rest } = params;
    const scene = { ...rest, cutOut: false, ...(await readSceneInputs(ctx.artifacts, inputs, params.engine)) };
    const { path, facts } = await writeBlend(ctx, {
      scene,
      contents,
      packTextures,
      compress,
      lengthUnit,
      productCollection,
      studioCollection,
    });
    const blend = await ctx.artifacts.write({
      role: 'blend_file',
      mediaType: 'application/x-blender',
      fileName: blendName(inputs.glb),
      metadata: { ...facts, contents, template: scene.template.name, engine: params.engine },
      from: { path },
    });
    ctx.progress(1, 'Done');
    return { blend };
  },
});

const blendName = (glb: ArtifactRef) => `${glb.fileName.replace(/\.glb$/i, '')}.blend`;
