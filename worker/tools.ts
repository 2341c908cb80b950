import type pg from 'pg';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Capability } from '../modules/define.js';
import { DomainError } from '../modules/errors.js';
import { BlenderFacts, blenderFacts } from '../modules/render/blenderFacts.js';

/** What a worker says of the programs it works with. Nothing about those its capabilities do not need. */
export const WorkerTools = z.object({
  /** `problem`: why it cannot be used, in a sentence for people. */
  blender: z.union([BlenderFacts, z.object({ problem: z.string() })]).optional(),
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
  const tools: WorkerTools = { blender: await blenderFacts(env).catch(problemOf) };
  if (tools.blender && 'problem' in tools.blender) log.warn(tools.blender, 'this worker cannot render');
  else log.info(tools, 'Blender is ready');
  await pool.query('UPDATE worker SET tools = $2 WHERE id = $1', [worker.id, JSON.stringify(tools)]);
}

function problemOf(error: unknown): { problem: string } {
  if (error instanceof DomainError) return { problem: error.message };
  throw error;
}
