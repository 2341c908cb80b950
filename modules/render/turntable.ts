import { z } from 'zod';
import { sceneParams } from './params.js';

const FRAMES = 48;
const FPS = 24;
const frameCount = z.number().int().min(2).max(1440);
const framesPerSecond = z.number().min(1).max(120);

/** How the product turns; see `angleAt`. */
const turn = {
  axis: z
    .union([
      z.literal('z').meta({ title: 'Upright', description: 'Like on a turntable.' }),
      z.literal('x').meta({ title: 'Left to right', description: 'It tumbles towards the viewer, above the floor.' }),
      z.literal('y').meta({ title: 'Front to back', description: 'It rolls sideways, above the floor.' }),
    ])
    .default('z')
    .meta({ title: 'Axis', description: 'What the product turns about.' }),
  direction: z
    .union([
      z.literal('counter_clockwise').meta({ title: 'Counter-clockwise', description: 'Seen from above.' }),
      z.literal('clockwise').meta({ title: 'Clockwise', description: 'Seen from above.' }),
    ])
    .default('counter_clockwise')
    .meta({ title: 'Direction', description: 'Which way the product turns.' }),
  degrees: z.number().min(-3600).max(3600).default(360).meta({
    title: 'Turn (°)',
    description: 'How far it turns in all; 360 is once round, which repeats without a jerk.',
  }),
  startDeg: z.number().min(-3600).max(3600).default(0).meta({
    title: 'Start angle (°)',
    description: 'How far it is turned in the first frame; 0 is the view of a still.',
  }),
};

/** How many frames, how fast and which way. Of frames, frames per second and duration two decide. */
export const Animation = z
  .object({
    frames: frameCount.optional().meta({ title: 'Frames', description: `Pictures in all; ${FRAMES} when left empty.` }),
    fps: framesPerSecond
      .optional()
      .meta({ title: 'Frames per second', description: `${FPS} when left empty, unless the others decide.` }),
    durationS: z.number().min(0.1).max(120).optional().meta({
      title: 'Duration (s)',
      description: 'Frames divided by frames per second; leave one of the three empty.',
    }),
    ...turn,
  })
  .superRefine((animation, ctx) => {
    const problem = timingProblem(animation);
    if (problem) ctx.addIssue({ code: 'custom', path: ['durationS'], message: problem });
  });
export type Animation = z.output<typeof Animation>;

export const DEFAULT_ANIMATION = Animation.parse({ frames: FRAMES, fps: FPS });

type Given = Pick<Animation, 'frames' | 'fps' | 'durationS'>;

/** The frames and the speed that an animation comes to. */
export function timingOf({ frames, fps, durationS }: Given): { frames: number; fps: number } {
  if (durationS === undefined) return { frames: frames ?? FRAMES, fps: fps ?? FPS };
  if (frames === undefined) return { frames: Math.round((fps ?? FPS) * durationS), fps: fps ?? FPS };
  return { frames, fps: fps ?? Math.round((frames / durationS) * 1000) / 1000 };
}

function timingProblem(given: Given): string | null {
  const { frames, fps } = timingOf(given);
  const { durationS } = given;
  if (durationS !== undefined && Math.abs(frames - fps * durationS) > 0.5 + durationS * 0.001) {
    const seconds = Math.round((frames / fps) * 1000) / 1000;
    return `does not fit: ${frames} frames at ${fps} per second take ${seconds} s, not ${durationS} s. Leave one of the three empty`;
  }
  if (!frameCount.safeParse(frames).success || !framesPerSecond.safeParse(fps).success)
    return `would take ${frames} frames at ${fps} per second; 2 to 1440 frames at 1 to 120 per second are possible`;
  return null;
}

/** What all parts of a turntable have in common: everything that decides how a frame looks. */
const { framing: _alwaysTheSphere, ...scene } = sceneParams({ size: 1024, samples: 32, framing: 'sphere' });
export const turntableSceneParams = scene;

/** The turn of the whole, for the frames of a part. */
export const turnParams = { frames: frameCount.default(FRAMES), ...turn };
export type Turn = Omit<Animation, 'fps' | 'durationS'> & { frames: number };

/** How far the product is turned in a frame, in degrees, counter-clockwise seen from above. The last frame is one step short of the end,
 * so that a full turn has no picture twice. */
export function angleAt({ frames, degrees, direction, startDeg }: Turn, frame: number): number {
  return startDeg + (((direction === 'clockwise' ? -1 : 1) * degrees) / frames) * frame;
}
