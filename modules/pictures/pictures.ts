import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { type ChildLimits, ChildPool, MiB } from '../children/childPool.js';
import { ModuleError } from '../errors.js';
import type {
  Animation,
  BackgroundJob,
  ComposeJob,
  DerivativeJob,
  Opacity,
  PictureJob,
  PictureJobs,
  PictureOp,
  PictureResult,
  ReadPicture,
  ThumbnailJob,
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
          work: 'Converting the picture',
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
    const made = await this.run('derive', job, signal);
    if ('unreadable' in made)
      throw new ModuleError('PICTURE_UNREADABLE', `The picture cannot be converted: ${made.unreadable}.`);
    return made;
  }

  /** Makes a picture small enough for a list.
   * @throws {ModuleError} `PICTURE_UNREADABLE`. */
  async thumbnail(job: ThumbnailJob, signal: AbortSignal): Promise<void> {
    const made = await this.run('thumbnail', job, signal);
    if (made)
      throw new ModuleError('PICTURE_UNREADABLE', `No small picture can be made of this file: ${made.unreadable}.`);
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

  /** Looks at an animated WebP. */
  animation(path: string, signal: AbortSignal): Promise<Animation> {
    return this.run('animation', { path }, signal);
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

/** The children that all who publish share. */
export const publishedPictures = new Pictures();
/** Those of the renders, whose pictures are not to wait for somebody's derivatives. They stay as long as a resident Blender does, and may
 * take what a WebP of 8192 px on transparent ground needs. */
export const renderedPictures = new Pictures({ idleMs: 10 * 60_000, maxRssBytes: 4096 * MiB });
