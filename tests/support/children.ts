import { expect } from 'vitest';
import { receivedPictures } from '../../runtime/library/receivedPictures.js';

/** Ends the children of a pool that the tests before have left in it: the next job starts one of its own. */
export async function endChildren(pool: { readonly pids: number[] }): Promise<void> {
  pool.pids.forEach(kill);
  await expect.poll(() => pool.pids).toEqual([]);
}

/** Does something while the children that decode pictures for the server die as soon as they are there. None is there at first: one
 * that is ready would be done before it is hit. */
export async function whileDecodersDie<T>(act: () => Promise<T>): Promise<T> {
  await endChildren(receivedPictures);
  const killing = setInterval(() => receivedPictures.pids.forEach(kill), 5);
  try {
    return await act();
  } finally {
    clearInterval(killing);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
