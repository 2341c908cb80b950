import type { PrismaClient, Worker } from '../generated/prisma/client.js';
import type { Capability } from '../modules/define.js';
import type { BlenderFacts } from '../modules/render/blenderFacts.js';

/** A worker that has not been heard of for so long is dead, five beats: others get what it held. */
export const DEAD_AFTER_MS = 15_000;
/** For so long the console, preflight and health still count on it: what it holds is safe, and a hiccup is nobody's news. */
export const WORKER_SILENCE_MS = 30_000;

/** For so long those that are gone are still listed: to look into what became of them the next morning. */
export const WORKER_GONE_MS = 24 * 60 * 60_000;

/** Whether a worker is dead, in SQL: unknown, stopped or silent. Silence says something only to who was in steady contact with the
 * database himself: who was cut off from it, as all are while it is away, cannot tell the dead from those who were cut off as well.
 * @param worker alias of the `worker` that is joined from the left.
 * @param isSteady the placeholder of whether that contact was steady (`Heartbeat.isSteady`). */
export const isDead = (worker: string, isSteady: `$${number}`): string =>
  `(${worker}.id IS NULL OR ${worker}.stopped_at IS NOT NULL
     OR (${isSteady} AND ${worker}.heartbeat_at < now() - make_interval(secs => ${DEAD_AFTER_MS / 1_000})))`;

export function isWorkerAlive(worker: Pick<Worker, 'heartbeatAt' | 'stoppedAt'>, now = Date.now()): boolean {
  return worker.stoppedAt === null && now - worker.heartbeatAt.getTime() < WORKER_SILENCE_MS;
}

/** As the worker reported it (worker/tools.ts). */
export function blenderOf({ tools }: Pick<Worker, 'tools'>): BlenderFacts | { problem: string } | null {
  return (tools as { blender?: BlenderFacts | { problem: string } }).blender ?? null;
}

/** Why the worker cannot make films, as it reported it; null: it can, does not render, or has not looked yet. */
export function ffmpegProblemOf({ tools }: Pick<Worker, 'tools'>): string | null {
  return (tools as { ffmpeg?: { problem: string } | null }).ffmpeg?.problem ?? null;
}

/** What the workers that are alive can do together. */
export interface Workforce {
  capabilities: ReadonlySet<Capability>;
  /** Why one of those that should render cannot, and whether any other can; null: all can, or have not looked yet. */
  blenderProblem: { of: 'all' | 'some'; problem: string } | null;
  /** Why one of those that render cannot join frames to a film; null: all can, or have not looked yet. Which of them gets the node is
   * not known before, so one that cannot is one too many. */
  ffmpegProblem: string | null;
  /** Which of those that render have a graphics card for Cycles, as far as they have looked. */
  graphicsCards: 'all' | 'some' | 'none';
}

const workersAlive = (db: Pick<PrismaClient, 'worker'>): Promise<Worker[]> =>
  db.worker.findMany({
    where: { stoppedAt: null, heartbeatAt: { gt: new Date(Date.now() - WORKER_SILENCE_MS) } },
  });

/** Those that are alive, and those that went in the last day, the latest started first.
 * @param most of all these, those heard of last. */
export async function listWorkers(db: Pick<PrismaClient, 'worker'>, most: number): Promise<Worker[]> {
  const heardOf = await db.worker.findMany({
    where: { heartbeatAt: { gt: new Date(Date.now() - WORKER_GONE_MS) } },
    orderBy: { heartbeatAt: 'desc' },
    take: most,
  });
  return heardOf.sort((one, other) => other.startedAt.getTime() - one.startedAt.getTime());
}

export const capabilitiesOf = ({ capabilities }: Pick<Worker, 'capabilities'>): Capability[] =>
  capabilities as Capability[];

/** How many workers that are alive take each kind of work. */
export async function workersByCapability(db: Pick<PrismaClient, 'worker'>): Promise<Map<Capability, number>> {
  const counts = new Map<Capability, number>();
  for (const capability of (await workersAlive(db)).flatMap(capabilitiesOf))
    counts.set(capability, (counts.get(capability) ?? 0) + 1);
  return counts;
}

export async function workforce(db: Pick<PrismaClient, 'worker'>): Promise<Workforce> {
  const heardOf = await workersAlive(db);
  const renderers = heardOf.filter((worker) => capabilitiesOf(worker).includes('blender'));
  const withoutFfmpeg = renderers.find((worker) => ffmpegProblemOf(worker) !== null);
  return {
    capabilities: new Set(heardOf.flatMap(capabilitiesOf)),
    blenderProblem: blenderProblemOf(renderers),
    ffmpegProblem: withoutFfmpeg ? `On ${withoutFfmpeg.host}: ${ffmpegProblemOf(withoutFfmpeg)}` : null,
    graphicsCards: graphicsCardsOf(renderers),
  };
}

function blenderProblemOf(renderers: readonly Worker[]): Workforce['blenderProblem'] {
  const problems = renderers.flatMap((worker) => {
    const blender = blenderOf(worker);
    return blender && 'problem' in blender ? [`On ${worker.host}: ${blender.problem}`] : [];
  });
  if (problems.length === 0) return null;
  return { of: problems.length === renderers.length ? 'all' : 'some', problem: problems[0]! };
}

function graphicsCardsOf(renderers: readonly Worker[]): Workforce['graphicsCards'] {
  const facts = renderers.map(blenderOf);
  const lacking = facts.filter((blender) => blender && 'gpuDevices' in blender && blender.gpuDevices.length === 0);
  if (lacking.length === 0) return 'all';
  return lacking.length === renderers.length ? 'none' : 'some';
}
