import { type ChildProcess, fork } from 'node:child_process';
import { type FailureClass, ModuleError } from '../errors.js';
import type { JsonObject } from '../json.js';
import type { JobFailure, JobMessage, JobRequest, OnProgress } from './childJobs.js';
import { processFlags } from './loaderFlags.js';

export interface ChildLimits {
  /** Child processes at most. */
  maxChildren: number;
  /** Wall time of one job; past it the child is killed. */
  timeLimitMs: number;
  /** Resident memory of a child; past it the child is killed. */
  maxRssBytes: number;
  /** A child that is larger than this, or has done so many jobs, is replaced before it takes another. */
  recycleRssBytes: number;
  recycleJobs: number;
  /** An unused child ends after this. */
  idleMs: number;
}

/** What the children of a pool do. */
export interface ChildKind<Job> {
  /** Their program, which answers with `answerJobs`. */
  file: string;
  /** Limit of their JavaScript heap. */
  heapMb: number;
  /** Jobs of one group go to one child, which may remember what it made for the others. */
  groupOf?: (job: Job) => string;
  /** Begins the codes of failures: `CAD` gives `CAD_TIMEOUT`, `CAD_OUT_OF_MEMORY`, `CAD_CRASHED`, `CAD_CLOSED`. */
  code: string;
  /** What failures call a child, what it does, and what helps when that is too much: "The CAD child", "Reading the CAD file",
   * "Please simplify it." */
  words: { child: string; work: string; advice: string };
}

export const MiB = 1024 * 1024;
const STDERR_KEPT = 4000;

interface Task<Job, Result> {
  job: Job;
  onProgress: OnProgress;
  resolve: (result: Result) => void;
  reject: (error: Error) => void;
  isSettled: boolean;
  /** The child has begun with it. */
  isBegun: boolean;
  /** A child died before it began; the next such death counts. */
  isRetried: boolean;
}

/** One child process and the tasks waiting for it, the first of them running. */
interface Child<Job, Result> {
  process: ChildProcess;
  tasks: Task<Job, Result>[];
  /** Groups of the jobs it was given. */
  groups: Set<string>;
  jobCount: number;
  rssBytes: number;
  stderr: string;
  timer?: NodeJS.Timeout;
  idleTimer?: NodeJS.Timeout;
  /** Why we killed it, if we did. */
  ending?: 'timeout' | 'aborted' | 'retired';
  isGone: boolean;
}

/** Runs jobs in child processes, which can neither block nor take down this one, and end at once where a job is aborted. */
export class ChildPool<Job, Result> {
  private children: Child<Job, Result>[] = [];
  private nextId = 1;
  private isClosed = false;

  constructor(
    private readonly kind: ChildKind<Job>,
    private readonly limits: ChildLimits,
  ) {}

  /** Runs a job.
   * @throws {ModuleError} what the job failed with, or one of the kind's own; the signal's reason when it aborts. */
  run(job: Job, options: { signal?: AbortSignal; onProgress?: OnProgress } = {}): Promise<Result> {
    const { signal, onProgress = () => {} } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (this.isClosed) return reject(this.closed());
      const onAbort = () => this.abort(task, signal!.reason);
      const settle =
        <A>(deliver: (value: A) => void) =>
        (value: A) => {
          if (task.isSettled) return;
          task.isSettled = true;
          signal?.removeEventListener('abort', onAbort);
          deliver(value);
        };
      const task: Task<Job, Result> = {
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

  /** Starts a child where there is none, so that the next job finds one. */
  prepare(): void {
    if (this.children.length === 0 && !this.isClosed) this.start(this.spawn());
  }

  /** Ends all children; jobs still running fail with `…_CLOSED`. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(
      this.children.map((child) => {
        const gone = new Promise<void>((resolve) => child.process.once('exit', () => resolve()));
        hold(child.process, true);
        for (const task of child.tasks.splice(0)) task.reject(this.closed());
        this.end(child, 'retired');
        return gone;
      }),
    );
  }

  /** Process ids of the living children. */
  get pids(): number[] {
    return this.children.flatMap((child) => child.process.pid ?? []);
  }

  private enqueue(task: Task<Job, Result>): void {
    const group = this.kind.groupOf?.(task.job);
    const child = this.choose(group);
    if (group !== undefined) child.groups.add(group);
    child.tasks.push(task);
    if (child.tasks.length === 1) this.start(child);
  }

  private choose(group: string | undefined): Child<Job, Result> {
    const knowing = this.children.find((child) => group !== undefined && child.groups.has(group));
    if (knowing) return knowing;
    for (const child of this.children.filter((candidate) => candidate.tasks.length === 0)) {
      const isSpent = child.rssBytes > this.limits.recycleRssBytes || child.jobCount >= this.limits.recycleJobs;
      if (!isSpent) return child;
      this.end(child, 'retired');
    }
    if (this.children.length < this.limits.maxChildren) return this.spawn();
    return this.children.reduce((least, child) => (child.tasks.length < least.tasks.length ? child : least));
  }

  private spawn(): Child<Job, Result> {
    const { file, heapMb } = this.kind;
    const forked = fork(file, [String(this.limits.maxRssBytes)], {
      execArgv: [...processFlags(file), `--max-old-space-size=${heapMb}`],
      // No secrets of the worker, and no settings that would change how Node starts.
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'json',
    });
    const child: Child<Job, Result> = {
      process: forked,
      tasks: [],
      groups: new Set(),
      jobCount: 0,
      rssBytes: 0,
      stderr: '',
      isGone: false,
    };
    forked.stderr?.setEncoding('utf8').on('data', (text: string) => {
      child.stderr = (child.stderr + text).slice(-STDERR_KEPT);
    });
    forked.on('message', (message: JobMessage<Result>) => this.receive(child, message));
    forked.on('error', (error) => {
      child.stderr += error.message;
      this.gone(child, null);
    });
    forked.on('close', (code, signal) => this.gone(child, signal ?? code));
    this.children.push(child);
    return child;
  }

  private start(child: Child<Job, Result>): void {
    const task = child.tasks[0];
    clearTimeout(child.timer);
    clearTimeout(child.idleTimer);
    if (!task) {
      // An idle child must not keep this process alive.
      hold(child.process, false);
      child.idleTimer = setTimeout(() => this.end(child, 'retired'), this.limits.idleMs).unref();
      return;
    }
    hold(child.process, true);
    child.timer = setTimeout(() => this.end(child, 'timeout'), this.limits.timeLimitMs);
    const request: JobRequest<Job> = { id: this.nextId++, job: task.job };
    child.process.send(request, () => {});
  }

  private receive(child: Child<Job, Result>, message: JobMessage<Result>): void {
    const task = child.tasks[0];
    if (!task) return;
    task.isBegun = true;
    if (message.kind === 'begun') return;
    if (message.kind === 'progress') {
      if (!task.isSettled) task.onProgress(message.fraction, message.message);
      return;
    }
    child.rssBytes = message.rssBytes;
    child.jobCount++;
    child.tasks.shift();
    if (message.kind === 'done') task.resolve(message.result);
    else task.reject(this.failure(message.failure));
    this.start(child);
  }

  private abort(task: Task<Job, Result>, reason: unknown): void {
    const child = this.children.find((candidate) => candidate.tasks.includes(task));
    task.reject(reason as Error);
    if (!child) return;
    if (child.tasks[0] === task) this.end(child, 'aborted');
    else child.tasks.splice(child.tasks.indexOf(task), 1);
  }

  /** Kills a child. It leaves the pool at once; its waiting tasks move on when it is gone. */
  private end(child: Child<Job, Result>, why: Child<Job, Result>['ending']): void {
    if (child.ending || child.isGone) return;
    child.ending = why;
    clearTimeout(child.timer);
    clearTimeout(child.idleTimer);
    this.children = this.children.filter((candidate) => candidate !== child);
    child.process.kill('SIGKILL');
  }

  private gone(child: Child<Job, Result>, status: string | number | null): void {
    if (child.isGone) return;
    child.isGone = true;
    clearTimeout(child.timer);
    clearTimeout(child.idleTimer);
    this.children = this.children.filter((candidate) => candidate !== child);
    const [running, ...waiting] = child.tasks.splice(0);
    const cause = this.causeOfDeath(child, status);
    if (running && !running.isBegun && !running.isRetried && cause.failureClass === 'transient') {
      // It was dying already when it was given the job, which is not the job's fault.
      running.isRetried = true;
      waiting.unshift(running);
    } else running?.reject(cause);
    for (const task of waiting) if (!task.isSettled) this.enqueue(task);
  }

  private causeOfDeath(child: Child<Job, Result>, status: string | number | null): ModuleError {
    const { words } = this.kind;
    if (child.ending === 'timeout') {
      const seconds = Math.round(this.limits.timeLimitMs / 1000);
      return this.error(
        'TIMEOUT',
        `${words.work} took longer than ${seconds} s and was stopped. ${words.advice}`,
        'timeout',
      );
    }
    if (/HARTOMAT-MEMORY-LIMIT|heap out of memory|Allocation failed/.test(child.stderr)) {
      const limitMb = Math.round(this.limits.maxRssBytes / MiB);
      const sentence = `${words.work} needs more than ${limitMb} MB of memory and was stopped. ${words.advice}`;
      return this.error('OUT_OF_MEMORY', sentence, 'resource');
    }
    return this.error(
      'CRASHED',
      `${words.child} ended unexpectedly.`,
      typeof status === 'string' ? 'transient' : 'crash',
      { status: String(status), output: child.stderr.slice(-1000) },
    );
  }

  private failure(failure: JobFailure): ModuleError {
    if ('code' in failure) return new ModuleError(failure.code, failure.message, failure.failureClass, failure.details);
    const reason = failure.unforeseen.slice(0, 2000);
    return this.error('CRASHED', `${this.kind.words.child} failed in a way nobody foresaw.`, 'crash', { reason });
  }

  private closed(): ModuleError {
    return this.error('CLOSED', `${this.kind.words.child} is shutting down.`, 'transient');
  }

  private error(
    what: string,
    ...rest: [message: string, failureClass: FailureClass, details?: JsonObject]
  ): ModuleError {
    return new ModuleError(`${this.kind.code}_${what}`, ...rest);
  }
}

/** Whether a child keeps this process alive. */
function hold(child: ChildProcess, isHeld: boolean): void {
  const handles = [child, child.channel, child.stderr as unknown as { ref(): void; unref(): void } | null];
  for (const handle of handles) isHeld ? handle?.ref() : handle?.unref();
}
