import { z } from 'zod';
import { FileRef } from './artifactRef.js';
import { Environment, EnvironmentSetup } from './environment.js';

const Hex = z
  .string()
  .regex(/^#[0-9a-fA-F]{6}$/, 'A colour like #ffffff.')
  .meta({ format: 'color' });
const Unit = z.number().min(0).max(1);

const Engine = z.enum(['cycles', 'eevee', 'workbench']);
const Engines = z
  .array(Engine)
  .min(1)
  .max(3)
  .default(['cycles'])
  .meta({ title: 'Engines', description: 'Render engines it was made for.' });

const DefaultMaterial = z
  .object({
    baseColor: Hex.default('#a9adb2').meta({ title: 'Colour' }),
    metallic: Unit.default(0.6).meta({ title: 'Metallic' }),
    roughness: Unit.default(0.42).meta({ title: 'Roughness' }),
  })
  .default({ baseColor: '#a9adb2', metallic: 0.6, roughness: 0.42 })
  .meta({ title: 'Default material', description: 'For parts that no material was found for.' });

const Turntable = z
  .object({
    turns: z
      .union([
        z
          .literal('product')
          .meta({ title: 'The product', description: 'Reflections move over the product as it turns.' }),
        z.literal('rig').meta({
          title: 'Camera and lights',
          description: 'The light on the product stays as it is from the camera.',
        }),
      ])
      .default('product')
      .meta({ title: 'What turns', description: 'In a turntable: the product or the studio round it.' }),
  })
  .default({ turns: 'product' })
  .meta({ title: 'Turntable' });

const CONTRASTS = ['none', 'very_low', 'low', 'medium_low', 'medium', 'medium_high', 'high', 'very_high'] as const;

const ViewTransform = z
  .union([
    z.literal('Standard').meta({ title: 'Standard', description: 'Colours as they are: packshots and brand colours.' }),
    z.literal('Filmic').meta({ title: 'Filmic', description: 'Soft highlights, paler colours.' }),
    z.literal('AgX').meta({ title: 'AgX', description: 'Like film, for Blender 4 and newer.' }),
  ])
  .meta({ title: 'View transform', description: 'How light becomes colour.' });
const Contrast = z
  .enum(CONTRASTS)
  .meta({ title: 'Contrast', description: 'Contrast look laid over the view transform.' });
const Exposure = z
  .number()
  .min(-10)
  .max(10)
  .meta({ title: 'Exposure (stops)', description: 'Brighter above 0, darker below.' });

/** Colour management set over that of the template; what is absent comes from there. */
export const ColorManagementOverride = z.object({
  viewTransform: ViewTransform.optional(),
  contrast: Contrast.optional(),
  exposure: Exposure.optional(),
});
export type ColorManagementOverride = z.output<typeof ColorManagementOverride>;

const Light = z.object({
  name: z.string().min(1).max(60).default('Light').meta({ title: 'Name' }),
  /** Counted from the camera's azimuth, so that every view is lit alike. */
  azimuthDeg: z
    .number()
    .min(-360)
    .max(360)
    .default(-45)
    .meta({ title: 'Azimuth (°)', description: 'Counted from the camera; negative is left of it.' }),
  elevationDeg: z.number().min(-90).max(90).default(40).meta({ title: 'Elevation (°)', description: '0 is level.' }),
  distance: z
    .number()
    .positive()
    .max(100)
    .default(4)
    .meta({ title: 'Distance', description: 'In radii of the product.' }),
  size: z
    .number()
    .positive()
    .max(100)
    .default(3)
    .meta({ title: 'Size', description: 'Side of the soft box in radii of the product; larger is softer.' }),
  /** Watts at radius 1 m; scaled with the square of the radius. */
  power: z
    .number()
    .nonnegative()
    .max(100_000)
    .default(100)
    .meta({ title: 'Power', description: 'Watts for a product of 1 m radius; scaled to the product.' }),
  color: Hex.default('#ffffff').meta({ title: 'Colour' }),
});

const Backdrop = z
  .union([
    z
      .object({ kind: z.literal('none').meta({ title: 'None' }) })
      .meta({ title: 'None', description: 'The background is chosen where the picture is made.' }),
    z
      .object({ kind: z.literal('color').meta({ title: 'Colour' }), color: Hex.meta({ title: 'Colour' }) })
      .meta({ title: 'One colour', description: 'Exactly this colour behind the product.' }),
    z
      .object({
        kind: z.literal('gradient').meta({ title: 'Gradient' }),
        top: Hex.meta({ title: 'Top' }),
        bottom: Hex.meta({ title: 'Bottom' }),
      })
      .meta({ title: 'Gradient', description: 'From one colour above to another below.' }),
    z
      .object({
        kind: z.literal('sweep').meta({ title: 'Sweep' }),
        color: Hex.meta({ title: 'Colour' }),
        roughness: Unit.default(0.6).meta({ title: 'Roughness', description: 'Low: the floor mirrors the product.' }),
      })
      .meta({ title: 'Sweep', description: 'A paper sweep: floor that curves up into a wall, lit with the product.' }),
  ])
  .default({ kind: 'none' })
  .meta({ title: 'Backdrop', description: 'What is behind the product, unless the picture is a cut-out.' });

const named = {
  name: z.string().min(1),
  label: z.string(),
  description: z.string().default(''),
  version: z.number().int().positive(),
};

/** What a person sets of a parametric studio. Distances and sizes are in radii of the product's bounding sphere, so one template
 * fits a screw and a conveyor. Everything has a default, so that an older template stays valid. */
export const StudioSetup = z.object({
  camera: z
    .object({
      /** Degrees about the vertical axis; 0 looks along +Y, counter-clockwise seen from above. */
      azimuthDeg: z
        .number()
        .min(-360)
        .max(360)
        .default(35)
        .meta({ title: 'Azimuth (°)', description: 'Round the product: 0 is the front.' }),
      elevationDeg: z
        .number()
        .min(-90)
        .max(90)
        .default(24)
        .meta({ title: 'Elevation (°)', description: '0 is level, 90 from above.' }),
      lensMm: z
        .number()
        .min(10)
        .max(300)
        .default(85)
        .meta({ title: 'Lens (mm)', description: 'Long lenses flatten the perspective.' }),
      /** Free space round the product; 1.1 leaves ten per cent. */
      margin: z
        .number()
        .min(1)
        .max(3)
        .default(1.14)
        .meta({ title: 'Margin', description: 'Free space round the product: 1.1 leaves ten per cent.' }),
      /** Diameter in radii of the product. */
      aperture: z.number().min(0).max(1).default(0).meta({
        title: 'Aperture',
        description:
          'Diameter in radii of the product: 0 is sharp throughout, 0.2 blurs front and back (Cycles, Eevee).',
      }),
    })
    .default({ azimuthDeg: 35, elevationDeg: 24, lensMm: 85, margin: 1.14, aperture: 0 })
    .meta({ title: 'Camera' }),
  lights: z
    .array(Light)
    .max(16)
    .default([
      { name: 'Key', azimuthDeg: -62, elevationDeg: 42, distance: 4, size: 3, power: 200, color: '#ffffff' },
      { name: 'Fill', azimuthDeg: 72, elevationDeg: 12, distance: 4, size: 2.6, power: 55, color: '#ffffff' },
    ])
    .meta({ title: 'Lights', description: 'Soft boxes aimed at the product.' }),
  world: z
    .object({
      /** Overhead. */
      color: Hex.default('#ffffff').meta({ title: 'Overhead' }),
      /** At eye level and below: metal shows its form only by the contrast it mirrors. Absent: like `color`. */
      horizonColor: Hex.optional().meta({ title: 'Horizon', description: 'At eye level and below; metal mirrors it.' }),
      strength: z.number().nonnegative().max(100).default(0.7).meta({ title: 'Strength' }),
    })
    .default({ color: '#ffffff', strength: 0.7 })
    .meta({ title: 'Surroundings', description: 'The light tent that the product mirrors.' }),
  environment: EnvironmentSetup,
  backdrop: Backdrop,
  floor: z
    .object({
      shadowCatcher: z
        .boolean()
        .default(true)
        .meta({ title: 'Shadow', description: 'The product throws a soft shadow on the floor.' }),
    })
    .default({ shadowCatcher: true })
    .meta({ title: 'Floor' }),
  colorManagement: z
    .object({
      viewTransform: ViewTransform.default('Standard'),
      contrast: Contrast.default('none'),
      exposure: Exposure.default(0),
    })
    .default({ viewTransform: 'Standard', contrast: 'none', exposure: 0 })
    .meta({ title: 'Colour management' }),
  engines: Engines,
  defaultMaterial: DefaultMaterial,
  turntable: Turntable,
});
export type StudioSetup = z.output<typeof StudioSetup>;

/** A parametric studio set-up, as the library has it. */
const StudioEntry = z.object({ kind: z.literal('studio').default('studio'), ...named, ...StudioSetup.shape });

/** A parametric studio as it is rendered. */
export const StudioTemplate = StudioEntry.extend({ environment: Environment.optional() });
export type StudioTemplate = z.output<typeof StudioTemplate>;

const ObjectName = z.string().min(1).max(63);

/** What a .blend file offers to the renderer, by the names of its datablocks. Checked on upload. */
export const TemplateInterface = z.object({
  camera: ObjectName.meta({ title: 'Camera', description: 'Camera object the pictures are taken with.' }),
  stand: ObjectName.meta({
    title: 'Stand',
    description: 'Empty the product is put on: its middle at the origin, its lowest point on the XY plane.',
  }),
  referenceSizeM: z.number().min(0.001).max(1000).meta({
    title: 'Reference size (m)',
    description: 'Diameter of the sphere round the product that the studio was lit for; products are scaled to it.',
  }),
  backdrop: z.array(ObjectName).max(50).default([]).meta({
    title: 'Backdrop',
    description: 'Objects and collections that a cut-out leaves away; they go along where the rig turns.',
  }),
  rig: ObjectName.nullable().default(null).meta({
    title: 'Rig',
    description: 'Empty that camera and lights hang on, for turntables that turn the studio.',
  }),
  materials: z.array(ObjectName).max(200).default([]).meta({
    title: 'Materials',
    description: 'Materials of the file that replace those of the library that have the same name.',
  }),
});
export type TemplateInterface = z.output<typeof TemplateInterface>;

/** What a person declares of a studio built in Blender. */
export const BlendSetup = z.object({
  interface: TemplateInterface,
  engines: Engines,
  defaultMaterial: DefaultMaterial,
  turntable: Turntable,
});
export type BlendSetup = z.output<typeof BlendSetup>;

/** The same as it is declared at upload: what is left out is looked for in the file under its usual name. */
export const BlendDeclaration = BlendSetup.extend({
  interface: TemplateInterface.extend({
    camera: TemplateInterface.shape.camera.optional().meta({
      title: 'Camera',
      description: 'Camera object the pictures are taken with; left empty: the active camera of the scene.',
    }),
    stand: TemplateInterface.shape.stand.optional().meta({
      title: 'Stand',
      description: 'Empty the product is put on, its middle at the origin; left empty: "Product".',
    }),
    referenceSizeM: TemplateInterface.shape.referenceSizeM.default(1).meta({
      title: 'Reference size (m)',
      description: 'Diameter of the sphere round the product that the studio was lit for; products are scaled to it.',
    }),
    backdrop: z.array(ObjectName).max(50).optional().meta({
      title: 'Backdrop',
      description: 'Objects and collections that a cut-out leaves away; left empty: "Backdrop", if there is one.',
    }),
    rig: ObjectName.optional().meta({
      title: 'Rig',
      description: 'Empty that camera and lights hang on, for turntables that turn the studio; left empty: "Rig".',
    }),
  }).default({ referenceSizeM: 1, materials: [] }),
});
export type BlendDeclaration = z.output<typeof BlendDeclaration>;

/** A studio built in Blender, as the library has it. */
const BlendEntry = z.object({
  kind: z.literal('blend'),
  ...named,
  /** The .blend file, role `template_scene`. */
  scene: FileRef,
  ...BlendSetup.shape,
});

/** A studio built in Blender as it is rendered: its own world, unless an environment was set over it. */
export const BlendTemplate = BlendEntry.extend({ environment: Environment.optional() });
export type BlendTemplate = z.output<typeof BlendTemplate>;

/** A studio of the library: parametric, or a .blend file. Templates stored before there were kinds are parametric. */
export const LibraryTemplate = z.union([BlendEntry, StudioEntry]);
export type LibraryTemplate = z.output<typeof LibraryTemplate>;

/** A studio as it is rendered: content of a `render_template` artifact. */
export const RenderTemplate = z.union([BlendTemplate, StudioTemplate]);
export type RenderTemplate = z.output<typeof RenderTemplate>;

/** Content of a `template_library` artifact. */
export const TemplateLibrary = z.object({
  templates: z.array(LibraryTemplate),
  /** Pictures that templates name. Snapshots made before there were any have none. */
  environments: z.array(z.object({ name: z.string(), file: Environment.shape.image })).default([]),
});
export type TemplateLibrary = z.output<typeof TemplateLibrary>;
