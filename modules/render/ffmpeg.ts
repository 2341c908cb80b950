import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ModuleError } from '../errors.js';
import { RENDER_PACKAGES } from './debianPackages.mjs';

const FFMPEG_INSTALL_HINT = `Install it (Debian and Ubuntu: "apt-get install ${RENDER_PACKAGES.ffmpeg.join(' ')}"; elsewhere: ffmpeg.org) or set FFMPEG_PATH to its program file.`;

const LINES_REPORTED = 12;

/** Paths of ffmpeg and of ffprobe, which lies beside it: `FFMPEG_PATH` when set, else the first on `PATH`; null when there is none. */
export async function findFfmpeg(
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ ffmpeg: string; ffprobe: string } | null> {
  const candidates = env.FFMPEG_PATH
    ? [env.FFMPEG_PATH]
    : (env.PATH ?? '')
        .split(path.delimiter)
        .filter(Boolean)
        .map((dir) => path.join(dir, 'ffmpeg'));
  for (const ffmpeg of candidates) {
    const ffprobe = path.join(path.dirname(ffmpeg), path.basename(ffmpeg).replace('ffmpeg', 'ffprobe'));
    if ((await isProgram(ffmpeg)) && (await isProgram(ffprobe)))
      return { ffmpeg: path.resolve(ffmpeg), ffprobe: path.resolve(ffprobe) };
  }
  return null;
}

/** @throws {ModuleError} `FFMPEG_MISSING`, with how to install it; another worker may have it. */
export async function requireFfmpeg(env: NodeJS.ProcessEnv = process.env) {
  const found = await findFfmpeg(env);
  if (found) return found;
  const where = env.FFMPEG_PATH ? `there is none at FFMPEG_PATH (${env.FFMPEG_PATH})` : 'it is not installed';
  throw new ModuleError('FFMPEG_MISSING', `Films need ffmpeg, but ${where}. ${FFMPEG_INSTALL_HINT}`, 'transient');
}

/** Runs ffmpeg or ffprobe in `cwd`; ended at once when the signal aborts.
 * @returns what it printed.
 * @throws {ModuleError} `VIDEO_FAILED` with its last lines, `VIDEO_KILLED` (retried); the signal's reason when it aborts. */
export async function runFfmpeg(
  program: string,
  args: readonly string[],
  { cwd, signal, onLine }: { cwd: string; signal: AbortSignal; onLine?: (line: string) => void },
): Promise<string> {
  signal.throwIfAborted();
  const child = spawn(program, args, {
    cwd,
    env: { PATH: '/usr/bin:/bin', LANG: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = () => child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  const printed: string[] = [];
  const complaints: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (onLine) onLine(line);
    else printed.push(line);
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    complaints.push(line);
    if (complaints.length > LINES_REPORTED) complaints.shift();
  });
  const [status, killedBy] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (...end) => resolve(end));
  }).finally(() => signal.removeEventListener('abort', stop));
  signal.throwIfAborted();
  const details = { log: complaints };
  if (killedBy)
    throw new ModuleError('VIDEO_KILLED', `${path.basename(program)} was stopped from outside.`, 'transient', details);
  if (complaints.some((line) => line.includes('No space left on device')))
    throw new ModuleError('DISK_FULL', 'The disk is full.', 'resource', details);
  if (complaints.some((line) => line.includes('Cannot allocate memory')))
    throw new ModuleError('OUT_OF_MEMORY', `${path.basename(program)} ran out of memory.`, 'resource', details);
  if (status !== 0)
    throw new ModuleError('VIDEO_FAILED', `${path.basename(program)} ended with status ${status}.`, 'crash', details);
  return printed.join('\n');
}

const isProgram = (file: string) =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
