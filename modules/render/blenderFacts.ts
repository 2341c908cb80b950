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
  /** Of the NumPy its Python has. */
  numpyVersion: z.string(),
  /** Built with OpenImageDenoise; without it grain is removed by a weaker filter. */
  hasOpenImageDenoise: z.boolean(),
  /** Devices Cycles can render on besides the processor. */
  gpuDevices: z.array(z.object({ type: z.string(), name: z.string() })),
});
export type BlenderFacts = z.output<typeof BlenderFacts>;

const known = new Map<string, Promise<BlenderFacts>>();

/** Asks Blender, once per process and program file.
 * @throws {ModuleError} `BLENDER_MISSING`; `BLENDER_NUMPY_MISSING`, as then it reads no 3D models; or what `runBlender` throws when it
 * does not start. */
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

/** Without a limit of address space, in which drivers of graphics cards do not start. */
async function ask(env: NodeJS.ProcessEnv): Promise<BlenderFacts> {
  const workdir = await mkdtemp(path.join(tmpdir(), 'hartomat-blender-'));
  try {
    const ctx = { workdir, signal: new AbortController().signal, progress: () => {}, log: () => {} };
    const job = { script: 'facts.py', job: {}, timeLimitMs: START_LIMIT_MS, memoryLimitMb: null, env };
    const facts = await runBlender(ctx, job);
    if (facts.numpyVersion === null) throw numpyMissing();
    return BlenderFacts.parse(facts);
  } finally {
    await rm(workdir, { recursive: true, force: true });
  }
}
