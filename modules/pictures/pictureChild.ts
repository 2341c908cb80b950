/** Entry of the child process that works on pictures; talks to `pictures.ts` over its IPC channel. */
import { answerJobs } from '../children/answerJobs.js';
import { systemFailure } from '../systemFailure.js';
import { paintBackground } from './background.js';
import { compose } from './compose.js';
import { derive, header, read, shrink } from './convert.js';
import { animation, frame, opacity } from './inspect.js';
import type { CompareJob, PictureComparison, PictureJob, PictureResult, Unreadable } from './pictureJobs.js';

const { default: sharp } = await import('sharp');

// What one picture left in memory is of no use to the next.
sharp.cache(false);
answerJobs<PictureJob, PictureResult>((job) => {
  switch (job.op) {
    case 'header':
      return orUnreadable(header(job.path));
    case 'read':
      return orUnreadable(read(job.path));
    case 'shrink':
      return orUnreadable(shrink(job));
    case 'derive':
      return orUnreadable(derive(job));
    case 'opacity':
      return orUnreadable(opacity(job.path));
    case 'compose':
      return compose(job);
    case 'paint':
      return paintBackground(job);
    case 'animation':
      return orUnreadable(animation(job.path));
    case 'frame':
      return orUnreadable(frame(job));
    case 'compare':
      return orUnreadable(compared(job));
  }
});

/** Few children compare, so others do not load what that needs. */
async function compared(job: CompareJob): Promise<PictureComparison> {
  const { compare } = await import('./compare.js');
  return compare(job);
}

async function orUnreadable<Result>(reading: Promise<Result>): Promise<Result | Unreadable> {
  try {
    return await reading;
  } catch (error) {
    if (systemFailure(error)) throw error;
    return { unreadable: (error as Error).message };
  }
}
