/** The child's side of `childPool.ts`. */
import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { ModuleError } from '../errors.js';
import { systemFailure } from '../systemFailure.js';
import type { JobFailure, JobMessage, JobRequest, OnProgress } from './childJobs.js';

/** Makes this process a child of a `ChildPool`: it performs one job after another, and ends with its parent or past its memory limit,
 * which is its first argument, in bytes. */
export function answerJobs<Job, Result>(perform: (job: Job, progress: OnProgress) => Promise<Result>): void {
  const send = (message: JobMessage<Result>) => process.send?.(message);
  let queue: Promise<void> = Promise.resolve();
  startWatch(Number(process.argv[2]));
  process.on('message', ({ id, job }: JobRequest<Job>) => {
    queue = queue.then(async () => {
      send({ id, kind: 'begun' });
      try {
        const result = await perform(job, (fraction, message) => send({ id, kind: 'progress', fraction, message }));
        send({ id, kind: 'done', result, rssBytes: process.memoryUsage.rss() });
      } catch (error) {
        send({ id, kind: 'failed', failure: failureOf(error), rssBytes: process.memoryUsage.rss() });
      }
    });
  });
  // An orderly exit would wait for what native threads still compute.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.on('uncaughtException', (error) => {
    writeSync(2, `${error.stack ?? error}\n`);
    process.exit(1);
  });
}

function failureOf(thrown: unknown): JobFailure {
  const error = systemFailure(thrown) ?? thrown;
  if (error instanceof ModuleError) {
    return { code: error.code, message: error.message, failureClass: error.failureClass, details: error.details };
  }
  return { unforeseen: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** While a library computes, this process's own loop may stand still; a thread watches what it cannot:
 * its memory, and whether the parent is still there. */
function startWatch(maxRssBytes: number): void {
  const watch = `
    const { writeSync } = require('node:fs');
    const parent = process.ppid;
    setInterval(() => {
      const rss = process.memoryUsage.rss();
      if (rss > ${maxRssBytes}) writeSync(2, 'HARTOMAT-MEMORY-LIMIT ' + rss + '\\n');
      if (rss > ${maxRssBytes} || process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
    }, 100);`;
  new Worker(watch, { eval: true, execArgv: [], stdout: false, stderr: false }).unref();
}
