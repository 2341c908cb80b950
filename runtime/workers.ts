import type { PrismaClient, Worker } from '../generated/prisma/client.js';
import type { Capability } from '../modules/define.js';
import type { BlenderFacts } from '../modules/render/blenderFacts.js';

/** A worker that has not been heard of for this long counts as gone. */
export const WORKER_SILENCE_MS = 30_000;

export function isWorkerAlive(worker: Pick<Worker, 'heartbeatAt' | 'stoppedAt'>, now = Date.now()): boolean {
  return worker.stoppedAt === null && now - worker.heartbeatAt.getTime() < WORKER_SILENCE_MS;
}

/** As the worker reported it (worker/tools.ts). */
export function blenderOf({ tools }: Pick<Worker, 'tools'>): BlenderFacts | { problem: string } | null {
  return (tools as { blender?: BlenderFacts | { problem: string } }).blender ?? null;
}

/** What the workers that are alive can do together. */
export interface Workforce {
  capabilities: ReadonlySet<Capability>;
  /** Why none of those that should render can; null: one can, or has not looked yet. */
  blenderProblem: string | null;
}

export async function workforce(db: Pick<PrismaClient, 'worker'>): Promise<Workforce> {
  const heardOf = await db.worker.findMany({
    where: { stoppedAt: null, heartbeatAt: { gt: new Date(Date.now() - WORKER_SILENCE_MS) } },
  });
  const canDo = (worker: Worker) => worker.capabilities as Capability[];
  const problems = heardOf
    .filter((worker) => canDo(worker).includes('blender'))
    .map((worker) => {
      const blender = blenderOf(worker);
      return blender && 'problem' in blender ? blender.problem : null;
    });
  return {
    capabilities: new Set(heardOf.flatMap(canDo)),
    blenderProblem: problems.includes(null) ? null : (problems[0] ?? null),
  };
}
