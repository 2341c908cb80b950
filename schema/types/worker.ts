import type { Worker } from '../../generated/prisma/client.js';
import { builder } from '../builder.js';

/** A worker that has not been heard of for this long counts as gone. */
export const WORKER_SILENCE_MS = 30_000;

export function isWorkerAlive(worker: Pick<Worker, 'heartbeatAt' | 'stoppedAt'>, now = Date.now()): boolean {
  return worker.stoppedAt === null && now - worker.heartbeatAt.getTime() < WORKER_SILENCE_MS;
}

const WorkerInfo = builder.objectRef<Worker>('WorkerInfo').implement({
  description: 'A worker process.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the process; new with every start.' }),
    host: t.exposeString('host', { description: 'Machine it runs on.' }),
    pid: t.exposeInt('pid', { description: 'Process id there.' }),
    capabilities: t.field({
      type: 'JSON',
      description: 'What it can run: a list of `Capability` values.',
      resolve: (worker) => worker.capabilities,
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it started.' }),
    heartbeatAt: t.expose('heartbeatAt', { type: 'DateTime', description: 'Last sign of life.' }),
    isAlive: t.boolean({
      description: `Not stopped, and heard of in the last ${WORKER_SILENCE_MS / 1000} seconds.`,
      resolve: (worker) => isWorkerAlive(worker),
    }),
  }),
});

builder.queryField('workers', (t) =>
  t.field({
    type: [WorkerInfo],
    description: 'Workers, the latest started first, at most 100.',
    resolve: (_root, _args, ctx) => ctx.db.worker.findMany({ orderBy: { startedAt: 'desc' }, take: 100 }),
  }),
);
