import { z } from 'zod';
import type { ArtifactRef } from '../artifacts.js';
import { artifactPort, defineModule } from '../define.js';
import { ModuleError } from '../errors.js';
import type { JsonObject } from '../json.js';
import { MaterialMap } from '../shapes/materials.js';
import { Bbox } from '../shapes/objectTree.js';
import { RenderTemplate } from '../shapes/renderTemplate.js';
import { readGlbParts } from './glbParts.js';
import { type PictureFormat, renderPicture } from './picture.js';

const invocation = { 'x-invocation': true };
const pixels = z.number().int().min(16).max(8192);

const MEDIA_TYPES: Record<PictureFormat, string> = { png: 'image/png', jpeg: 'image/jpeg', webp: 'image/webp' };
const ENDINGS: Record<PictureFormat, string> = { png: '.png', jpeg: '.jpg', webp: '.webp' };

const Params = z.object({
  resolution: z
    .object({
      width: pixels.meta({ title: 'Width (px)' }),
      height: pixels.meta({ title: 'Height (px)' }),
    })
    .default({ width: 1024, height: 1024 })
    .meta({ title: 'Resolution', description: 'Size of the picture in pixels.', ...invocation }),
  samples: z
    .number()
    .int()
    .min(1)
    .max(4096)
    .default(64)
    .meta({
      title: 'Samples',
      description:
        'Light paths per pixel: more give less grain and take longer. 32 for screens, 128 and more for print.',
      ...invocation,
    }),
  engine: z
    .union([
      z
        .literal('cycles')
        .meta({ title: 'Cycles', description: 'True reflections and shadows; the catalogue standard.' }),
      z.literal('eevee').meta({ title: 'Eevee', description: 'Faster, with simplified reflections.' }),
      z.literal('workbench').meta({ title: 'Workbench', description: 'A plain technical view in seconds.' }),
    ])
    .default('cycles')
    .meta({ title: 'Render engine', description: 'What computes the picture.', ...invocation }),
  denoise: z
    .boolean()
    .default(true)
    .meta({
      title: 'Remove grain',
      description: 'Smooths what grain the samples leave, and keeps edges.',
      ...invocation,
    }),
  transparent: z
    .boolean()
    .default(false)
    .meta({
      title: 'Transparent background',
      description: 'A cut-out with soft shadow; needs PNG or WebP.',
      ...invocation,
    }),
  backgroundColor: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'A colour like #ffffff.')
    .default('#ffffff')
    .meta({
      title: 'Background colour',
      description: 'Used when the background is not transparent.',
      format: 'color',
      ...invocation,
    }),
  shadow: z
    .boolean()
    .default(true)
    .meta({
      title: 'Shadow',
      description: 'A soft shadow on the floor, where the template has one.',
      ...invocation,
    }),
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
  camera: z
    .object({
      azimuthDeg: z.number().min(-360).max(360).optional().meta({
        title: 'Azimuth (°)',
        description: 'Round the product: 0 is the front (CAD −Y), counter-clockwise seen from above.',
      }),
      elevationDeg: z.number().min(-89).max(89).optional().meta({
        title: 'Elevation (°)',
        description: 'Height of the view: 0 is level, 89 from above.',
      }),
      lensMm: z.number().min(10).max(300).optional().meta({
        title: 'Lens (mm)',
        description: 'Focal length: long lenses flatten the perspective.',
      }),
    })
    .default({})
    .meta({ title: 'Camera', description: 'Whatever is left empty comes from the template.', ...invocation }),
  framing: z
    .union([
      z
        .literal('product')
        .meta({ title: 'Fill the picture', description: 'The outline of the product fills the picture.' }),
      z.literal('sphere').meta({
        title: 'Same size from every side',
        description: 'A sphere round the product fills the picture, so all views of one product match.',
      }),
    ])
    .default('product')
    .meta({ title: 'Framing', description: 'How large the product appears.', ...invocation }),
  upAxis: z
    .union([
      z.literal('+z').meta({ title: '+Z (as designed)' }),
      z.literal('-z').meta({ title: '−Z' }),
      z.literal('+y').meta({ title: '+Y' }),
      z.literal('-y').meta({ title: '−Y' }),
      z.literal('+x').meta({ title: '+X' }),
      z.literal('-x').meta({ title: '−X' }),
    ])
    .default('+z')
    .meta({ title: 'Up axis', description: 'The CAD axis that points up in the picture.', ...invocation }),
  seed: z.number().int().min(0).max(2_147_483_647).default(0).meta({
    title: 'Seed',
    description: 'Another number gives another grain; the same number the same picture.',
  }),
});

/** One picture of the product with its mapped materials, in the template's studio, by Blender. */
export const blenderStill = defineModule({
  key: 'render.blender_still',
  version: 1,
  title: 'Render still',
  description: 'Renders one picture of the product with its materials in the studio of the template, with Blender.',
  families: ['order_line'],
  inputs: {
    glb: artifactPort('glb_model', 'model/gltf-binary', {
      description: 'The model: metres, Y up, nodes marked with partId.',
    }),
    map: artifactPort('material_map', 'application/json', { description: 'The material of every part of the model.' }),
    template: artifactPort('render_template', 'application/json', {
      description: 'Camera, lights, surroundings, colours.',
    }),
    bbox: artifactPort('bbox', 'application/json', {
      description: 'What is centred in the picture; without it, everything in the model.',
      required: false,
    }),
  },
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
    rejectContradictions(params);
    const [glb, map, template, bbox] = await Promise.all([
      ctx.artifacts.path(inputs.glb),
      ctx.artifacts.readJson(inputs.map, MaterialMap),
      ctx.artifacts.readJson(inputs.template, RenderTemplate),
      inputs.bbox && ctx.artifacts.readJson(inputs.bbox, Bbox),
    ]);
    if (!template.engines.includes(params.engine))
      throw new ModuleError(
        'ENGINE_NOT_SUPPORTED',
        `The render template "${template.label}" is not made for ${params.engine}; it supports ${template.engines.join(', ')}.`,
        'input',
        { path: '/engine' },
      );
    const materials = materialsByPart(await readGlbParts(glb), map, template);
    const { transparent, backgroundColor, shadow, ...rest } = params;
    const rendered = await renderPicture(ctx, {
      ...rest,
      glb,
      template,
      materials,
      shadow: shadow && template.floor.shadowCatcher,
      background: transparent ? null : backgroundColor,
      bboxMm: bbox?.bboxMm ?? null,
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
        template: template.name,
        coverage: rendered.coverage,
        blenderVersion: rendered.blenderVersion,
      },
      from: { path: rendered.path },
    });
    ctx.progress(1, 'Done');
    return { still };
  },
});

function rejectContradictions({ transparent, format }: z.output<typeof Params>): void {
  if (transparent && format === 'jpeg')
    throw new ModuleError(
      'PARAMS_CONTRADICTORY',
      'JPEG cannot be transparent. Choose PNG or WebP, or a background colour.',
      'input',
      {
        path: '/format',
      },
    );
}

/** Checked before Blender starts: a part without a material must not fail after minutes of rendering. */
function materialsByPart(parts: Map<string, string>, map: MaterialMap, template: RenderTemplate): JsonObject {
  const assigned = new Map(map.assignments.map((assignment) => [assignment.partId, assignment]));
  const missing = [...parts].filter(([partId]) => !assigned.has(partId)).map(([, partName]) => partName);
  if (missing.length > 0)
    throw new ModuleError(
      'PART_UNMAPPED',
      `The material map has no material for ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ' …' : ''}. Was it made from another CAD file?`,
      'input',
      { parts: missing },
    );
  const fallback = {
    name: `${template.name}.default`,
    transmission: 0,
    clearcoat: 0,
    ior: 1.5,
    ...template.defaultMaterial,
  };
  return Object.fromEntries(
    [...parts.keys()].map((partId) => {
      const { material, source } = assigned.get(partId)!;
      return [partId, material ?? (source === 'default' ? fallback : null)];
    }),
  );
}

function stillName(glb: ArtifactRef, format: PictureFormat): string {
  return `${glb.fileName.replace(/\.glb$/i, '')}${ENDINGS[format]}`;
}
