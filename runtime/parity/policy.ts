import { z } from 'zod';
import { toJsonSchema } from '../../modules/define.js';
import type { JsonObject, JsonSchema } from '../../modules/json.js';

// The figures behind the defaults are in docs/parity.md.

const share = z.number().min(0).max(1);

/** Limits of pictures. The same picture from another seed passes them, one that shows something else does not. */
const PictureLimits = z.object({
  maxDifferentShare: share.default(0.015).meta({
    title: 'Different pixels, at most',
    description: 'Share of all pixels that look different, 0 to 1. Noise and soft edges do not count.',
  }),
  maxRegionShare: share.default(0.2).meta({
    title: 'Different pixels of a region, at most',
    description: 'The same for the small region that has most of them: a missing bolt is few pixels of all.',
  }),
  minSsim: share.default(0.98).meta({
    title: 'Structural similarity, at least',
    description: 'SSIM over the whole picture; 1 is the same picture.',
  }),
  minRegionSsim: share.default(0.8).meta({
    title: 'Structural similarity of a region, at least',
    description: 'The same for the small region where it is lowest.',
  }),
  maxColorShift: z.number().min(0).max(255).default(8).meta({
    title: 'Colour shift of a region, at most',
    description: 'Largest difference of the mean colour of a small region, in steps of 255.',
  }),
  maxAlphaDifference: share.default(0.01).meta({
    title: 'Transparency, at most',
    description: 'Mean difference of the alpha channel of cut-outs.',
  }),
  maxCameraMove: share.default(0.002).meta({
    title: 'Camera, at most',
    description:
      'How far the camera may stand, look or zoom differently: a share of its distance or its lens; 0.002 is a turn of 0.1°.',
  }),
});
export type PictureLimits = z.output<typeof PictureLimits>;

/** Limits of geometry. Names, structure and materials have none: they are the same or they are not. */
const ModelLimits = z.object({
  maxSizeShare: share.default(0.001).meta({
    title: 'Size and place, at most',
    description: 'How far the bounding box may be off, as a share of its diagonal.',
  }),
  maxTriangleShare: share.default(0.01).meta({
    title: 'Triangles, at most',
    description: 'How far the number of triangles may be off, as a share.',
  }),
});
export type ModelLimits = z.output<typeof ModelLimits>;

const FilmLimits = PictureLimits.extend({
  sampledFrames: z.number().int().min(1).max(24).default(5).meta({
    title: 'Frames looked at',
    description: 'Spread evenly over the film and compared as pictures.',
  }),
});
export type FilmLimits = z.output<typeof FilmLimits>;

/** Roles that are compared, in the order of a report. The others are inputs, copies of these, or on the way to them. */
export const COMPARED_ROLES = [
  'still_image',
  'turntable_video',
  'blend_file',
  'glb_model',
  'preview_thumbnail',
  'bbox',
  'material_map',
] as const;
export type ComparedRole = (typeof COMPARED_ROLES)[number];

/** What counts as the same for an output type, and how often it must have been the same before `graph` is offered. */
export const ParityPolicy = z.object({
  greensNeeded: z.number().int().min(1).max(100).default(5).meta({
    title: 'Passed in a row',
    description:
      'How many comparisons must pass one after the other before the output type may go over to its workflow.',
  }),
  still_image: PictureLimits.prefault({}).meta({ title: 'Stills' }),
  turntable_video: FilmLimits.prefault({}).meta({ title: 'Turntables' }),
  preview_thumbnail: PictureLimits.prefault({}).meta({ title: 'Thumbnails' }),
  glb_model: ModelLimits.prefault({}).meta({ title: '3D models and boxes' }),
  blend_file: ModelLimits.prefault({}).meta({ title: 'Blender files' }),
  slowerFactor: z.number().min(1).max(1000).default(2).meta({
    title: 'Warn when slower than',
    description: 'How many times as long the workflow may take as the legacy pipeline. A warning, never a difference.',
  }),
  ignoredRoles: z.array(z.enum(COMPARED_ROLES)).max(COMPARED_ROLES.length).default([]).meta({
    title: 'Not compared',
    description: 'Files that only one of the two makes, and that do not matter.',
  }),
});
export type ParityPolicy = z.output<typeof ParityPolicy>;

export const PARITY_POLICY_SCHEMA: JsonSchema = toJsonSchema(ParityPolicy);

/** The policy of an output type: what is stored over the defaults. */
export const policyOf = (stored: unknown): ParityPolicy => ParityPolicy.parse(stored ?? {});

/** What reports are judged by: all but how many of them are needed. */
export function judgedBy(policy: ParityPolicy): JsonObject {
  const { greensNeeded: _, ...limits } = policy;
  return limits as unknown as JsonObject;
}
