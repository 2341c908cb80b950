import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** First pause before a crashed service is started again; doubles up to the last. */
const FIRST_PAUSE_MS = 500;
const LAST_PAUSE_MS = 30_000;
/** After this long without a crash the pauses begin anew. */
const STEADY_MS = 60_000;
/** Services get this long to stop by themselves; the worker lets its nodes end for 5 s. */
const STOP_MS = 12_000;
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;

export interface ServiceOptions {
  name: string;
  /** Arguments of Node.js, run in the project: entry file and its own. */
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Takes everything it prints; cut over at 10 MB. */
  logFile: string;
  say: (line: string) => void;
}

/** What a service sends when it can work. */
export interface Ready {
  type: 'ready';
  url?: string;
}

/** A child process that is started again when it ends without being asked to. */
export class Service {
  private child: ChildProcess | null = null;
  private isStopping = false;
  private pauseMs = FIRST_PAUSE_MS;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly options: ServiceOptions) {}

  /** Used from the next start on. */
  set env(env: NodeJS.ProcessEnv) {
    this.options.env = env;
  }

  /** Process id while it runs. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Starts it for the first time.
   * @returns its word that it is ready.
   * @throws Error with its last line when it ends before. */
  async start(): Promise<Ready> {
    await this.cutLog();
    return this.spawn();
  }

  /** Stops it and starts it again, for other code. */
  async restart(): Promise<Ready> {
    await this.stop();
    this.isStopping = false;
    return this.spawn();
  }

  /** Asks it to stop, and ends it with all its children when it does not. */
  async stop(): Promise<void> {
    this.isStopping = true;
    if (this.timer) clearTimeout(this.timer);
    const { child } = this;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const impatience = setTimeout(() => this.kill(), STOP_MS);
    await gone;
    clearTimeout(impatience);
  }

  /** Ends it and its process group at once. */
  kill(): void {
    this.isStopping = true;
    const pid = this.child?.pid;
    if (!pid || this.child?.exitCode !== null) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      this.child.kill('SIGKILL');
    }
  }

  private async spawn(): Promise<Ready> {
    const { args, env, logFile } = this.options;
    await mkdir(dirname(logFile), { recursive: true });
    const log = await open(logFile, 'a');
    const logStart = (await log.stat()).size;
    // A process group of its own: Ctrl-C in the terminal reaches the supervisor, which stops things in order.
    const child = spawn(process.execPath, args, {
      cwd: project,
      env,
      detached: true,
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
    });
    this.child = child;
    await log.close();
    const started = Date.now();
    return new Promise((resolve, reject) => {
      let isReady = false;
      child.on('message', (message: Ready) => {
        if (message.type !== 'ready') return;
        isReady = true;
        resolve(message);
      });
      child.once('error', reject);
      child.once('exit', async (code, signal) => {
        if (this.isStopping) return reject(new Error(`The ${this.options.name} was stopped.`));
        const words = await lastWords(logFile, logStart);
        if (!isReady) return reject(new Error(words || `The ${this.options.name} did not start (${signal ?? code}).`));
        if (Date.now() - started > STEADY_MS) this.pauseMs = FIRST_PAUSE_MS;
        this.spawnLater(`The ${this.options.name} stopped unexpectedly (${signal ?? `exit code ${code}`})`);
      });
    });
  }

  private spawnLater(why: string): void {
    const { name, logFile, say } = this.options;
    say(`${why}; starting it again in ${this.pauseMs / 1000} s. Its log: ${logFile}`);
    this.timer = setTimeout(() => {
      this.spawn().then(
        () => say(`The ${name} runs again.`),
        (error: Error) => !this.isStopping && this.spawnLater(`The ${name} did not start: ${error.message}`),
      );
    }, this.pauseMs);
    this.pauseMs = Math.min(this.pauseMs * 2, LAST_PAUSE_MS);
  }

  private async cutLog(): Promise<void> {
    const { logFile } = this.options;
    const size = await stat(logFile).then(
      (entry) => entry.size,
      () => 0,
    );
    if (size > LOG_LIMIT_BYTES) await rename(logFile, `${logFile}.1`);
  }
}

/** The last line a service printed for people: not one of its JSON log lines, not a line of a stack. */
async function lastWords(logFile: string, from: number): Promise<string> {
  const text = (await readFile(logFile)).subarray(from).toString();
  const lines = text.split('\n').filter((line) => /^[^\s{}]/.test(line));
  return lines.filter((line) => !/^Node\.js v/.test(line)).at(-1) ?? '';
}

/** Where a service of this name logs. */
export const logFileOf = (home: string, name: string) => join(home, 'logs', `${name}.log`);
