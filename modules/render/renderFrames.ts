import path from 'node:path';
import type { ArtifactRef } from '../artifacts.js';
import type { ModuleContext } from '../context.js';
import { ModuleError } from '../errors.js';
import type { JsonObject } from '../json.js';
import { runBlender } from './blender.js';
import type { FinishedFile } from './blenderLog.js';
import { onDevice } from './device.js';
import type { Shown } from './ground.js';
import { finishPicture } from './picture.js';
import { type Scene, sceneJob, sceneMemoryMb } from './scene.js';
import { type ShadowJob, shadowJob } from './shadow.js';
import { angleAt, type Turn } from './turntable.js';

export interface FramesJob {
  scene: Omit<Scene, 'framing' | 'cutOut'>;
  /** What of the studio is in the frames. */
  shown: Shown;
  turn: Turn;
  /** Number of the first frame, from 0. */
  first: number;
  count: number;
  /** Name of the files, without number and ending. */
  name: string;
}

interface Frame {
  number: number;
  angleDeg: number;
  /** Where Blender puts it. */
  output: string;
  shadow: ShadowJob | null;
}

/** Renders frames of a turntable in one Blender: RGBA PNGs on transparent ground, or opaque ones in front of the studio's backdrop, whose
 * bytes depend on nothing but the pixels. A frame is kept as soon as it is finished, so another attempt only renders those that are
 * missing.
 * @returns the frames in their order.
 * @throws {ModuleError} what `runBlender` throws; `PICTURE_EMPTY`. */
export async function renderFrames(ctx: ModuleContext, job: FramesJob): Promise<ArtifactRef[]> {
  const { first, count } = job;
  const done = new Map<number, ArtifactRef>();
  const missing: number[] = [];
  for (let number = first; number < first + count; number++) {
    const kept = await ctx.checkpoints.get(checkpointOf(number));
    if (kept) done.set(number, kept);
    else missing.push(number);
  }
  if (done.size > 0) ctx.log('info', `${done.size} of ${count} frames were rendered before.`);
  // By the sphere, or the product would breathe as it turns.
  const scene: Scene = { ...job.scene, framing: 'sphere', cutOut: job.shown.cutOut };
  if (missing.length > 0)
    await onDevice(ctx, scene, (scene) =>
      renderMissing(
        ctx,
        { ...job, scene },
        missing.filter((number) => !done.has(number)),
        async (number, file) => {
          await ctx.checkpoints.put(checkpointOf(number), file);
          done.set(number, file);
        },
      ),
    );
  return Array.from({ length: count }, (_, i) => {
    const frame = done.get(first + i);
    if (!frame) throw new ModuleError('BLENDER_CRASHED', `Blender did not render frame ${first + i + 1}.`, 'crash');
    return frame;
  });
}

const checkpointOf = (number: number) => `frame-${number}`;

/** @param onFrame told of every frame as it is finished, in order. */
async function renderMissing(
  ctx: ModuleContext,
  job: FramesJob & { scene: Scene },
  missing: readonly number[],
  onFrame: (number: number, file: ArtifactRef) => Promise<void>,
): Promise<JsonObject> {
  const { scene, shown, turn, count } = job;
  const { width, height } = scene.resolution;
  const frames = missing.map((number): Frame => {
    const at = (kind: string) => path.join(ctx.workdir, `${kind}-${number}.png`);
    const shadow = shown.shadow ? shadowJob(at('shadow'), width, height) : null;
    return { number, angleDeg: angleAt(turn, number), output: at('frame'), shadow };
  });
  const frameAt = new Map(frames.map((frame) => [frame.output, frame]));
  const giveUp = new AbortController();
  let finishing: Promise<unknown> = Promise.resolve();
  const progress = (fraction: number) => {
    const reached = count - frames.length + fraction * frames.length;
    ctx.progress(reached / count, `Frame ${Math.min(count, Math.floor(reached) + 1)} of ${count}`);
  };
  const signal = AbortSignal.any([ctx.signal, giveUp.signal]);
  const rendering = runBlender(
    { workdir: ctx.workdir, signal, log: ctx.log, progress },
    {
      script: 'turntable.py',
      job: { scene: sceneJob(scene), axis: turn.axis.toUpperCase(), frames } as unknown as JsonObject,
      memoryLimitMb: sceneMemoryMb(scene),
      onFile(file) {
        const frame = frameAt.get(file.path);
        if (frame)
          finishing = finishing.then(async () => onFrame(frame.number, await finishFrame(ctx, job, frame, file)));
        // A frame that is no good ends the rendering of the others, which fails with the same reason.
        finishing.catch((error) => giveUp.abort(error));
      },
    },
  );
  try {
    return await rendering;
  } finally {
    // What is finished is kept even if Blender failed on the next frame.
    await finishing;
  }
}

async function finishFrame(
  ctx: ModuleContext,
  { scene, shown, name }: FramesJob,
  frame: Frame,
  { device, camera }: FinishedFile,
): Promise<ArtifactRef> {
  const { width, height } = scene.resolution;
  const file = path.join(ctx.workdir, `finished-${frame.number}.png`);
  const coverage = await finishPicture(
    {
      ...{ product: frame.output, shadow: frame.shadow, background: null, width, height },
      ...{ format: 'png', imageQuality: 100, to: file },
    },
    ctx.signal,
  );
  return ctx.artifacts.write({
    role: 'turntable_frame',
    mediaType: 'image/png',
    fileName: `${name}_${String(frame.number + 1).padStart(4, '0')}.png`,
    metadata: {
      frame: frame.number,
      angleDeg: Math.round(frame.angleDeg * 1000) / 1000,
      widthPx: width,
      heightPx: height,
      isTransparent: !shown.isRoom,
      coverage: shown.isRoom ? null : coverage,
      device,
      camera,
    },
    from: { path: file },
  });
}
