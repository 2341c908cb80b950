import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModuleContext } from '../context.js';
import type { JsonObject } from '../json.js';
import { type BlenderLimits, causeOfFailure, type JobSaid } from './blenderFailures.js';
import { type FinishedFile, type JobEvent, JobProgress, jobEvent } from './blenderLog.js';
import { requireBlender, startBlender, withoutNetwork } from './blenderProcess.js';

export { findBlender } from './blenderProcess.js';

/** What a job may take when it does not say otherwise. The time is that of the longest node: whoever runs a module stops it sooner. */
const LIMITS: BlenderLimits = { memoryMb: 8192, fileMb: 4096, timeMs: 86_400_000, silenceMs: 600_000 };

export interface BlenderJob {
  /** File in modules/render/python. */
  script: string;
  /** What the script reads; written as JSON into the workdir. */
  job: JsonObject;
  /** Address space, which bounds memory; null: no limit, default 8 GiB. Blender needs about 1.5 GiB to start. */
  memoryLimitMb?: number | null;
  /** The largest file it may write; default 4 GiB. */
  fileLimitMb?: number;
  /** Default: a day; the caller's signal comes first. */
  timeLimitMs?: number;
  /** How long it may say nothing; default ten minutes. */
  silenceLimitMs?: number;
  env?: NodeJS.ProcessEnv;
  /** Told of every picture that the script says is finished, while it goes on. */
  onFile?: (file: FinishedFile) => void;
}

export type BlenderContext = Pick<ModuleContext, 'workdir' | 'signal' | 'progress' | 'log'>;

export function limitsOf(job: BlenderJob): BlenderLimits {
  return {
    memoryMb: job.memoryLimitMb === undefined ? LIMITS.memoryMb : job.memoryLimitMb,
    fileMb: job.fileLimitMb ?? LIMITS.fileMb,
    timeMs: job.timeLimitMs ?? LIMITS.timeMs,
    silenceMs: job.silenceLimitMs ?? LIMITS.silenceMs,
  };
}

export const pythonFile = (name: string): string => fileURLToPath(new URL(`./python/${name}`, import.meta.url));

/** Runs a job script in a Blender of its own: own process group, clean environment, no network where the system allows that,
 * no standard input, killed on abort.
 * @returns the facts of the script's `done` line.
 * @throws {ModuleError} what the script failed with, or one of `BLENDER_FAILURES`, with the last lines of its log; the signal's
 * reason when it aborts. */
export async function runBlender(ctx: BlenderContext, job: BlenderJob): Promise<JsonObject> {
  const blender = await requireBlender(job.env);
  const limits = limitsOf(job);
  const home = path.join(ctx.workdir, 'blender-home');
  await mkdir(home, { recursive: true });
  const jobFile = path.join(ctx.workdir, 'job.json');
  await writeFile(jobFile, JSON.stringify(job.job));
  await warnOfNetwork(ctx);
  ctx.signal.throwIfAborted();
  const process = await startBlender({ blender, args: ['-P', pythonFile(job.script), '--', jobFile], home, limits });
  const listener = new JobListener(ctx, job.onFile);
  process.onLine = (line) => listener.take(line);
  process.watch(limits);
  const stop = () => process.stop();
  if (ctx.signal.aborted) stop();
  ctx.signal.addEventListener('abort', stop, { once: true });
  const end = await process.end.finally(() => ctx.signal.removeEventListener('abort', stop));
  ctx.signal.throwIfAborted();
  if (end.status === 0 && listener.done) return factsOf(listener.done);
  throw causeOfFailure(end, listener, limits);
}

/** Passes on what a job script says, and keeps how it ended. */
export class JobListener implements JobSaid {
  done: (JobEvent & { event: 'done' }) | null = null;
  fail: (JobEvent & { event: 'fail' }) | null = null;
  usesGpu = false;
  private readonly progress = new JobProgress();

  constructor(
    private readonly ctx: Pick<ModuleContext, 'progress' | 'log'>,
    private readonly onFile?: BlenderJob['onFile'],
  ) {}

  take(line: string): void {
    const moved = this.progress.take(line);
    if (moved) this.ctx.progress(moved.fraction, moved.message);
    const event = jobEvent(line);
    if (event?.event === 'log') this.ctx.log(event.level, event.message);
    else if (event?.event === 'file') this.onFile?.(event);
    else if (event?.event === 'gpu') {
      if (!this.usesGpu) this.ctx.log('info', `Cycles renders on ${event.names.join(', ')}.`);
      this.usesGpu = true;
    } else if (event?.event === 'done') this.done = event;
    else if (event?.event === 'fail') this.fail = event;
  }
}

export function factsOf({ event: _event, ...rest }: JobEvent & { event: 'done' }): JsonObject {
  return rest as JsonObject;
}

let hasWarned = false;

/** Once per process, where Blender cannot be cut off the network. */
export async function warnOfNetwork(ctx: Pick<ModuleContext, 'log'>): Promise<void> {
  if (hasWarned || (await withoutNetwork())) return;
  hasWarned = true;
  ctx.log('warn', 'Blender runs with access to the network: this system lets nobody cut it off (unshare).');
}
