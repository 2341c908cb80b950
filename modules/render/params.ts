import { z } from 'zod';
import { ColorManagementOverride } from '../shapes/renderTemplate.js';

const invocation = { 'x-invocation': true };
/** The finest grain that adaptive sampling can be asked for. */
export const LEAST_THRESHOLD = 0.0001;
const pixels = z.number().int().min(16).max(8192);

const engine = z
  .union([
    z.literal('cycles').meta({ title: 'Cycles', description: 'True reflections and shadows; the catalogue standard.' }),
    z.literal('eevee').meta({ title: 'Eevee', description: 'Faster, with simplified reflections.' }),
    z.literal('workbench').meta({ title: 'Workbench', description: 'A plain technical view in seconds.' }),
  ])
  .default('cycles')
  .meta({ title: 'Render engine', description: 'What computes the picture.', ...invocation });
export type Engine = z.output<typeof engine>;

const camera = z
  .object({
    view: z
      .union([
        z.literal('front').meta({ title: 'Front' }),
        z.literal('right').meta({ title: 'Right' }),
        z.literal('back').meta({ title: 'Back' }),
        z.literal('left').meta({ title: 'Left' }),
        z.literal('top').meta({ title: 'Top' }),
        z.literal('bottom').meta({ title: 'Bottom' }),
        z.literal('three_quarter_right').meta({ title: 'Three-quarter, right' }),
        z.literal('three_quarter_left').meta({ title: 'Three-quarter, left' }),
        z.literal('isometric').meta({ title: 'Isometric' }),
      ])
      .optional()
      .meta({ title: 'View', description: 'The side the product is seen from; angles given below go before it.' }),
    azimuthDeg: z.number().min(-360).max(360).optional().meta({
      title: 'Azimuth (°)',
      description: 'Round the product: 0 is the front (CAD −Y), counter-clockwise seen from above.',
    }),
    elevationDeg: z.number().min(-90).max(90).optional().meta({
      title: 'Elevation (°)',
      description: 'Height of the view: 0 is level, 90 from above.',
    }),
    lensMm: z.number().min(10).max(300).optional().meta({
      title: 'Lens (mm)',
      description: 'Focal length: long lenses flatten the perspective.',
    }),
    name: z.string().min(1).max(63).optional().meta({
      title: 'Camera of the template',
      description: 'Name of another camera of a template that was built in Blender.',
    }),
  })
  .default({})
  .meta({ title: 'Camera', description: 'Whatever is left empty comes from the template.', ...invocation });

const upAxis = z
  .union([
    z.literal('+z').meta({ title: '+Z (as designed)' }),
    z.literal('-z').meta({ title: '−Z' }),
    z.literal('+y').meta({ title: '+Y' }),
    z.literal('-y').meta({ title: '−Y' }),
    z.literal('+x').meta({ title: '+X' }),
    z.literal('-x').meta({ title: '−X' }),
  ])
  .default('+z')
  .meta({ title: 'Up axis', description: 'The CAD axis that points up in the picture.', ...invocation });
export type UpAxis = z.output<typeof upAxis>;

const device = z
  .union([
    z.literal('cpu').meta({ title: 'Processor', description: 'The same picture on every machine.' }),
    z.literal('gpu').meta({ title: 'Graphics card', description: 'Faster, where there is one; else the processor.' }),
    z.literal('gpu_only').meta({
      title: 'Graphics card only',
      description: 'Fails where there is none, or where it fails.',
    }),
  ])
  .default('cpu')
  .meta({ title: 'Render on', description: 'What Cycles computes with.', ...invocation });
export type Device = z.output<typeof device>;

const sampling = z
  .object({
    adaptive: z.boolean().default(true).meta({
      title: 'Adaptive',
      description: 'A pixel is left alone when its grain is fine enough. Off: every pixel gets all samples.',
    }),
    threshold: z.number().min(LEAST_THRESHOLD).max(1).optional().meta({
      title: 'Noise threshold',
      description: 'Grain that is fine enough: 0.01 is clean, 0.1 is quick. Left empty: it follows from the samples.',
    }),
    minSamples: z.number().int().min(1).max(4096).optional().meta({
      title: 'Least samples',
      description: 'What every pixel gets before it may be left alone. Left empty: it follows from the samples.',
    }),
  })
  // No default: the results of those who do not know it are found again.
  .optional()
  .meta({
    title: 'Adaptive sampling',
    description: 'Where Cycles may stop before all samples are taken.',
    ...invocation,
  });
export type Sampling = z.output<typeof sampling>;

const seed = z.number().int().min(0).max(2_147_483_647).default(0).meta({
  title: 'Seed',
  description: 'Another number gives another grain; the same number the same picture.',
});

/** `product`: its outline fills the picture; `sphere`: its bounding sphere does. */
export type Framing = 'product' | 'sphere';

interface SceneParamDefaults {
  /** Width and height in pixels. */
  size: number;
  samples: number;
  framing: Framing;
}

/** Params of every module that renders a scene, for its `z.object({ ...sceneParams({ … }), … })`. */
export function sceneParams(defaults: SceneParamDefaults) {
  return {
    resolution: z
      .object({ width: pixels.meta({ title: 'Width (px)' }), height: pixels.meta({ title: 'Height (px)' }) })
      .default({ width: defaults.size, height: defaults.size })
      .meta({ title: 'Resolution', description: 'Size of the picture in pixels.', ...invocation }),
    samples: z
      .number()
      .int()
      .min(1)
      .max(4096)
      .default(defaults.samples)
      .meta({
        title: 'Samples',
        description:
          'Light paths per pixel: more give less grain and take longer. 32 for screens, 128 and more for print.',
        ...invocation,
      }),
    sampling,
    engine,
    denoise: z
      .boolean()
      .default(true)
      .meta({
        title: 'Remove grain',
        description: 'Smooths what grain the samples leave, and keeps edges.',
        ...invocation,
      }),
    device,
    camera,
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
      .default(defaults.framing)
      .meta({ title: 'Framing', description: 'How large the product appears.', ...invocation }),
    upAxis,
    colorManagement: ColorManagementOverride.default({}).meta({
      title: 'Colour management',
      description: 'Whatever is left empty comes from the template.',
      ...invocation,
    }),
    seed,
  };
}

/** Params of what is behind and under the product. */
export const groundParams = {
  transparent: z
    .boolean()
    .default(false)
    .meta({
      title: 'Transparent background',
      description: 'A cut-out with soft shadow, in formats that can be transparent.',
      ...invocation,
    }),
  backdrop: z
    .boolean()
    .default(true)
    .meta({
      title: "The template's backdrop",
      description: 'Shown where the template has one, unless the background is transparent.',
      ...invocation,
    }),
  backgroundColor: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'A colour like #ffffff.')
    .default('#ffffff')
    .meta({
      title: 'Background colour',
      description: 'Used when the background is not transparent and the template has no backdrop.',
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
};
