import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { threadFlags } from '../children/loaderFlags.js';
import { compileOcct, type OcctResult } from './occtReader.js';
import type { Tessellation } from './tessellation.js';

export interface ThreadRequest {
  bytes: Uint8Array;
  tessellation: Tessellation;
}
export type ThreadAnswer = { result: OcctResult } | { reason: string };

/** Threads of this process, each with an OpenCascade of its own, that stay warm between files. Who reads in several at once
 * says how many; there is no queue. The compiled code is shared, so a further thread is as warm as the first. */
class OcctThreads {
  private idle: Promise<Worker>[] = [];

  /** Reads and meshes a STEP file in a thread.
   * @throws what OpenCascade gave up with; whatever state that left it in, no other file meets it. */
  async read(bytes: Uint8Array, tessellation: Tessellation): Promise<OcctResult> {
    const thread = await (this.idle.pop() ?? this.start());
    thread.ref();
    const answer = await answerOf(thread, { bytes, tessellation });
    if ('reason' in answer) {
      await thread.terminate();
      throw new Error(answer.reason);
    }
    thread.unref();
    this.idle.push(Promise.resolve(thread));
    return answer.result;
  }

  /** Starts threads ahead of their first use, until `count` have nothing to do. A failure shows when they are used. */
  prepare(count: number): void {
    while (this.idle.length < count) {
      const started = this.start();
      started.catch(() => {});
      this.idle.push(started);
    }
  }

  /** Ends the threads that have nothing to do, which gives back the memory they grew to. */
  async drop(): Promise<void> {
    await Promise.all(this.idle.splice(0).map(async (thread) => (await thread).terminate()));
  }

  private async start(): Promise<Worker> {
    const file = fileURLToPath(new URL('./occtThread.ts', import.meta.url));
    const thread = new Worker(file, { workerData: await compileOcct(), execArgv: threadFlags(file) });
    thread.unref();
    return thread;
  }
}

function answerOf(thread: Worker, request: ThreadRequest): Promise<ThreadAnswer> {
  return new Promise((resolve) => {
    const settle = (answer: ThreadAnswer) => {
      thread.off('message', settle).off('error', failed).off('exit', ended);
      resolve(answer);
    };
    const failed = (error: Error) => settle({ reason: error.message });
    const ended = () => settle({ reason: 'The thread ended.' });
    thread.on('message', settle).on('error', failed).on('exit', ended);
    thread.postMessage(request);
  });
}

export const occtThreads = new OcctThreads();
