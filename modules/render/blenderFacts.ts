import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { runBlender } from './blender.js';
import { numpyMissing } from './blenderFailures.js';
import { requireBlender } from './blenderProcess.js';

const START_LIMIT_MS = 30_000;

/** What the Blender of this machine can do. */
export const BlenderFacts = z.object({
  version: z.string(),
  /** Of the NumPy its Python has; null: none, and 3D models cannot be read. */
  numpyVersion: z.string().nullable(),
  /** Built with OpenImageDenoise; without it grain is removed by a weaker filter. */
  hasOpenImageDenoise: z.boolean(),
  /** Devices Cycles can render on besides the processor. */
  gpuDevices: z.array(z.object({ type: z.string(), name: z.string() })),
});
export type BlenderFacts = z.output<typeof BlenderFacts>;

const known = new Map<string, Promise<BlenderFacts>>();

/** Asks Blender, once per process and program file.
 * @throws {ModuleError} `BLENDER_MISSING`, or what `runBlender` throws when it does not start. */
export async function blenderFacts(env: NodeJS.ProcessEnv = process.env): Promise<BlenderFacts> {
  const blender = await requireBlender(env);
  let facts = known.get(blender);
  if (!facts) {
    facts = ask(env);
    known.set(blender, facts);
    // What fails may be mended while this process runs.
    facts.catch(() => known.delete(blender));
  }
  return facts;
}

/** The version of a Blender that can do its work, for set-up and preflight.
 * @throws {ModuleError} what `blenderFacts` throws; `BLENDER_NUMPY_MISSING`. */
export async function blenderVersion(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const { version, numpyVersion } = await blenderFacts(env);
  if (numpyVersion === null) throw numpyMissing();
  return version;
}

/** Without a limit of address space, in which drivers of graphics cards do not start. */
async function ask(env: NodeJS.ProcessEnv): Promise<BlenderFacts> {
  const workdir = await mkdtemp(path.join(tmpdir(), 'hartomat-blender-'));
  try {
    const ctx = { workdir, signal: new AbortController().signal, progress: () => {}, log: () => {} };
    return BlenderFacts.parse(
      await runBlender(ctx, { script: 'facts.py', job: {}, timeLimitMs: START_LIMIT_MS, memoryLimitMb: null, env }),
    );
  } finally {
    await rm(workdir, { recursive: true, force: true });
  }
}
