import { spawn } from 'node:child_process';
import { access, constants, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ModuleContext } from '../context.js';
import { ModuleError } from '../errors.js';
import type { JsonObject } from '../json.js';
import { type JobEvent, JobProgress, jobEvent, saysOutOfMemory } from './blenderLog.js';

export const BLENDER_INSTALL_HINT =
  'Install it (Debian and Ubuntu: "apt-get install blender python3-numpy"; elsewhere: blender.org) or set BLENDER_PATH to its program file.';

const LINES_KEPT = 200;
const LINES_REPORTED = 12;
const TERM_TO_KILL_MS = 1000;

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

/** What a Blender can do, for preflight and set-up.
 * @throws {ModuleError} `BLENDER_MISSING`, `BLENDER_NUMPY_MISSING`, `BLENDER_CRASHED` when it does not start. */
export async function blenderVersion(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const blender = await requireBlender(env);
  const script =
    'import bpy, importlib.util; print("HM-VERSION", bpy.app.version_string, importlib.util.find_spec("numpy") is not None)';
  const args = ['-b', '--factory-startup', '--disable-autoexec', '-noaudio', '--python-expr', script];
  const { lines } = await start(blender, args, { env: cleanEnvironment(tmpdir()), timeLimitMs: 30_000 });
  const [, version, hasNumpy] = lines.find((line) => line.startsWith('HM-VERSION'))?.split(' ') ?? [];
  if (!version)
    throw new ModuleError('BLENDER_CRASHED', `${blender} does not start.`, 'crash', { log: lines.slice(-5) });
  if (hasNumpy !== 'True') throw numpyMissing();
  return version;
}

export interface BlenderJob {
  /** File in modules/render/python. */
  script: string;
  /** What the script reads; written as JSON into the workdir. */
  job: JsonObject;
  /** Address space, which bounds memory; default 8 GiB. Blender needs about 1.5 GiB to start. */
  memoryLimitMb?: number;
  /** Default: none but the caller's signal. */
  timeLimitMs?: number;
  env?: NodeJS.ProcessEnv;
}

/** Runs a job script in a Blender of its own: own process group, clean environment, no standard input, killed on abort.
 * @returns the facts of the script's `done` line.
 * @throws {ModuleError} what the script failed with, or `BLENDER_MISSING`, `BLENDER_NUMPY_MISSING`, `OUT_OF_MEMORY`, `TIMEOUT`,
 * `BLENDER_KILLED`, `BLENDER_CRASHED`, with the last lines of its log; the signal's reason when it aborts. */
export async function runBlender(
  ctx: Pick<ModuleContext, 'workdir' | 'signal' | 'progress' | 'log'>,
  { script, job, memoryLimitMb = 8192, timeLimitMs, env = process.env }: BlenderJob,
): Promise<JsonObject> {
  const blender = await requireBlender(env);
  const home = path.join(ctx.workdir, 'blender-home');
  await mkdir(home, { recursive: true });
  const jobFile = path.join(ctx.workdir, 'job.json');
  await writeFile(jobFile, JSON.stringify(job));
  const scriptFile = fileURLToPath(new URL(`./python/${script}`, import.meta.url));
  // Blender works its arguments off in order: the exit code counts only before -P.
  const args = ['-b', '--factory-startup', '--disable-autoexec', '-noaudio', '--python-exit-code', '3'];
  args.push('-P', scriptFile, '--', jobFile);

  const progress = new JobProgress();
  const events: JobEvent[] = [];
  const end = await start(blender, args, {
    env: cleanEnvironment(home),
    memoryLimitMb,
    timeLimitMs,
    signal: ctx.signal,
    onLine(line) {
      const moved = progress.take(line);
      if (moved) ctx.progress(moved.fraction, moved.message);
      const event = jobEvent(line);
      if (event?.event === 'log') ctx.log(event.level, event.message);
      else if (event) events.push(event);
    },
  });
  const done = events.find((event) => event.event === 'done');
  if (end.status === 0 && done) return facts(done);
  throw causeOfFailure(end, events, { memoryLimitMb, timeLimitMs });
}

interface End {
  status: number | null;
  signal: NodeJS.Signals | null;
  isTimedOut: boolean;
  lines: string[];
}

interface StartOptions {
  env: NodeJS.ProcessEnv;
  memoryLimitMb?: number;
  timeLimitMs?: number;
  signal?: AbortSignal;
  onLine?: (line: string) => void;
}

function start(blender: string, args: string[], options: StartOptions): Promise<End> {
  const { signal, onLine, timeLimitMs, memoryLimitMb } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    // The shell is replaced by Blender at once; it is there only because Node cannot set limits.
    const limit = memoryLimitMb ? `ulimit -v ${Math.round(memoryLimitMb * 1024)} && ` : '';
    const child = spawn('/bin/sh', ['-c', `${limit}exec "$@"`, 'sh', blender, ...args], {
      env: options.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines: string[] = [];
    const take = (line: string) => {
      if (line.trim() === '') return;
      lines.push(line);
      if (lines.length > LINES_KEPT) lines.shift();
      onLine?.(line);
    };
    createInterface({ input: child.stdout }).on('line', take);
    createInterface({ input: child.stderr }).on('line', take);

    let isTimedOut = false;
    let killTimer: NodeJS.Timeout | undefined;
    const end = () => {
      signalGroup(child.pid, 'SIGTERM');
      killTimer ??= setTimeout(() => signalGroup(child.pid, 'SIGKILL'), TERM_TO_KILL_MS);
    };
    const timer =
      timeLimitMs === undefined
        ? undefined
        : setTimeout(() => {
            isTimedOut = true;
            end();
          }, timeLimitMs);
    signal?.addEventListener('abort', end, { once: true });
    const settle = (action: () => void) => {
      clearTimeout(timer);
      clearTimeout(killTimer);
      signal?.removeEventListener('abort', end);
      action();
    };
    child.once('error', (error) => settle(() => reject(error)));
    child.once('close', (status, killedBy) =>
      settle(() =>
        signal?.aborted ? reject(signal.reason) : resolve({ status, signal: killedBy, isTimedOut, lines }),
      ),
    );
  });
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

/** Blender takes its Python from PATH and reads many variables; it gets none of ours, and no secrets of the worker. */
function cleanEnvironment(home: string): NodeJS.ProcessEnv {
  return { PATH: '/usr/bin:/bin', HOME: home, TMPDIR: home, LANG: 'C.UTF-8' };
}

async function requireBlender(env: NodeJS.ProcessEnv): Promise<string> {
  const blender = await findBlender(env);
  if (blender) return blender;
  const where = env.BLENDER_PATH ? `there is no program at BLENDER_PATH (${env.BLENDER_PATH})` : 'it is not installed';
  throw new ModuleError('BLENDER_MISSING', `Rendering needs Blender, but ${where}. ${BLENDER_INSTALL_HINT}`, 'input');
}

const numpyMissing = () =>
  new ModuleError(
    'BLENDER_NUMPY_MISSING',
    'Blender cannot read 3D models because its Python lacks NumPy. Install it (Debian and Ubuntu: "apt-get install python3-numpy").',
    'input',
  );

/** Codes the job scripts fail with on purpose are faults of the data: a retry cannot help. */
function causeOfFailure(
  end: End,
  events: JobEvent[],
  limits: { memoryLimitMb: number; timeLimitMs?: number },
): ModuleError {
  const details = { log: end.lines.slice(-LINES_REPORTED) };
  const fail = events.find((event) => event.event === 'fail');
  if (fail) return new ModuleError(fail.code, fail.message, 'input', details);
  if (end.isTimedOut) {
    const seconds = Math.round((limits.timeLimitMs ?? 0) / 1000);
    return new ModuleError('TIMEOUT', `Blender took longer than ${seconds} s and was stopped.`, 'timeout', details);
  }
  if (saysOutOfMemory(end.lines))
    return new ModuleError(
      'OUT_OF_MEMORY',
      `Blender needed more than ${limits.memoryLimitMb} MB of memory. Render a smaller picture or a simpler model.`,
      'resource',
      details,
    );
  if (end.lines.some((line) => line.includes("No module named 'numpy'"))) return numpyMissing();
  if (end.signal === 'SIGKILL' || end.signal === 'SIGTERM')
    return new ModuleError(
      'BLENDER_KILLED',
      'Blender was stopped from outside, perhaps for lack of memory.',
      'transient',
      details,
    );
  const how = end.signal ? `with ${end.signal}` : end.status === 0 ? 'without a result' : `with status ${end.status}`;
  return new ModuleError('BLENDER_CRASHED', `Blender ended ${how} while it worked on the scene.`, 'crash', details);
}

function facts({ event: _event, ...rest }: JobEvent): JsonObject {
  return rest as JsonObject;
}
