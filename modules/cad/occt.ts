import { type ChildProcess, fork } from 'node:child_process';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { ModuleError } from '../errors.js';
import { processFlags } from './loaderFlags.js';
import type { CadJob, JobMessage, JobRequest, JobResult } from './occtJobs.js';

export interface CadReaderOptions {
  /** Child processes at most; each holds its own OpenCascade. */
  maxChildren: number;
  /** Wall time of one job; past it the child is killed. */
  timeLimitMs: number;
  /** Resident memory of a child; past it the child is killed. */
  maxRssBytes: number;
  /** A child that is larger than this, or has done so many jobs, is replaced before it takes another file. */
  recycleRssBytes: number;
  recycleJobs: number;
  /** An unused child ends after this. */
  idleMs: number;
}

const MiB = 1024 * 1024;
export const CAD_DEFAULTS: CadReaderOptions = {
  maxChildren: Math.min(2, os.availableParallelism()),
  timeLimitMs: 10 * 60_000,
  maxRssBytes: 3072 * MiB,
  recycleRssBytes: 1200 * MiB,
  recycleJobs: 200,
  idleMs: 10 * 60_000,
};

const HEAP_MB = 2048;
const STDERR_KEPT = 4000;

interface Task {
  job: CadJob;
  onProgress: (fraction: number, message: string) => void;
  resolve: (result: JobResult) => void;
  reject: (error: Error) => void;
  isSettled: boolean;
  /** The child has begun with it. */
  isBegun: boolean;
  /** A child died before it began; the next such death counts. */
  isRetried: boolean;
}

/** One child process and the tasks waiting for it, the first of them running. */
interface Reader {
  process: ChildProcess;
  tasks: Task[];
  /** Contents it has read, whose models it may still hold. */
  files: Set<string>;
  jobCount: number;
  rssBytes: number;
  stderr: string;
  timer?: NodeJS.Timeout;
  idleTimer?: NodeJS.Timeout;
  /** Why we killed it, if we did. */
  ending?: 'timeout' | 'aborted' | 'retired';
  isGone: boolean;
}

/** Runs CAD jobs in child processes, where OpenCascade can neither block nor take down this one.
 * Jobs on one file go to the child that has read it, so that the modules of a run share one read. */
export class CadReaders {
  private readonly options: CadReaderOptions;
  private readers: Reader[] = [];
  private nextId = 1;
  private isClosed = false;

  constructor(options: Partial<CadReaderOptions> = {}) {
    this.options = { ...CAD_DEFAULTS, ...options };
  }

  /** Runs a job.
   * @throws {ModuleError} what the job failed with, or `CAD_TIMEOUT`, `CAD_OUT_OF_MEMORY`, `CAD_CRASHED`; the signal's reason when it aborts. */
  run(job: CadJob, options: { signal?: AbortSignal; onProgress?: Task['onProgress'] } = {}): Promise<JobResult> {
    const { signal, onProgress = () => {} } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (this.isClosed) return reject(new ModuleError('CAD_CLOSED', 'The CAD reader is shutting down.', 'transient'));
      const onAbort = () => this.abort(task, signal!.reason);
      const settle =
        <A>(deliver: (value: A) => void) =>
        (value: A) => {
          if (task.isSettled) return;
          task.isSettled = true;
          signal?.removeEventListener('abort', onAbort);
          deliver(value);
        };
      const task: Task = {
        job,
        onProgress,
        resolve: settle(resolve),
        reject: settle(reject),
        isSettled: false,
        isBegun: false,
        isRetried: false,
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.enqueue(task);
    });
  }

  /** Ends all children; jobs still running fail with `CAD_CLOSED`. */
  async close(): Promise<void> {
    this.isClosed = true;
    const closed = new ModuleError('CAD_CLOSED', 'The CAD reader is shutting down.', 'transient');
    await Promise.all(
      this.readers.map((reader) => {
        const gone = new Promise<void>((resolve) => reader.process.once('exit', () => resolve()));
        hold(reader.process, true);
        for (const task of reader.tasks.splice(0)) task.reject(closed);
        this.end(reader, 'retired');
        return gone;
      }),
    );
  }

  /** Process ids of the living children. */
  get pids(): number[] {
    return this.readers.flatMap((reader) => reader.process.pid ?? []);
  }

  private enqueue(task: Task): void {
    const reader = this.choose(task.job.sha256);
    reader.files.add(task.job.sha256);
    reader.tasks.push(task);
    if (reader.tasks.length === 1) this.start(reader);
  }

  private choose(sha256: string): Reader {
    const knowing = this.readers.find((reader) => reader.files.has(sha256));
    if (knowing) return knowing;
    for (const reader of this.readers.filter((candidate) => candidate.tasks.length === 0)) {
      const isSpent = reader.rssBytes > this.options.recycleRssBytes || reader.jobCount >= this.options.recycleJobs;
      if (!isSpent) return reader;
      this.end(reader, 'retired');
    }
    if (this.readers.length < this.options.maxChildren) return this.spawn();
    return this.readers.reduce((least, reader) => (reader.tasks.length < least.tasks.length ? reader : least));
  }

  private spawn(): Reader {
    const file = fileURLToPath(new URL('./occtChild.ts', import.meta.url));
    const child = fork(file, [String(this.options.maxRssBytes)], {
      execArgv: [...processFlags(file), `--max-old-space-size=${HEAP_MB}`],
      // No secrets of the worker, and no settings that would change how Node starts.
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'json',
    });
    const reader: Reader = {
      process: child,
      tasks: [],
      files: new Set(),
      jobCount: 0,
      rssBytes: 0,
      stderr: '',
      isGone: false,
    };
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      reader.stderr = (reader.stderr + text).slice(-STDERR_KEPT);
    });
    child.on('message', (message: JobMessage) => this.receive(reader, message));
    child.on('error', (error) => {
      reader.stderr += error.message;
      this.gone(reader, null);
    });
    child.on('close', (code, signal) => this.gone(reader, signal ?? code));
    this.readers.push(reader);
    return reader;
  }

  private start(reader: Reader): void {
    const task = reader.tasks[0];
    clearTimeout(reader.timer);
    clearTimeout(reader.idleTimer);
    if (!task) {
      // An idle child must not keep this process alive.
      hold(reader.process, false);
      reader.idleTimer = setTimeout(() => this.end(reader, 'retired'), this.options.idleMs).unref();
      return;
    }
    hold(reader.process, true);
    reader.timer = setTimeout(() => this.end(reader, 'timeout'), this.options.timeLimitMs);
    const request: JobRequest = { id: this.nextId++, job: task.job };
    reader.process.send(request, () => {});
  }

  private receive(reader: Reader, message: JobMessage): void {
    const task = reader.tasks[0];
    if (!task) return;
    task.isBegun = true;
    if (message.kind === 'progress') {
      if (!task.isSettled) task.onProgress(message.fraction, message.message);
      return;
    }
    reader.rssBytes = message.rssBytes;
    reader.jobCount++;
    reader.tasks.shift();
    if (message.kind === 'done') task.resolve(message.result);
    else {
      const { code, message: text, failureClass, details } = message.failure;
      task.reject(new ModuleError(code, text, failureClass, details));
    }
    this.start(reader);
  }

  private abort(task: Task, reason: unknown): void {
    const reader = this.readers.find((candidate) => candidate.tasks.includes(task));
    task.reject(reason as Error);
    if (!reader) return;
    if (reader.tasks[0] === task) this.end(reader, 'aborted');
    else reader.tasks.splice(reader.tasks.indexOf(task), 1);
  }

  /** Kills a child. It leaves the pool at once; its waiting tasks move on when it is gone. */
  private end(reader: Reader, why: Reader['ending']): void {
    if (reader.ending || reader.isGone) return;
    reader.ending = why;
    clearTimeout(reader.timer);
    clearTimeout(reader.idleTimer);
    this.readers = this.readers.filter((candidate) => candidate !== reader);
    reader.process.kill('SIGKILL');
  }

  private gone(reader: Reader, status: string | number | null): void {
    if (reader.isGone) return;
    reader.isGone = true;
    clearTimeout(reader.timer);
    clearTimeout(reader.idleTimer);
    this.readers = this.readers.filter((candidate) => candidate !== reader);
    const [running, ...waiting] = reader.tasks.splice(0);
    const cause = this.causeOfDeath(reader, status);
    if (running && !running.isBegun && !running.isRetried && cause.failureClass === 'transient') {
      // It was dying already when it was given the job, which is not the job's fault.
      running.isRetried = true;
      waiting.unshift(running);
    } else running?.reject(cause);
    for (const task of waiting) if (!task.isSettled) this.enqueue(task);
  }

  private causeOfDeath(reader: Reader, status: string | number | null): ModuleError {
    if (reader.ending === 'timeout') {
      const seconds = Math.round(this.options.timeLimitMs / 1000);
      return new ModuleError(
        'CAD_TIMEOUT',
        `Reading the CAD file took longer than ${seconds} s and was stopped. Please simplify it or split it.`,
        'timeout',
      );
    }
    if (/HARTOMAT-MEMORY-LIMIT|heap out of memory|Allocation failed/.test(reader.stderr)) {
      const limitMb = Math.round(this.options.maxRssBytes / MiB);
      return new ModuleError(
        'CAD_OUT_OF_MEMORY',
        `Reading the CAD file needs more than ${limitMb} MB of memory and was stopped. Please simplify it or split it.`,
        'resource',
      );
    }
    return new ModuleError(
      'CAD_CRASHED',
      'The CAD reader ended unexpectedly while it read the file.',
      typeof status === 'string' ? 'transient' : 'crash',
      { status: String(status), output: reader.stderr.slice(-1000) },
    );
  }
}

/** Whether a child keeps this process alive. */
function hold(child: ChildProcess, isHeld: boolean): void {
  const handles = [child, child.channel, child.stderr as unknown as { ref(): void; unref(): void } | null];
  for (const handle of handles) isHeld ? handle?.ref() : handle?.unref();
}

/** The children all CAD modules of this process share. */
export const cadReaders = new CadReaders();
