import { receivedPictures } from '../../runtime/library/receivedPictures.js';

/** Does something while the children that decode pictures for the server die as soon as they are there. */
export async function whileDecodersDie<T>(act: () => Promise<T>): Promise<T> {
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
