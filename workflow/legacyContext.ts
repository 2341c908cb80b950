import { z } from 'zod';
import type { ArtifactRole } from '../modules/artifacts.js';
import type { LegacyBag } from './legacyBag.js';

const side = z.int().min(16).max(8192);
const degrees = z.number().min(-3600).max(3600);

/** The invocation overrides that old render settings can turn into, in the vocabulary all modules share. */
export const LegacyOverrides = z.strictObject({
  resolution: z.strictObject({ width: side, height: side }).optional(),
  samples: z.int().min(1).max(4096).optional(),
  engine: z.enum(['cycles', 'eevee', 'workbench']).optional(),
  background: z
    .union([
      z.strictObject({ kind: z.literal('transparent') }),
      z.strictObject({ kind: z.literal('color'), hex: z.string().regex(/^#[0-9a-f]{6}$/) }),
    ])
    .optional(),
  animation: z
    .strictObject({
      frames: z.int().min(1).max(3600),
      fps: z.number().min(1).max(240),
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
  sampling: z
    .strictObject({ adaptive: z.boolean(), threshold: z.number().min(0).max(1) })
    .partial()
    .optional(),
  denoise: z.boolean().optional(),
  camera: z
    .union([
      z.strictObject({ name: z.string() }),
      z
        .strictObject({
          azimuthDeg: degrees,
          elevationDeg: z.number().min(-90).max(90),
          lensMm: z.number().min(1).max(1000),
        })
        .partial(),
    ])
    .optional(),
  template: z.strictObject({ id: z.string() }).optional(),
  shadowCatcher: z.boolean().optional(),
});
export type LegacyOverrides = z.output<typeof LegacyOverrides>;

/** How the file is written; belongs to the output type's artifact contract, not to the workflow. */
export interface LegacyEncoding {
  format?: 'png' | 'jpeg' | 'webp' | 'mp4' | 'webm';
  /** 1..100, JPEG only. */
  quality?: number;
}

export interface LegacyOptions {
  /** What the output type makes; timing applies to turntables only. */
  artifactKind: ArtifactRole;
  /** Id of the template an old name or path meant. Without it plain names are taken as ids and paths are refused. */
  templateId?: (legacyName: string) => string | undefined;
  /** Known material ids. Without it ids are not checked here. */
  materialIds?: ReadonlySet<string>;
}

/** What the rows read from and write to. */
export interface LegacyContext {
  bag: LegacyBag;
  options: LegacyOptions;
  overrides: LegacyOverrides;
  encoding: LegacyEncoding;
  staysOnLegacy: boolean;
}

/** One line of the table of old settings: reads its keys, settles all of them. */
export type LegacyRow = (context: LegacyContext) => void;
