import type { Worker } from '../../generated/prisma/client.js';
import type { BlenderFacts } from '../../modules/render/blenderFacts.js';
import {
  blenderOf,
  capabilitiesOf,
  ffmpegProblemOf,
  isWorkerAlive,
  listWorkers,
  WORKER_GONE_MS,
  WORKER_SILENCE_MS,
} from '../../runtime/workers.js';
import { builder } from '../builder.js';
import { atMost, MOST } from '../listBounds.js';
import { CapabilityEnum } from './enums.js';

const GpuDevice = builder.objectRef<BlenderFacts['gpuDevices'][number]>('GpuDevice').implement({
  description: 'A graphics card that Cycles can render on.',
  fields: (t) => ({
    type: t.exposeString('type', {
      description: 'How Cycles reaches it: `CUDA`, `OPTIX`, `HIP`, `METAL` or `ONEAPI`.',
    }),
    name: t.exposeString('name', { description: 'Name of the device.' }),
  }),
});

const BlenderInfo = builder.objectRef<BlenderFacts>('BlenderInfo').implement({
  description: 'What the Blender of a worker can do.',
  fields: (t) => ({
    version: t.exposeString('version', { description: 'Version of Blender.' }),
    numpyVersion: t.exposeString('numpyVersion', {
      nullable: true,
      description: 'Version of the NumPy its Python has; null: none, as only older workers say.',
    }),
    hasOpenImageDenoise: t.exposeBoolean('hasOpenImageDenoise', {
      description: 'Built with OpenImageDenoise; without it grain is removed by a weaker filter.',
    }),
    gpuDevices: t.field({
      type: [GpuDevice],
      description: 'Devices Cycles can render on besides the processor.',
      resolve: (facts) => facts.gpuDevices,
    }),
  }),
});

const WorkerInfo = builder.objectRef<Worker>('WorkerInfo').implement({
  description: 'A worker process.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the process; new with every start.' }),
    host: t.exposeString('host', { description: 'Machine it runs on.' }),
    pid: t.exposeInt('pid', { description: 'Process id there.' }),
    capabilities: t.field({
      type: [CapabilityEnum],
      description: 'What it takes.',
      resolve: capabilitiesOf,
    }),
    blender: t.field({
      type: BlenderInfo,
      nullable: true,
      description: 'What its Blender can do; null: it does not render, cannot, or has not looked yet.',
      resolve: (worker) => {
        const blender = blenderOf(worker);
        return blender && 'version' in blender ? blender : null;
      },
    }),
    blenderProblem: t.string({
      nullable: true,
      description: 'Why it cannot render although it should; null: no reason known.',
      resolve: (worker) => {
        const blender = blenderOf(worker);
        return blender && 'problem' in blender ? blender.problem : null;
      },
    }),
    ffmpegProblem: t.string({
      nullable: true,
      description: 'Why it cannot make films although it renders; null: no reason known.',
      resolve: ffmpegProblemOf,
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
    authScopes: { view: true },
    type: [WorkerInfo],
    description: `Workers that are alive or went in the last ${WORKER_GONE_MS / 3_600_000} hours, the latest started first; ${atMost('workers')}.`,
    resolve: (_root, _args, ctx) => listWorkers(ctx.db, MOST.workers),
  }),
);
