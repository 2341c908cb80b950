import type pg from 'pg';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Capability } from '../modules/define.js';
import { DomainError } from '../modules/errors.js';
import { BlenderFacts, blenderFacts } from '../modules/render/blenderFacts.js';
import { requireFfmpeg } from '../modules/render/ffmpeg.js';

const LOOK_AGAIN_MS = 60_000;

/** Why a program cannot be used, in a sentence for people. */
const Problem = z.object({ problem: z.string() });

/** What a worker says of the programs it works with. Nothing about those its capabilities do not need. */
const WorkerTools = z.object({
  blender: z.union([BlenderFacts, Problem]).optional(),
  /** Null: it is there, and films can be joined. */
  ffmpeg: Problem.nullish(),
});
type WorkerTools = z.output<typeof WorkerTools>;

type Reporter = { id: string; capabilities: readonly Capability[] };

/** Asks the programs what they can do and enters it in the worker's row. Takes as long as they take to start, so nobody waits for it.
 * @returns what was entered; null: the worker needs none of them. */
export async function reportTools(
  pool: pg.Pool,
  worker: Reporter,
  env: NodeJS.ProcessEnv = process.env,
): Promise<WorkerTools | null> {
  if (!worker.capabilities.includes('blender')) return null;
  const [blender, ffmpeg] = await Promise.all([
    blenderFacts(env).catch(problemOf),
    requireFfmpeg(env).then(() => null, problemOf),
  ]);
  const tools: WorkerTools = { blender, ffmpeg };
  await pool.query('UPDATE worker SET tools = $2 WHERE id = $1', [worker.id, JSON.stringify(tools)]);
  return tools;
}

/** Reports the programs now, and again while one is missing: who installs it need not start the worker anew.
 * @returns stops it. */
export function watchTools(
  pool: pg.Pool,
  worker: Reporter,
  log: Logger,
  { env = process.env, everyMs = LOOK_AGAIN_MS }: { env?: NodeJS.ProcessEnv; everyMs?: number } = {},
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let said = '';
  const look = async () => {
    const tools = await reportTools(pool, worker, env).catch((err) => {
      log.warn({ err }, 'what this worker works with could not be told');
      return undefined;
    });
    if (tools === null || isStopped) return;
    if (tools && JSON.stringify(tools) !== said) tell(tools, log);
    said = tools ? JSON.stringify(tools) : said;
    if (!tools || hasProblem(tools)) timer = setTimeout(look, everyMs).unref();
  };
  void look();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

const hasProblem = ({ blender, ffmpeg }: WorkerTools) => Boolean(ffmpeg) || (blender && 'problem' in blender);

function tell({ blender, ffmpeg }: WorkerTools, log: Logger): void {
  if (blender && 'problem' in blender) log.warn(blender, 'this worker cannot render');
  else log.info({ blender }, 'Blender is ready');
  if (ffmpeg) log.warn(ffmpeg, 'this worker cannot make films');
}

function problemOf(error: unknown): { problem: string } {
  if (error instanceof DomainError) return { problem: error.message };
  throw error;
}
