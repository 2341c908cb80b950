import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { type ChildLimits, ChildPool, MiB } from '../children/childPool.js';
import { ModuleError } from '../errors.js';
import type { DerivativeJob, PictureJob, PictureResult, ReadPicture } from './pictureJobs.js';

const LIMITS: ChildLimits = {
  maxChildren: Math.min(4, os.availableParallelism()),
  timeLimitMs: 10 * 60_000,
  maxRssBytes: 3072 * MiB,
  recycleRssBytes: 512 * MiB,
  recycleJobs: 1000,
  idleMs: 60_000,
};

/** Child processes that read and convert pictures: sharp cannot be told to stop, and an AVIF may take it half a minute. */
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

  /** Decodes the whole picture: a file that broke off in the middle has a perfect header.
   * @returns why it cannot be read, where it cannot.
   * @throws {ModuleError} `PICTURE_TIMEOUT`, `PICTURE_OUT_OF_MEMORY`, `PICTURE_CRASHED`; the signal's reason when it aborts. */
  read(path: string, signal: AbortSignal): Promise<PictureResult> {
    return this.children.run({ op: 'read', path }, { signal });
  }

  /** Makes a derivative.
   * @throws what `read` throws, and `PICTURE_UNREADABLE`. */
  async derive(job: DerivativeJob, signal: AbortSignal): Promise<ReadPicture> {
    const made = await this.children.run({ op: 'derive', ...job }, { signal });
    if ('unreadable' in made)
      throw new ModuleError('PICTURE_UNREADABLE', `The picture cannot be converted: ${made.unreadable}.`);
    return made;
  }

  /** Ends all children. */
  close(): Promise<void> {
    return this.children.close();
  }

  /** Process ids of the living children. */
  get pids(): number[] {
    return this.children.pids;
  }
}

/** The children all modules of this process share. */
export const pictures = new Pictures();
