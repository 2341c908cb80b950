import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { BLENDER_INSTALL_HINT, type BlenderEnd, type BlenderLimits, blenderError } from './blenderFailures.js';
import { isJobLine } from './blenderLog.js';

const LINES_KEPT = 200;
const LINE_CHARS = 16_384;
const TERM_TO_KILL_MS = 1000;
/** A process that left the group and holds our pipes open is not waited for. */
const PIPES_MS = 1000;

/** The path of Blender: `BLENDER_PATH` when set, else the first on `PATH`; null when there is none. */
export async function findBlender(env: NodeJS.ProcessEnv = process.env): Promise<string | null> {
  const candidates = env.BLENDER_PATH
    ? [env.BLENDER_PATH]
    : (env.PATH ?? '')
        .split(path.delimiter)
        .filter(Boolean)
        .map((dir) => path.join(dir, 'blender'));
  for (const candidate of candidates) {
    const isProgram = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isProgram) return path.resolve(candidate);
  }
  return null;
}

/** @throws {ModuleError} `BLENDER_MISSING` with how to install it. */
export async function requireBlender(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const blender = await findBlender(env);
  if (blender) return blender;
  const where = env.BLENDER_PATH ? `there is no program at BLENDER_PATH (${env.BLENDER_PATH})` : 'it is not installed';
  throw blenderError('BLENDER_MISSING', `Rendering needs Blender, but ${where}. ${BLENDER_INSTALL_HINT}`);
}

let networkless: Promise<string[] | null> | undefined;

/** The command that starts a program in a network namespace of its own, where it reaches nobody: as root, or as anybody
 * where the system allows user namespaces. Null where it does neither. */
export function withoutNetwork(): Promise<string[] | null> {
  networkless ??= (async () => {
    for (const command of [
      ['unshare', '--net', '--'],
      ['unshare', '--map-root-user', '--net', '--'],
    ]) {
      const [program, ...args] = command;
      const works = await promisify(execFile)(program!, [...args, 'true']).then(
        () => true,
        () => false,
      );
      if (works) return command;
    }
    return null;
  })();
  return networkless;
}

export interface BlenderStart {
  blender: string;
  /** After the arguments every Blender gets. */
  args: string[];
  /** A private directory: its home, and for its temporary files. */
  home: string;
  limits: Pick<BlenderLimits, 'memoryMb' | 'fileMb'>;
  /** Without it, Blender has no standard input. */
  hasInput?: boolean;
}

/** Starts Blender factory-clean, without auto-run scripts, in a clean environment without network, within limits. */
export async function startBlender({ blender, args, home, limits, hasInput }: BlenderStart): Promise<BlenderProcess> {
  // Blender works its arguments off in order: the exit code counts only before -P.
  const common = ['-b', '--factory-startup', '--disable-autoexec', '-noaudio', '--python-exit-code', '3'];
  const isolation = (await withoutNetwork()) ?? [];
  // The shell is replaced by Blender at once; it is there because Node cannot set limits. A core dump could fill the disk.
  const memory = limits.memoryMb === null ? '' : `ulimit -v ${limits.memoryMb * 1024} && `;
  const shell = `ulimit -c 0 && ulimit -f ${limits.fileMb * 2048} && ${memory}exec "$@"`;
  return new BlenderProcess(
    spawn('/bin/sh', ['-c', shell, 'sh', ...isolation, blender, ...common, ...args], {
      env: cleanEnvironment(home),
      detached: true,
      stdio: [hasInput ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    }),
  );
}

/** A Blender under way, in a process group of its own. */
export class BlenderProcess {
  /** Rejects only when nothing could be started at all. */
  readonly end: Promise<BlenderEnd>;
  onLine: (line: string) => void = () => {};
  private readonly lines: string[] = [];
  private stopped: BlenderEnd['stopped'] = null;
  private timers: NodeJS.Timeout[] = [];
  private silence: NodeJS.Timeout | undefined;
  private killTimer: NodeJS.Timeout | undefined;

  constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout!, child.stderr!]) readLines(stream, (line) => this.take(line));
    // A broken pipe says what the end says.
    child.stdin?.on('error', () => {});
    this.end = new Promise((resolve, reject) => {
      child.once('error', (error) => {
        this.settle();
        reject(error);
      });
      child.once('exit', () => {
        this.settle();
        // What it started must not outlive it.
        signalGroup(child.pid, 'SIGKILL');
        setTimeout(() => [child.stdout, child.stderr].map((stream) => stream?.destroy()), PIPES_MS).unref();
      });
      child.once('close', (status, signal) =>
        resolve({ status, signal, stopped: this.stopped, lines: [...this.lines] }),
      );
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Stops it when the time is up or when it says nothing for too long; until `relax`. */
  watch({ timeMs, silenceMs }: Pick<BlenderLimits, 'timeMs' | 'silenceMs'>): void {
    this.relax();
    this.silence = setTimeout(() => this.stop('silent'), silenceMs);
    this.timers = [this.silence, setTimeout(() => this.stop('timeout'), timeMs)];
  }

  relax(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers = [];
    this.silence = undefined;
  }

  /** Ends the group: asks, and kills after a second. Returns at once. */
  stop(why: BlenderEnd['stopped'] = null): void {
    this.stopped ??= why;
    signalGroup(this.child.pid, 'SIGTERM');
    this.killTimer ??= setTimeout(() => signalGroup(this.child.pid, 'SIGKILL'), TERM_TO_KILL_MS);
  }

  /** Writes a line to its standard input. */
  send(line: string): void {
    this.lines.length = 0;
    this.child.stdin!.write(`${line}\n`);
  }

  /** Whether it keeps this process alive. */
  hold(isHeld: boolean): void {
    const handles = [this.child, this.child.stdin, this.child.stdout, this.child.stderr];
    for (const handle of handles as ({ ref(): void; unref(): void } | null)[]) isHeld ? handle?.ref() : handle?.unref();
  }

  private take(line: string): void {
    this.silence?.refresh();
    if (!isJobLine(line)) this.lines.push(line);
    if (this.lines.length > LINES_KEPT) this.lines.shift();
    this.onLine(line);
  }

  private settle(): void {
    this.relax();
    clearTimeout(this.killTimer);
  }
}

/** Blender takes its Python from PATH and reads many variables; it gets none of ours, and no secrets of the worker.
 * The parent's id lets a job script notice that the worker died before it could ask to be told. */
function cleanEnvironment(home: string): NodeJS.ProcessEnv {
  return { PATH: '/usr/bin:/bin', HOME: home, TMPDIR: home, LANG: 'C.UTF-8', HARTOMAT_PARENT: String(process.pid) };
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // Already gone.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Lines as they come, blank ones left out; of an endless one, pieces. */
function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  const take = (line: string) => {
    if (line.trim() !== '') onLine(line);
  };
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop()!;
    for (const line of lines) take(line.slice(0, LINE_CHARS));
    if (rest.length > LINE_CHARS) {
      take(rest);
      rest = '';
    }
  });
  stream.on('end', () => take(rest));
}
