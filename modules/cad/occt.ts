import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { type ChildLimits, ChildPool, MiB } from '../children/childPool.js';
import type { CadJob, JobResult } from './occtJobs.js';

export const CAD_DEFAULTS: ChildLimits = {
  maxChildren: Math.min(2, os.availableParallelism()),
  timeLimitMs: 10 * 60_000,
  maxRssBytes: 3072 * MiB,
  recycleRssBytes: 1200 * MiB,
  recycleJobs: 200,
  idleMs: 10 * 60_000,
};

/** Child processes with an OpenCascade each. One file's jobs go to the child that has read it, so that the modules of a run share
 * one read. */
export class CadReaders extends ChildPool<CadJob, JobResult> {
  constructor(limits: Partial<ChildLimits> = {}) {
    super(
      {
        file: fileURLToPath(new URL('./occtChild.ts', import.meta.url)),
        heapMb: 2048,
        groupOf: ({ sha256 }) => sha256,
        code: 'CAD',
        words: {
          child: 'The CAD reader',
          work: 'Reading the CAD file',
          advice: 'Please simplify it or split it.',
        },
      },
      { ...CAD_DEFAULTS, ...limits },
    );
  }
}

/** The children all CAD modules of this process share. */
export const cadReaders = new CadReaders();
