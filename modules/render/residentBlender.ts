import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JsonObject } from '../json.js';
import {
  type BlenderContext,
  type BlenderJob,
  factsOf,
  JobListener,
  limitsOf,
  pythonFile,
  warnOfNetwork,
} from './blender.js';
import { type BlenderEnd, causeOfFailure } from './blenderFailures.js';
import { type BlenderProcess, requireBlender, startBlender } from './blenderProcess.js';

export interface ResidentOptions {
  /** A process that has done so many jobs, or is larger than this after one, takes no more. */
  recycleJobs: number;
  recycleRssMb: number;
  /** An unused process ends after this. */
  idleMs: number;
}

const DEFAULTS: ResidentOptions = { recycleJobs: 100, recycleRssMb: 1500, idleMs: 10 * 60_000 };
/** Its directory says whose it is, so that one left by a killed worker can be told. */
const HOME_PREFIX = 'hartomat-resident-';

interface Resident {
  process: BlenderProcess;
  /** The program file it runs. */
  blender: string;
  jobCount: number;
  idleTimer?: NodeJS.Timeout;
}

/** Blenders that take one job after another, which saves each job the start. As many as there are jobs at once; a process that
 * failed, was told to stop, has done enough, grew too large or has nothing to do is ended.
 * For small pictures of what the platform makes itself: a scene with somebody's files gets a Blender of its own (`namesFiles`). */
export class ResidentBlenders {
  private readonly options: ResidentOptions;
  private readonly all = new Set<Resident>();
  private idle: Resident[] = [];

  constructor(options: Partial<ResidentOptions> = {}) {
    this.options = { ...DEFAULTS, ...options };
  }

  /** Like `runBlender`, for the scripts python/resident.py knows. Throws what that throws. */
  async run(ctx: BlenderContext, job: BlenderJob): Promise<JsonObject> {
    const blender = await requireBlender(job.env);
    await warnOfNetwork(ctx);
    const waiting = this.takeIdle(blender);
    if (waiting) {
      const result = await this.runIn(waiting, ctx, job);
      if (result) return result;
      // It was dying when it was given the job, which is not the job's fault.
    }
    const result = await this.runIn(await this.start(blender), ctx, job);
    return result ?? Promise.reject(new Error('A Blender that was just started took no job.'));
  }

  /** Ends the processes that wait for work. Those at work end with their jobs. */
  async close(): Promise<void> {
    const ends = this.idle.splice(0).map((resident) => {
      this.retire(resident);
      return resident.process.end;
    });
    await Promise.all(ends);
  }

  /** Process ids of the living ones. */
  get pids(): number[] {
    return [...this.all].flatMap(({ process: { pid } }) => pid ?? []);
  }

  private takeIdle(blender: string): Resident | undefined {
    const at = this.idle.findLastIndex((resident) => resident.blender === blender);
    if (at < 0) return undefined;
    const [resident] = this.idle.splice(at, 1);
    clearTimeout(resident!.idleTimer);
    resident!.process.hold(true);
    return resident;
  }

  private async start(blender: string): Promise<Resident> {
    await removeLeftovers();
    const home = await mkdtemp(path.join(tmpdir(), `${HOME_PREFIX}${process.pid}-`));
    const resident: Resident = {
      process: await startBlender({
        blender,
        args: ['-P', pythonFile('resident.py')],
        home,
        limits: limitsOf({ script: '', job: {} }),
        hasInput: true,
      }),
      blender,
      jobCount: 0,
    };
    this.all.add(resident);
    const gone = async () => {
      clearTimeout(resident.idleTimer);
      this.all.delete(resident);
      this.idle = this.idle.filter((other) => other !== resident);
      await rm(home, { recursive: true, force: true });
    };
    resident.process.end.then(gone, gone);
    return resident;
  }

  /** @returns the facts of the job, or null when the process ended before it began with it. */
  private async runIn(resident: Resident, ctx: BlenderContext, job: BlenderJob): Promise<JsonObject | null> {
    const { process } = resident;
    const isFirst = resident.jobCount++ === 0;
    const limits = limitsOf(job);
    const listener = new JobListener(ctx);
    let hasBegun = isFirst;
    const done = new Promise<void>((resolve) => {
      process.onLine = (line) => {
        hasBegun = true;
        listener.take(line);
        if (listener.done) resolve();
      };
    });
    process.watch(limits);
    const stop = () => process.stop();
    if (ctx.signal.aborted) stop();
    ctx.signal.addEventListener('abort', stop, { once: true });
    process.send(JSON.stringify({ script: job.script, job: job.job }));
    const end: BlenderEnd | undefined = await Promise.race([done.then(() => undefined), process.end]).finally(() =>
      ctx.signal.removeEventListener('abort', stop),
    );
    if (listener.done && !ctx.signal.aborted) {
      const { rssMb, ...facts } = factsOf(listener.done);
      this.release(resident, Number(rssMb));
      return facts;
    }
    const ended = end ?? (await process.end);
    ctx.signal.throwIfAborted();
    if (!hasBegun && ended.stopped === null) return null;
    throw causeOfFailure(ended, listener, limits);
  }

  /** Keeps a process for the next job, or lets it go. */
  private release(resident: Resident, rssMb: number): void {
    const { recycleJobs, recycleRssMb, idleMs } = this.options;
    resident.process.relax();
    if (resident.jobCount >= recycleJobs || rssMb > recycleRssMb) {
      this.retire(resident);
      return;
    }
    this.idle.push(resident);
    // An idle process must not keep this one alive.
    resident.process.hold(false);
    resident.idleTimer = setTimeout(() => this.retire(resident), idleMs).unref();
  }

  private retire(resident: Resident): void {
    this.idle = this.idle.filter((other) => other !== resident);
    resident.process.hold(true);
    resident.process.stop();
  }
}

/** Directories of processes whose worker was killed. */
async function removeLeftovers(): Promise<void> {
  const parent = tmpdir();
  const owner = (name: string) => Number(new RegExp(`^${HOME_PREFIX}(\\d+)-`).exec(name)?.[1] ?? process.pid);
  const left = (await readdir(parent)).filter((name) => !isAlive(owner(name)));
  await Promise.all(left.map((name) => rm(path.join(parent, name), { recursive: true, force: true })));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The residents all modules of this process share. */
export const residentBlenders = new ResidentBlenders();
