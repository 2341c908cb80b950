import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { type ChildLimits, ChildPool, MiB } from '../children/childPool.js';
import { ModuleError } from '../errors.js';
import type {
  Animation,
  BackgroundJob,
  CompareJob,
  ComposeJob,
  DerivativeJob,
  FrameJob,
  Opacity,
  PictureComparison,
  PictureJob,
  PictureJobs,
  PictureOp,
  PictureResult,
  ReadPicture,
  ShrinkJob,
  Size,
  Unreadable,
} from './pictureJobs.js';

const LIMITS: ChildLimits = {
  maxChildren: Math.min(4, os.availableParallelism()),
  timeLimitMs: 10 * 60_000,
  maxRssBytes: 3072 * MiB,
  recycleRssBytes: 512 * MiB,
  recycleJobs: 1000,
  idleMs: 60_000,
};

/** Child processes that read, compose and convert pictures: sharp cannot be told to stop, and a large one may take it half a minute.
 * All methods throw `PICTURE_TIMEOUT`, `PICTURE_OUT_OF_MEMORY`, `PICTURE_CRASHED`, and the signal's reason when it aborts. */
export class Pictures {
  private readonly children: ChildPool<PictureJob, PictureResult>;

  constructor(limits: Partial<ChildLimits> = {}) {
    this.children = new ChildPool(
      {
        file: fileURLToPath(new URL('./pictureChild.ts', import.meta.url)),
        heapMb: 256,
        code: 'PICTURE',
        words: {
          child: 'The picture converter',
          work: 'Working on the picture',
          advice: 'Please ask for a smaller one, or for another format.',
        },
      },
      { ...LIMITS, ...limits },
    );
  }

  /** Reads what a picture says of itself, however large it is.
   * @returns why it cannot be read, where it cannot. */
  header(path: string, signal: AbortSignal): Promise<ReadPicture | Unreadable> {
    return this.run('header', { path }, signal);
  }

  /** Decodes the whole picture: a file that broke off in the middle has a perfect header.
   * @returns why it cannot be read, where it cannot. */
  read(path: string, signal: AbortSignal): Promise<ReadPicture | Unreadable> {
    return this.run('read', { path }, signal);
  }

  /** Makes a derivative.
   * @throws {ModuleError} `PICTURE_UNREADABLE`. */
  async derive(job: DerivativeJob, signal: AbortSignal): Promise<ReadPicture> {
    return readable(await this.run('derive', job, signal), 'The picture cannot be converted');
  }

  /** Makes a picture small enough to be looked at.
   * @throws {ModuleError} `PICTURE_UNREADABLE`. */
  async shrink(job: ShrinkJob, signal: AbortSignal): Promise<Size> {
    return readable(await this.run('shrink', job, signal), 'No small picture can be made of this file');
  }

  /** Measures how much of a picture is covered.
   * @returns why it cannot be read, where it cannot. */
  opacity(path: string, signal: AbortSignal): Promise<Opacity | Unreadable> {
    return this.run('opacity', { path }, signal);
  }

  /** Lays a product over its shadow and what is behind it. */
  async compose(job: ComposeJob, signal: AbortSignal): Promise<void> {
    await this.run('compose', job, signal);
  }

  /** Paints what is behind a film. */
  async paint(job: BackgroundJob, signal: AbortSignal): Promise<void> {
    await this.run('paint', job, signal);
  }

  /** Looks at an animated WebP.
   * @throws {ModuleError} `PICTURE_UNREADABLE`. */
  async animation(path: string, signal: AbortSignal): Promise<Animation> {
    return readable(await this.run('animation', { path }, signal), 'The animation cannot be read');
  }

  /** Takes a picture out of an animated WebP.
   * @throws {ModuleError} `PICTURE_UNREADABLE`. */
  async frame(job: FrameJob, signal: AbortSignal): Promise<void> {
    readable(await this.run('frame', job, signal), 'The animation cannot be read');
  }

  /** Measures how far two pictures look alike.
   * @throws {ModuleError} `PICTURE_UNREADABLE`. */
  async compare(job: CompareJob, signal: AbortSignal): Promise<PictureComparison> {
    return readable(await this.run('compare', job, signal), 'A picture cannot be read');
  }

  /** Sees to it that a child is there when it is needed. */
  prepare(): void {
    this.children.prepare();
  }

  /** Ends all children. */
  close(): Promise<void> {
    return this.children.close();
  }

  /** Process ids of the living children. */
  get pids(): number[] {
    return this.children.pids;
  }

  private run<Op extends PictureOp>(
    op: Op,
    job: PictureJobs[Op]['job'],
    signal: AbortSignal,
  ): Promise<PictureJobs[Op]['result']> {
    return this.children.run({ op, ...job } as PictureJob, { signal });
  }
}

function readable<Result extends object | null>(result: Result | Unreadable, sentence: string): Result {
  if (result && 'unreadable' in result)
    throw new ModuleError('PICTURE_UNREADABLE', `${sentence}: ${result.unreadable}.`);
  return result as Result;
}

/** The children that all who publish share. */
export const publishedPictures = new Pictures();
/** Those of the renders, whose pictures are not to wait for somebody's derivatives. They stay as long as a resident Blender does, and may
 * take what a WebP of 8192 px on transparent ground needs. */
export const renderedPictures = new Pictures({ idleMs: 10 * 60_000, maxRssBytes: 4096 * MiB });
