import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FaultKind } from '../../modules/cad/part21.js';
import { threadFlags } from '../../modules/children/loaderFlags.js';

const THREAD = fileURLToPath(new URL('./scanThread.ts', import.meta.url));

/** Scans Part 21 files in a thread, which can be ended while it computes, as a test cannot.
 * @returns what is wrong with each; null: nothing.
 * @throws when all of them take longer than `limitMs`. */
export async function faultsWithin(limitMs: number, files: readonly string[]): Promise<(FaultKind | null)[]> {
  const thread = new Worker(THREAD, { workerData: files, execArgv: threadFlags(THREAD) });
  try {
    const [faults] = await once(thread, 'message', { signal: AbortSignal.timeout(limitMs) });
    return faults;
  } finally {
    await thread.terminate();
  }
}
