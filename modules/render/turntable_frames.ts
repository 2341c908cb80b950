import { z } from 'zod';
import { artifactPort, defineModule } from '../define.js';
import { shownOf } from './ground.js';
import { groundParams } from './params.js';
import { renderFrames } from './renderFrames.js';
import { readSceneInputs, sceneInputs } from './sceneInputs.js';
import { turnParams, turntableSceneParams } from './turntable.js';

/** The file names of a turntable begin like that of its model. */
export const nameOf = ({ fileName }: { fileName: string }): string => fileName.replace(/\.glb$/i, '');

/** Some frames of a turntable: what `render.blender_turntable` shares out to the workers. */
export const turntableFrames = defineModule({
  key: 'render.turntable_frames',
  version: 6,
  title: 'Render turntable frames',
  description: 'Renders some frames of a turntable in one Blender, each a picture of its own.',
  families: ['order_line'],
  inputs: sceneInputs,
  outputs: {
    frames: artifactPort('turntable_frame', 'image/png', { description: 'The frames in their order.', many: true }),
  },
  params: z.object({
    ...turntableSceneParams,
    shadow: groundParams.shadow,
    backdrop: groundParams.backdrop.meta({
      title: "The template's backdrop",
      description: 'Rendered with the product where it stands in the studio; else the ground is transparent.',
    }),
    ...turnParams,
    frames: turnParams.frames.meta({ title: 'Frames of the turn', description: 'How many the whole turn has.' }),
    first: z.number().int().min(0).max(1439).default(0).meta({
      title: 'First frame',
      description: 'Number of the first frame to render; the turn begins with 0.',
    }),
    count: z.number().int().min(1).max(1440).default(1).meta({
      title: 'Frames to render',
      description: 'How many frames, from the first one on.',
    }),
  }),
  execution: {
    capability: 'blender',
    determinism: 'pure',
    timeoutMs: 3_600_000,
    retry: { attempts: 3, backoffMs: 5000 },
  },
  legacySource: null,
  async run(ctx, inputs, params) {
    const { shadow, backdrop, frames, axis, direction, degrees, startDeg, first, count, ...rest } = params;
    const scene = { ...rest, ...(await readSceneInputs(ctx.artifacts, inputs, rest.engine)) };
    return {
      frames: await renderFrames(ctx, {
        scene,
        shown: shownOf(scene.template, { cutOut: !backdrop, shadow }),
        turn: { frames, axis, direction, degrees, startDeg },
        first,
        count,
        name: nameOf(inputs.glb),
      }),
    };
  },
});
