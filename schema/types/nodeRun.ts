import { withLegacyPipeline } from '../../runtime/legacy/plan.js';
import { boundInputs, type PortValues } from '../../runtime/runs/nodeInputs.js';
import { moduleOf, type PartOf } from '../../workflow/plan.js';
import { builder } from '../builder.js';
import { atMost, MOST } from '../listBounds.js';
import { CapabilityEnum, NodeRunStatusEnum } from './enums.js';
import { FailureObject, type StoredFailure } from './failure.js';
import { PortValueObject, portValues } from './portValue.js';
import { RunEventObject } from './runEvent.js';

/** Most log lines that one field gives. */
const MAX_LOG_LINES = 1_000;

const PartOfObject = builder.objectRef<PartOf>('PartOf').implement({
  description:
    'What a node run is a part of. Some nodes share their work out to parts, which run on as many workers as there are.',
  fields: (t) => ({
    nodeId: t.exposeString('nodeId', {
      description: 'Id of the node in the graph; its own node run gathers the parts.',
    }),
    label: t.exposeString('label', { description: 'What the part is, for people, for example `Frames 5–8`.' }),
    size: t.exposeInt('size', { description: "The part's share of the work, in units." }),
    unit: t.exposeString('unit', { description: 'What the units are, in the plural, for example `frames`.' }),
  }),
});

const NodeRunNode = builder.prismaNode('NodeRun', {
  // The key has two columns: `<run>:<position>`.
  id: { resolve: ({ runId, idx }) => `${runId}:${idx}` },
  nullable: true,
  findUnique: (id) => {
    const [runId, idx] = id.split(':');
    return { runId_idx: { runId: runId!, idx: Number(idx) } };
  },
  select: { runId: true, idx: true },
  description: 'One node of a run.',
  fields: (t) => ({
    nodeId: t.exposeString('nodeId', {
      description: 'Id of the node in the graph; of a part, `<node>/<number>`.',
    }),
    step: t.exposeString('step', { description: 'Its node definition; of a part, that of the whole node.' }),
    label: t.string({
      description: "The node's own label, else that of its definition; of a part, with what the part is.",
      select: { nodeId: true, step: true },
      resolve: async ({ runId, idx, nodeId, step }, _args, ctx) => {
        const planning = await ctx.loaders.planning(runId);
        const part = planning?.plan.nodes[idx]?.part;
        const own = planning?.graph.nodes.find((node) => node.id === (part?.nodeId ?? nodeId))?.ui?.label;
        const label = own || (withLegacyPipeline(ctx.platform.definition)(step)?.label ?? step);
        return part ? `${label} · ${part.label}` : label;
      },
    }),
    partOf: t.field({
      type: PartOfObject,
      nullable: true,
      description: 'Set where this is a part of a node: what it is a part of.',
      resolve: async ({ runId, idx }, _args, ctx) => (await ctx.loaders.planning(runId))?.plan.nodes[idx]?.part ?? null,
    }),
    moduleKey: t.exposeString('moduleKey', { description: 'The production module that runs.' }),
    capability: t.field({
      type: CapabilityEnum,
      description: 'What a worker must have to run it.',
      select: { capability: true },
      resolve: ({ capability }) => capability as 'cpu',
    }),
    status: t.expose('status', { type: NodeRunStatusEnum, description: 'Where it stands.' }),
    attempt: t.exposeInt('attempt', { description: 'Attempts begun.' }),
    maxAttempts: t.exposeInt('maxAttempts', { description: 'Attempts allowed.' }),
    progress: t.exposeFloat('progress', {
      description: 'Share done, 0..1, as the module reports it; without that of its parts.',
    }),
    message: t.exposeString('message', { nullable: true, description: 'What it is doing, in words.' }),
    isCached: t.exposeBoolean('isCached', { description: 'Its outputs were taken from an earlier run.' }),
    failure: t.field({
      type: FailureObject,
      nullable: true,
      description: 'Why it failed.',
      select: { failure: true },
      resolve: ({ failure }) => failure as unknown as StoredFailure | null,
    }),
    params: t.field({
      type: 'JSON',
      description: 'Effective params: defaults filled in, every override applied.',
      resolve: async ({ runId, idx }, _args, ctx) => (await ctx.loaders.planning(runId))?.plan.nodes[idx]?.params ?? {},
    }),
    inputs: t.field({
      type: [PortValueObject],
      description: 'What its input ports are bound to, as far as it is there already.',
      resolve: async ({ runId, idx }, _args, ctx) => {
        const [planning, outputs] = await Promise.all([ctx.loaders.planning(runId), ctx.loaders.outputs(runId)]);
        const node = planning?.plan.nodes[idx];
        const module = node && moduleOf(node, withLegacyPipeline(ctx.platform.definition));
        return module ? portValues(boundInputs(node, module, (position) => outputs.get(position), planning.entry)) : [];
      },
    }),
    outputs: t.field({
      type: [PortValueObject],
      description: 'What came out of its output ports; empty until it succeeds.',
      select: { outputs: true },
      resolve: ({ outputs }) => portValues((outputs ?? {}) as unknown as PortValues),
    }),
    readyAt: t.expose('readyAt', { type: 'DateTime', nullable: true, description: 'When it could first be taken.' }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the newest attempt began.',
    }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true, description: 'When it ended.' }),
    log: t.field({
      type: [RunEventObject],
      description: 'Its log lines, oldest first.',
      complexity: ({ first }) => ({ field: 1, multiplier: Math.min(first, 50) }),
      args: { first: t.arg.int({ required: true, defaultValue: 200, description: `At most ${MAX_LOG_LINES}.` }) },
      select: { nodeId: true },
      resolve: ({ runId, nodeId }, { first }, ctx) =>
        ctx.loaders.log({ runId, nodeId, first: Math.min(Math.max(first, 0), MAX_LOG_LINES) }),
    }),
  }),
});

builder.prismaObjectFields(NodeRunNode, (t) => ({
  parts: t.field({
    type: [NodeRunNode],
    description: `The parts its work was shared out to, in their order, ${atMost('nodeRuns')}; none for most nodes. It runs itself when all of them have succeeded, to gather what they made.`,
    resolve: async ({ runId, idx }, _args, ctx) => (await ctx.loaders.parts({ runId, idx })).slice(0, MOST.nodeRuns),
  }),
}));
