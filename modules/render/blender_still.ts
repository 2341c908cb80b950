import { z } from 'zod';
import type { ArtifactRef } from '../artifacts.js';
import { artifactPort, defineModule } from '../define.js';
import { groundParams, sceneParams } from './params.js';
import { type PictureFormat, renderPicture } from './picture.js';
import { readSceneInputs, sceneInputs } from './sceneInputs.js';

const invocation = { 'x-invocation': true };

const MEDIA_TYPES: Record<PictureFormat, string> = { png: 'image/png', jpeg: 'image/jpeg', webp: 'image/webp' };
const ENDINGS: Record<PictureFormat, string> = { png: '.png', jpeg: '.jpg', webp: '.webp' };

const Params = z
  .object({
    ...sceneParams({ size: 1024, samples: 64, framing: 'product' }),
    ...groundParams,
    format: z
      .union([
        z.literal('png').meta({ title: 'PNG', description: 'Lossless.' }),
        z.literal('jpeg').meta({ title: 'JPEG', description: 'Small; never transparent.' }),
        z.literal('webp').meta({ title: 'WebP', description: 'Small, may be transparent.' }),
      ])
      .default('png')
      .meta({ title: 'File format', ...invocation }),
    imageQuality: z
      .number()
      .int()
      .min(1)
      .max(100)
      .default(92)
      .meta({
        title: 'Image quality',
        description: 'For JPEG and WebP: higher is closer to the original and larger.',
        ...invocation,
      }),
  })
  .refine(({ transparent, format }) => !(transparent && format === 'jpeg'), {
    path: ['format'],
    message: 'JPEG cannot be transparent. Choose PNG or WebP, or a background colour',
  });

/** One picture of the product with its mapped materials, in the template's studio, by Blender. */
export const blenderStill = defineModule({
  key: 'render.blender_still',
  version: 1,
  title: 'Render still',
  description: 'Renders one picture of the product with its materials in the studio of the template, with Blender.',
  families: ['order_line'],
  inputs: sceneInputs,
  outputs: {
    still: artifactPort('still_image', Object.values(MEDIA_TYPES), { description: 'The rendered picture.' }),
  },
  params: Params,
  execution: {
    capability: 'blender',
    determinism: 'pure',
    timeoutMs: 1_800_000,
    retry: { attempts: 3, backoffMs: 5000 },
  },
  legacySource: 'blender_still_render',
  async run(ctx, inputs, params) {
    const { transparent, backgroundColor, shadow, format, imageQuality, ...rest } = params;
    const scene = { ...rest, ...(await readSceneInputs(ctx.artifacts, inputs, params.engine)) };
    const rendered = await renderPicture(ctx, {
      scene,
      shadow: shadow && scene.template.floor.shadowCatcher,
      background: transparent ? null : backgroundColor,
      format,
      imageQuality,
    });
    const still = await ctx.artifacts.write({
      role: 'still_image',
      mediaType: MEDIA_TYPES[params.format],
      fileName: stillName(inputs.glb, params.format),
      metadata: {
        widthPx: params.resolution.width,
        heightPx: params.resolution.height,
        isTransparent: transparent,
        engine: params.engine,
        samples: params.samples,
        template: scene.template.name,
        coverage: rendered.coverage,
        blenderVersion: rendered.blenderVersion,
      },
      from: { path: rendered.path },
    });
    ctx.progress(1, 'Done');
    return { still };
  },
});

function stillName(glb: ArtifactRef, format: PictureFormat): string {
  return `${glb.fileName.replace(/\.glb$/i, '')}${ENDINGS[format]}`;
}
