import { z } from 'zod';
import type { ArtifactRef } from '../artifacts.js';
import type { ModuleContext } from '../context.js';
import { artifactPort, defineModule } from '../define.js';
import { ModuleError } from '../errors.js';
import type { JsonObject } from '../json.js';
import { RenderTemplate } from '../shapes/renderTemplate.js';
import { converted } from '../upgrades.js';
import { wantsGpu } from './device.js';
import { requireFfmpeg } from './ffmpeg.js';
import { groundOf, shownOf } from './ground.js';
import { groundParams } from './params.js';
import { renderFrames } from './renderFrames.js';
import { readSceneInputs, sceneInputs } from './sceneInputs.js';
import { Animation, DEFAULT_ANIMATION, timingOf, turntableSceneParams } from './turntable.js';
import { nameOf, turntableFrames } from './turntable_frames.js';
import { joinFrames, VIDEO_ENDINGS, VIDEO_MEDIA_TYPES } from './video.js';

const invocation = { 'x-invocation': true };
/** Share of the work that rendering is when one worker does it all. */
const RENDERING = 0.95;

const Params = z
  .object({
    ...turntableSceneParams,
    ...groundParams,
    animation: Animation.default(DEFAULT_ANIMATION).meta({
      title: 'Turn',
      description: 'How many frames, how fast, and which way.',
      ...invocation,
    }),
    format: z
      .union([
        z.literal('mp4').meta({ title: 'MP4', description: 'H.264, plays everywhere; never transparent.' }),
        z.literal('webm').meta({ title: 'WebM', description: 'VP9, may be transparent (not in Safari).' }),
        z.literal('webp').meta({ title: 'Animated WebP', description: 'A picture that moves; may be transparent.' }),
        z.literal('frames').meta({ title: 'Single frames', description: 'All frames as PNG in a ZIP archive.' }),
      ])
      .default('mp4')
      .meta({ title: 'File format', description: 'What the film is delivered as.', ...invocation }),
    imageQuality: z
      .number()
      .int()
      .min(1)
      .max(100)
      .default(90)
      .meta({
        title: 'Image quality',
        description: 'For MP4, WebM and WebP: higher is closer to the original and larger.',
        ...invocation,
      }),
    chunkFrames: z.number().int().min(1).max(100).default(4).meta({
      title: 'Frames per part',
      description:
        'The frames are shared out to the workers in parts of so many: fewer spread better, more start Blender less often.',
    }),
  })
  .refine(({ transparent, format }) => !(transparent && format === 'mp4'), {
    path: ['format'],
    message: 'MP4 cannot be transparent. Choose WebM, animated WebP or single frames, or a background colour',
  })
  .refine(({ resolution: { width, height }, format }) => format !== 'mp4' || (width % 2 === 0 && height % 2 === 0), {
    path: ['resolution'],
    message: 'must be even in width and height for MP4',
  });
type Params = z.output<typeof Params>;

/** The product turning in the template's studio, as a film. In a graph its frames are rendered by as many workers as there are. */
export const blenderTurntable = defineModule({
  key: 'render.blender_turntable',
  version: 6,
  upgrades: {
    1: [
      converted(
        'format',
        // Single frames were cut-outs whatever the background was.
        ({ format }) => ({ format: format!, ...(format === 'frames' && { transparent: true }) }),
        'single frames show their background now',
      ),
    ],
  },
  title: 'Render turntable',
  description:
    'Renders the product turning in the studio of the template, with Blender, and joins the frames to a film.',
  families: ['order_line'],
  inputs: {
    ...sceneInputs,
    frames: artifactPort('turntable_frame', 'image/png', {
      description: 'Frames that are rendered already, in their order; without them this renders them.',
      required: false,
      many: true,
    }),
  },
  outputs: {
    video: artifactPort('turntable_video', Object.values(VIDEO_MEDIA_TYPES), { description: 'The film.' }),
    frames: artifactPort('turntable_frame', 'image/png', { description: 'Its frames, in their order.', many: true }),
  },
  params: Params,
  execution: {
    capability: 'blender',
    determinism: 'pure',
    timeoutMs: 7_200_000,
    retry: { attempts: 3, backoffMs: 5000 },
  },
  fanOut: {
    module: turntableFrames,
    from: 'frames',
    into: 'frames',
    unit: 'frames',
    parts(given) {
      const params = given as Params;
      const { frames } = timingOf(params.animation);
      return Array.from({ length: Math.ceil(frames / params.chunkFrames) }, (_, i) => {
        const first = i * params.chunkFrames;
        const count = Math.min(params.chunkFrames, frames - first);
        const label = count === 1 ? `Frame ${first + 1}` : `Frames ${first + 1}–${first + count}`;
        return { label, size: count, params: { ...frameParams(params), first, count } };
      });
    },
  },
  legacySource: 'turntable',
  async run(ctx, inputs, params) {
    const { transparent, format, imageQuality, animation } = params;
    const { fps, frames: count } = timingOf(animation);
    // Before anything is rendered: nobody wants to hear of it afterwards.
    if (format !== 'frames') await requireFfmpeg();
    const { background } = groundOf(await ctx.artifacts.readJson(inputs.template, RenderTemplate), params);
    const isRendered = Boolean(inputs.frames?.length);
    const frames = isRendered ? inputs.frames! : await renderAll(ctx, inputs, params, count);
    const { widthPx: width, heightPx: height } = sizeOf(frames);
    const from = isRendered ? 0 : RENDERING;
    const film = await joinFrames(
      {
        workdir: ctx.workdir,
        signal: ctx.signal,
        progress: (fraction, message) => ctx.progress(from + (1 - from) * fraction, message),
      },
      {
        frames: await Promise.all(frames.map((frame) => ctx.artifacts.path(frame))),
        width,
        height,
        fps,
        format,
        background,
        imageQuality,
      },
    );
    const video = await ctx.artifacts.write({
      role: 'turntable_video',
      mediaType: VIDEO_MEDIA_TYPES[format],
      fileName: `${nameOf(inputs.glb)}${VIDEO_ENDINGS[format]}`,
      metadata: {
        frameCount: frames.length,
        fps,
        durationMs: Math.round((frames.length / fps) * 1000),
        widthPx: width,
        heightPx: height,
        isTransparent: transparent,
        engine: params.engine,
        samples: params.samples,
        ...camerasOf(frames),
        warnings: warningsOf(frames, params),
      },
      from: { path: film },
    });
    ctx.progress(1, 'Done');
    return { video, frames: [...frames] };
  },
});

/** What decides how the frames look. Colour behind them, speed and file format do not: to change those renders nothing again. */
function frameParams({
  transparent,
  backdrop,
  backgroundColor: _backgroundColor,
  format: _format,
  imageQuality: _imageQuality,
  chunkFrames: _chunkFrames,
  animation,
  ...look
}: Params) {
  const { axis, direction, degrees, startDeg } = animation;
  const isBackdropWanted = backdrop && !transparent;
  return {
    ...look,
    backdrop: isBackdropWanted,
    frames: timingOf(animation).frames,
    axis,
    direction,
    degrees,
    startDeg,
  } satisfies JsonObject;
}

async function renderAll(
  ctx: ModuleContext,
  inputs: Parameters<typeof readSceneInputs>[1],
  params: Params,
  count: number,
): Promise<ArtifactRef[]> {
  const { shadow, backdrop, frames, axis, direction, degrees, startDeg, ...rest } = frameParams(params);
  const scene = { ...rest, ...(await readSceneInputs(ctx.artifacts, inputs, rest.engine)) };
  const { artifacts, checkpoints, signal, idempotencyKey, workdir } = ctx;
  return renderFrames(
    {
      ...{ artifacts, checkpoints, signal, idempotencyKey, workdir },
      log: (...line) => ctx.log(...line),
      progress: (fraction, message) => ctx.progress(RENDERING * fraction, message),
    },
    {
      scene,
      shown: shownOf(scene.template, { cutOut: !backdrop, shadow }),
      turn: { frames, axis, direction, degrees, startDeg },
      first: 0,
      count,
      name: nameOf(inputs.glb),
    },
  );
}

/** From where it begins and ends; frames that were kept for long may not say it. */
function camerasOf(frames: readonly ArtifactRef[]): JsonObject {
  const [camera, lastCamera] = [frames[0], frames.at(-1)].map((frame) => frame?.metadata.camera);
  return { ...(camera && { camera }), ...(lastCamera && { lastCamera }) };
}

/** What whoever gets the film should know of its frames. */
function warningsOf(frames: readonly ArtifactRef[], params: Params): string[] {
  const others = frames.filter(({ metadata }) => metadata.device === 'cpu').length;
  if (!wantsGpu(params) || others === 0) return [];
  return [
    `${others} of ${frames.length} frames were rendered by the processor, because the graphics card was missing or failed.`,
  ];
}

/** @throws {ModuleError} `FRAMES_DIFFER` */
function sizeOf(frames: readonly ArtifactRef[]): { widthPx: number; heightPx: number } {
  const sizes = new Set(frames.map(({ metadata }) => `${metadata.widthPx} ${metadata.heightPx}`));
  const [first] = frames;
  const { widthPx, heightPx } = first?.metadata ?? {};
  if (sizes.size !== 1 || typeof widthPx !== 'number' || typeof heightPx !== 'number')
    throw new ModuleError('FRAMES_DIFFER', 'The frames of a film must all have one known size.');
  return { widthPx, heightPx };
}
