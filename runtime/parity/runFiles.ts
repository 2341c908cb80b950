import type { ArtifactRef } from '../../modules/artifacts.js';
import { LegacyStepRecord } from '../legacy/steps.js';
import type { Platform } from '../platform.js';
import { artifactsIn, type PortValues } from '../runs/nodeInputs.js';

/** How long a step took. */
interface StepTime {
  step: string;
  durationMs: number;
  /** Its result was there already, so its time says nothing. */
  isReused: boolean;
}

/** What is compared of a run. */
export interface ComparedRun {
  /** What its nodes yielded, in the order of the plan, each file once. */
  artifacts: ArtifactRef[];
  /** In the order they began. */
  steps: StepTime[];
  /** Null: it never began, or has not ended. */
  durationMs: number | null;
}

interface NodeRow {
  step: string;
  isCached: boolean;
  startedAt: Date | null;
  finishedAt: Date | null;
  outputs: PortValues | null;
}

/** Reads what a run yielded and how long it took. A legacy run is one node that keeps a record of its steps. */
export async function readComparedRun({ db }: Pick<Platform, 'db'>, runId: string): Promise<ComparedRun> {
  const run = await db.run.findUniqueOrThrow({
    where: { id: runId },
    select: {
      startedAt: true,
      finishedAt: true,
      nodeRuns: {
        where: { status: 'succeeded' },
        orderBy: { idx: 'asc' },
        select: { step: true, isCached: true, startedAt: true, finishedAt: true, outputs: true },
      },
    },
  });
  const nodes = run.nodeRuns as unknown as NodeRow[];
  const files = nodes.flatMap(({ outputs }) => artifactsIn(outputs ?? {}));
  return {
    artifacts: [...new Map(files.map((file) => [file.id, file])).values()],
    steps: nodes.flatMap(stepsOf).reduce(added, []),
    durationMs: between(run.startedAt, run.finishedAt),
  };
}

function stepsOf({ step, isCached, startedAt, finishedAt, outputs }: NodeRow): StepTime[] {
  const record = outputs?.steps;
  if (record && !Array.isArray(record) && 'data' in record) {
    const kept = LegacyStepRecord.array().safeParse(record.data);
    if (kept.success) return kept.data.map((one) => ({ ...one, isReused: one.isKept }));
  }
  return [{ step, durationMs: between(startedAt, finishedAt) ?? 0, isReused: isCached }];
}

/** Nodes of one step count as one, parts of a shared-out node as well. */
function added(steps: StepTime[], { step, durationMs, isReused }: StepTime): StepTime[] {
  const before = steps.find((other) => other.step === step);
  if (!before) return [...steps, { step, durationMs, isReused }];
  before.durationMs += durationMs;
  before.isReused ||= isReused;
  return steps;
}

const between = (from: Date | null, until: Date | null): number | null =>
  from && until ? until.getTime() - from.getTime() : null;
