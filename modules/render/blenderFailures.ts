import { type FailureClass, ModuleError } from '../errors.js';
import type { JsonObject } from '../json.js';
import type { JobEvent } from './blenderLog.js';
import { OPENGL_PACKAGES, RENDER_PACKAGES } from './debianPackages.mjs';

export const BLENDER_INSTALL_HINT = `Install it (Debian and Ubuntu: "apt-get install ${RENDER_PACKAGES.blender.join(' ')}"; elsewhere: blender.org) or set BLENDER_PATH to its program file.`;

/** Every way Blender fails by itself, and its class, which decides on a retry. Other codes that a job script raises on purpose
 * (`JobError` in python/protocol.py) say that the data is at fault: they are `input`. */
export const BLENDER_FAILURES = {
  /** What this worker lacks another one may have. */
  BLENDER_MISSING: 'transient',
  BLENDER_NUMPY_MISSING: 'transient',
  /** Eevee and Workbench draw with it, also where there is no screen and no graphics card. */
  BLENDER_OPENGL_MISSING: 'transient',
  GPU_MISSING: 'transient',
  /** A file grew past the limit; a retry would end there too. */
  OUTPUT_TOO_LARGE: 'input',
  /** A file of the job was taken away while it ran. */
  FILE_MISSING: 'transient',
  /** SIGKILL, SIGTERM and their like: by the system when memory runs short, or by a person. */
  BLENDER_KILLED: 'transient',
  OUT_OF_MEMORY: 'resource',
  /** The graphics card or its driver; the processor can still do it (device.ts). */
  GPU_FAILED: 'resource',
  DISK_FULL: 'resource',
  TIMEOUT: 'timeout',
  BLENDER_SILENT: 'timeout',
  /** A script raised, a segmentation fault, or an end without a result. */
  BLENDER_CRASHED: 'crash',
} as const satisfies Record<string, FailureClass>;
export type BlenderFailure = keyof typeof BLENDER_FAILURES;

export function blenderError(code: BlenderFailure, message: string, details?: JsonObject): ModuleError {
  return new ModuleError(code, message, BLENDER_FAILURES[code], details);
}

const classOf = (code: string): FailureClass =>
  Object.hasOwn(BLENDER_FAILURES, code) ? BLENDER_FAILURES[code as BlenderFailure] : 'input';

/** How Blender ended. */
export interface BlenderEnd {
  status: number | null;
  signal: NodeJS.Signals | null;
  /** We ended it, and why. */
  stopped: 'timeout' | 'silent' | null;
  /** The last lines it wrote, without those of the protocol. */
  lines: string[];
}

export interface BlenderLimits {
  /** Address space, which bounds memory; null: no limit. Blender needs about 1.5 GiB to start. */
  memoryMb: number | null;
  /** The largest file it may write. */
  fileMb: number;
  timeMs: number;
  /** How long it may say nothing. */
  silenceMs: number;
}

const LINES_REPORTED = 12;
const FROM_OUTSIDE: readonly (NodeJS.Signals | null)[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'];

const DISK_FULL = /No space left on device|Disk quota exceeded/;
/** What Cycles prints of CUDA, OptiX, HIP, Metal and oneAPI alike, and of the calls it made. */
const GPU_COMPLAINT =
  /Cycles GPU rendering documentation|out of GPU (?:and shared host )?memory|\bin (?:cu|hip|optix)[A-Z]\w*\(|\b(?:CUDA|OptiX|HIP|oneAPI|Metal)\b.*\b(?:error|failed|not found)\b|Failed to (?:create|load|execute).*\b(?:CUDA|OptiX|HIP|oneAPI|Metal)\b/i;
/** What the library that looks for OpenGL says where it finds no EGL, and no driver behind it. */
const OPENGL_COMPLAINT = /Couldn't open libEGL|Couldn't find current GLX or EGL context|No OpenGL vendor detected/;
/** How a driver takes a process down with it. */
const CRASH_SIGNALS: readonly (NodeJS.Signals | null)[] = ['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE'];

/** What a job said of itself before it failed. */
export interface JobSaid {
  fail: (JobEvent & { event: 'fail' }) | null;
  /** Cycles rendered on a graphics card. */
  usesGpu: boolean;
}

/** Why a job failed. What the system lacked counts before what the script made of it: an importer that ran out of memory only
 * says that it could not read the file. */
export function causeOfFailure(end: BlenderEnd, { fail, usesGpu }: JobSaid, limits: BlenderLimits) {
  const details = { log: end.lines.slice(-LINES_REPORTED) };
  const says = (pattern: RegExp) => end.lines.some((line) => pattern.test(line));
  const seconds = (ms: number) => Math.round(ms / 1000);
  if (end.stopped === 'timeout')
    return blenderError('TIMEOUT', `Blender took longer than ${seconds(limits.timeMs)} s and was stopped.`, details);
  if (end.stopped === 'silent')
    return blenderError(
      'BLENDER_SILENT',
      `Blender gave no sign of life for ${seconds(limits.silenceMs)} s and was stopped.`,
      details,
    );
  const diedOfGpu = fail?.code === 'GPU_FAILED' || says(GPU_COMPLAINT) || CRASH_SIGNALS.includes(end.signal);
  if (usesGpu && diedOfGpu && !says(DISK_FULL))
    return blenderError('GPU_FAILED', fail?.message ?? 'The graphics card failed while it rendered.', details);
  if (
    says(/\b[MC]alloc(?:Array)? returns null|std::bad_alloc|MemoryError|out of (?:GPU )?memory|Cannot allocate memory/i)
  )
    return blenderError(
      'OUT_OF_MEMORY',
      `Blender needed more ${limits.memoryMb === null ? 'memory than there is' : `than ${limits.memoryMb} MB of memory`}. Render a smaller picture or a simpler model.`,
      details,
    );
  if (says(DISK_FULL)) return blenderError('DISK_FULL', 'The disk of the worker is full.', details);
  if (end.signal === 'SIGXFSZ' || says(/File too large/))
    return blenderError(
      'OUTPUT_TOO_LARGE',
      `Blender wrote a file of more than ${limits.fileMb} MB. Render a smaller picture or a simpler model.`,
      details,
    );
  if (says(/No module named 'numpy'/)) return numpyMissing();
  if (fail) return new ModuleError(fail.code, fail.message, classOf(fail.code), details);
  if (says(OPENGL_COMPLAINT))
    return blenderError(
      'BLENDER_OPENGL_MISSING',
      `Eevee and Workbench need an OpenGL driver, and Blender found none. Install one (Debian and Ubuntu: "apt-get install ${OPENGL_PACKAGES.join(' ')}") or render with Cycles.`,
      details,
    );
  if (says(/^FileNotFoundError:|^RuntimeError: Error: Cannot read file .*No such file/))
    return blenderError('FILE_MISSING', 'A file that Blender worked with disappeared.', details);
  if (FROM_OUTSIDE.includes(end.signal) && end.signal)
    return blenderError('BLENDER_KILLED', 'Blender was stopped from outside, perhaps for lack of memory.', details);
  const how = end.signal ? `with ${end.signal}` : end.status === 0 ? 'without a result' : `with status ${end.status}`;
  return blenderError('BLENDER_CRASHED', `Blender ended ${how} while it worked on the scene.`, details);
}

export const numpyMissing = () =>
  blenderError(
    'BLENDER_NUMPY_MISSING',
    'Blender cannot read 3D models because its Python lacks NumPy. Install it (Debian and Ubuntu: "apt-get install python3-numpy").',
  );
