import type pg from 'pg';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Capability } from '../modules/define.js';
import { DomainError } from '../modules/errors.js';
import { BlenderFacts, blenderFacts } from '../modules/render/blenderFacts.js';
import { requireFfmpeg } from '../modules/render/ffmpeg.js';

/** Why a program cannot be used, in a sentence for people. */
const Problem = z.object({ problem: z.string() });

/** What a worker says of the programs it works with. Nothing about those its capabilities do not need. */
export const WorkerTools = z.object({
  blender: z.union([BlenderFacts, Problem]).optional(),
  /** Null: it is there, and films can be joined. */
  ffmpeg: Problem.nullish(),
});
export type WorkerTools = z.output<typeof WorkerTools>;

/** Asks the programs what they can do and enters it in the worker's row. Takes as long as they take to start, so nobody waits for it. */
export async function reportTools(
  pool: pg.Pool,
  worker: { id: string; capabilities: readonly Capability[] },
  log: Logger,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  if (!worker.capabilities.includes('blender')) return;
  const [blender, ffmpeg] = await Promise.all([
    blenderFacts(env).catch(problemOf),
    requireFfmpeg(env).then(() => null, problemOf),
  ]);
  const tools: WorkerTools = { blender, ffmpeg };
  if ('problem' in blender) log.warn(blender, 'this worker cannot render');
  else log.info({ blender }, 'Blender is ready');
  if (ffmpeg) log.warn(ffmpeg, 'this worker cannot make films');
  await pool.query('UPDATE worker SET tools = $2 WHERE id = $1', [worker.id, JSON.stringify(tools)]);
}

function problemOf(error: unknown): { problem: string } {
  if (error instanceof DomainError) return { problem: error.message };
  throw error;
}
