/** Entry of the child process that works on pictures; talks to `pictures.ts` over its IPC channel. */
import { answerJobs } from '../children/answerJobs.js';
import { systemFailure } from '../systemFailure.js';
import { paintBackground } from './background.js';
import { compose } from './compose.js';
import { derive, header, read, thumbnail } from './convert.js';
import { animation, opacity } from './inspect.js';
import type { PictureJob, PictureResult, Unreadable } from './pictureJobs.js';

const { default: sharp } = await import('sharp');

// What one picture left in memory is of no use to the next.
sharp.cache(false);
answerJobs<PictureJob, PictureResult>((job) => {
  switch (job.op) {
    case 'header':
      return orUnreadable(header(job.path));
    case 'read':
      return orUnreadable(read(job.path));
    case 'thumbnail':
      return orUnreadable(thumbnail(job));
    case 'derive':
      return orUnreadable(derive(job));
    case 'opacity':
      return orUnreadable(opacity(job.path));
    case 'compose':
      return compose(job);
    case 'paint':
      return paintBackground(job);
    case 'animation':
      return animation(job.path);
  }
});

async function orUnreadable<Result>(reading: Promise<Result>): Promise<Result | Unreadable> {
  try {
    return await reading;
  } catch (error) {
    if (systemFailure(error)) throw error;
    return { unreadable: (error as Error).message };
  }
}
