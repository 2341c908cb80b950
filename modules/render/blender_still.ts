import { z } from 'zod';
import type { ArtifactRef } from '../artifacts.js';
import { artifactPort, defineModule } from '../define.js';
import { groundOf } from './ground.js';
import { groundParams, sceneParams } from './params.js';
import { type PictureFormat, renderPicture } from './picture.js';
import { readSceneInputs, sceneInputs } from './sceneInputs.js';

const invocation = { 'x-invocation': true };

const MEDIA_TYPES: Record<PictureFormat, string> = {
  png: 'image/png',
  png16: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  exr: 'image/x-exr',
};
const ENDINGS: Record<PictureFormat, string> = {
  png: '.png',
  png16: '.png',
  jpeg: '.jpg',
  webp: '.webp',
  exr: '.exr',
};

const Params = z
  .object({
    ...sceneParams({ size: 1024, samples: 64, framing: 'product' }),
    ...groundParams,
    format: z
      .union([
        z.literal('png').meta({ title: 'PNG', description: 'Lossless, 8 bits a channel.' }),
        z.literal('png16').meta({ title: 'PNG, 16 bit', description: 'Lossless, for retouching.' }),
        z.literal('jpeg').meta({ title: 'JPEG', description: 'Small; never transparent.' }),
        z.literal('webp').meta({ title: 'WebP', description: 'Small, may be transparent.' }),
        z.literal('exr').meta({
          title: 'OpenEXR',
          description: 'Linear light before colour management, for compositing; always a cut-out.',
        }),
      ])
      .default('png')
      .meta({ title: 'File format', description: 'What the picture is delivered as.', ...invocation }),
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
  version: 6,
  title: 'Render still',
  description: 'Renders one picture of the product with its materials in the studio of the template, with Blender.',
  families: ['order_line'],
  inputs: sceneInputs,
  outputs: {
    still: artifactPort('still_image', [...new Set(Object.values(MEDIA_TYPES))], {
      description: 'The rendered picture.',
    }),
  },
  params: Params,
  execution: {
    capability: 'blender',
    determinism: 'pure',
    timeoutMs: 1_800_000,
    retry: { attempts: 3, backoffMs: 5000 },
  },
  legacySource: 'still',
  async run(ctx, inputs, params) {
    const { transparent, backdrop, backgroundColor, shadow, format, imageQuality, ...rest } = params;
    const given = await readSceneInputs(ctx.artifacts, inputs, params.engine);
    const isTransparent = transparent || format === 'exr';
    const ground = groundOf(given.template, { transparent: isTransparent, backdrop, backgroundColor, shadow });
    const rendered = await renderPicture(ctx, {
      scene: { ...rest, ...given, cutOut: ground.cutOut },
      shadow: ground.shadow,
      background: ground.background,
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
        isTransparent,
        engine: params.engine,
        samples: params.samples,
        template: given.template.name,
        coverage: rendered.coverage,
        blenderVersion: rendered.blenderVersion,
        device: rendered.device,
        camera: rendered.camera,
        warnings: rendered.warnings,
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
