import { z } from 'zod';
import type { ArtifactRole } from '../../modules/artifacts.js';
import { LEAST_THRESHOLD } from '../../modules/render/params.js';
import { VIEWS, type View } from '../../modules/render/views.js';
import type { LegacyBag } from './bag.js';

const side = z.int().min(16).max(8192);
const degrees = z.number().min(-3600).max(3600);

/** The invocation overrides that old render settings can turn into: names and shapes of the params that modules share. */
export const LegacyOverrides = z.strictObject({
  resolution: z.strictObject({ width: side, height: side }).optional(),
  samples: z.int().min(1).max(4096).optional(),
  engine: z.enum(['cycles', 'eevee', 'workbench']).optional(),
  transparent: z.boolean().optional(),
  backgroundColor: z
    .string()
    .regex(/^#[0-9a-f]{6}$/)
    .optional(),
  shadow: z.boolean().optional(),
  format: z.enum(['png', 'jpeg', 'webp', 'exr', 'mp4', 'webm']).optional(),
  imageQuality: z.int().min(1).max(100).optional(),
  animation: z
    .strictObject({
      frames: z.int().min(2).max(1440),
      fps: z.number().min(1).max(120),
      degrees,
      axis: z.enum(['x', 'y', 'z']),
      direction: z.enum(['clockwise', 'counter_clockwise']),
      startDeg: degrees,
    })
    .partial()
    .optional(),
  materials: z
    .union([z.strictObject({ all: z.string() }), z.strictObject({ byPart: z.record(z.string(), z.string()) })])
    .optional(),
  denoise: z.boolean().optional(),
  sampling: z
    .strictObject({
      adaptive: z.boolean().meta({ default: true }),
      threshold: z.number().min(LEAST_THRESHOLD).max(1),
    })
    .partial()
    .optional(),
  camera: z
    .strictObject({
      view: z.enum(Object.keys(VIEWS) as View[]),
      azimuthDeg: z.number().min(-360).max(360),
      elevationDeg: z.number().min(-90).max(90),
      lensMm: z.number().min(10).max(300),
      name: z.string().min(1).max(63),
    })
    .partial()
    .optional(),
  template: z.string().optional(),
  environment: z
    .strictObject({
      image: z.string().min(1).max(200),
      lightingOnly: z.boolean().optional(),
      /** Old names may mean pictures that nobody brought along. */
      isRequired: z.literal(false),
    })
    .optional(),
});
export type LegacyOverrides = z.output<typeof LegacyOverrides>;

export interface LegacyOptions {
  /** What the output type makes; timing applies to turntables only. */
  artifactKind: ArtifactRole;
  /** Name of the render template an old name or path meant. Without it plain names are kept and paths are refused. */
  templateName?: (legacyName: string) => string | undefined;
  /** Names in the material library. Without it names are not checked here. */
  materialNames?: ReadonlySet<string>;
  /** Names of the library's environment images. Without it names are not checked here. */
  environmentNames?: ReadonlySet<string>;
}

/** What the rows read from and write to. */
export interface LegacyContext {
  bag: LegacyBag;
  options: LegacyOptions;
  overrides: LegacyOverrides;
  staysOnLegacy: boolean;
}

/** One line of the table of old settings: reads its keys, settles all of them. */
export type LegacyRow = (context: LegacyContext) => void;
