import { expect } from 'vitest';
import { receivedPictures } from '../../runtime/library/receivedPictures.js';

/** Does something while the children that decode pictures for the server die as soon as they are there. None is there at first: one
 * that is ready would be done before it is hit. */
export async function whileDecodersDie<T>(act: () => Promise<T>): Promise<T> {
  const killAll = () => receivedPictures.pids.forEach(kill);
  killAll();
  await expect.poll(() => receivedPictures.pids).toEqual([]);
  const killing = setInterval(killAll, 5);
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
