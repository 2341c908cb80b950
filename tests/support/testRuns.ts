import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect } from 'vitest';
import type { NodeRunStatus } from '../../generated/prisma/enums.js';
import type { RunEvent } from '../../runtime/events.js';
import { importCadFile } from '../../runtime/library/cadFiles.js';
import type { Platform } from '../../runtime/platform.js';
import { dispatch } from '../../runtime/runs/dispatch.js';
import { RunStarter } from '../../runtime/runs/startRun.js';
import { RUN_MS } from './patience.js';
import type { testGraph } from './testModules.js';

/** Publishes a graph of test nodes and dispatches it over a made-up CAD file. */
export async function startTestRun(
  platform: Platform,
  graph: ReturnType<typeof testGraph>,
  idempotencyKey?: string,
): Promise<string> {
  const key = randomBytes(6).toString('hex');
  const workflow = await platform.db.workflow.create({
    data: {
      key,
      name: key,
      family: 'cad_file',
      draft: graph as never,
      versions: { create: { number: 1, graph: graph as never } },
    },
  });
  const cadFile = await testCadFile(platform);
  const { runId } = await dispatch(platform, { cadFileId: cadFile.id, workflowId: workflow.id, idempotencyKey });
  return runId;
}

/** A run starter whose process dies between commit and enqueue. */
export function withoutQueue(platform: Platform): RunStarter {
  return new RunStarter({ ...platform, queues: { enqueue: async () => {} } as unknown as Platform['queues'] });
}

export const testCadFile = (platform: Platform) =>
  importCadFile(platform, {
    name: 'part.step',
    content: Readable.from([Buffer.from('ISO-10303-21;\nEND-ISO-10303-21;\n')]),
  });

/** Everything that happened in the run, once it has ended. */
export async function historyOf(platform: Platform, runId: string): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of platform.events.run(runId, 0, AbortSignal.timeout(RUN_MS))) events.push(event);
  return events;
}

/** Resolves when a node is as given. */
export const nodeReaches = (
  platform: Platform,
  runId: string,
  nodeId: string,
  state: { status: NodeRunStatus; attempt?: number },
) => expect.poll(() => platform.db.nodeRun.findFirst({ where: { runId, nodeId } })).toMatchObject(state);

/** The status of a run, once it has ended. */
export const endOf = (platform: Platform, runId: string) => platform.events.ended(runId, AbortSignal.timeout(RUN_MS));

/** Status of every node, by node id, and of the run. */
export async function outcomeOf(platform: Platform, runId: string) {
  await endOf(platform, runId);
  const run = await platform.db.run.findUniqueOrThrow({
    where: { id: runId },
    include: { nodeRuns: { orderBy: { idx: 'asc' } } },
  });
  return {
    run,
    nodes: Object.fromEntries(run.nodeRuns.map((node) => [node.nodeId, node.status])),
    node: Object.fromEntries(run.nodeRuns.map((node) => [node.nodeId, node])),
  };
}
