import type { Prisma } from '../../generated/prisma/client.js';
import { visibleRuns } from '../../runtime/access/ownership.js';
import { builder } from '../builder.js';
import type { Context } from '../context.js';
import { localId } from '../globalId.js';
import { atMost, MOST } from '../listBounds.js';
import { NOT_FOR_PARTNERS, studioAsks } from '../partnerView.js';
import { runsAbout } from '../runSearch.js';
import { sorting } from '../sorting.js';
import { FilterText, TEXT_LIMIT } from '../textFilter.js';
import { ArtifactNode } from './artifact.js';
import { FamilyEnum, RunModeEnum, RunStatusEnum } from './enums.js';
import { FailureObject, type StoredFailure } from './failure.js';
import { RunEventObject } from './runEvent.js';

/** Most events that one field gives. */
const MAX_EVENTS = 2_000;

export const RunNode = builder.prismaNode('Run', {
  id: { field: 'id' },
  nullable: true,
  select: { id: true },
  description: 'One execution of a workflow.',
  fields: (t) => ({
    family: t.expose('family', { type: FamilyEnum, description: 'What it is about.' }),
    status: t.expose('status', { type: RunStatusEnum, description: 'Where it stands.' }),
    mode: t.expose('mode', { type: RunModeEnum, description: 'By which way it works.' }),
    graph: t.field({
      type: 'JSON',
      description: 'Exactly the graph it runs, whatever becomes of the workflow.',
      select: { plan: { select: { graph: true } } },
      resolve: ({ plan }) => plan.graph,
    }),
    workflow: t.relation('workflow', { nullable: true, description: 'The workflow it runs.' }),
    workflowVersion: t.relation('workflowVersion', {
      nullable: true,
      description: 'The version it runs; null: the draft.',
    }),
    cadFile: t.relation('cadFile', {
      nullable: true,
      description: 'The CAD file it is about, or that of the order line.',
    }),
    orderLine: t.relation('orderLine', {
      nullable: true,
      description: 'The order line it is about; null: it is about a CAD file.',
    }),
    rerunOf: t.relation('rerunOf', {
      nullable: true,
      description: 'The run of which it makes a node, and what depends on it, anew.',
    }),
    rerunFrom: t.exposeString('rerunFrom', {
      nullable: true,
      description: 'Id of that node in the graph; null: it is no such run.',
    }),
    title: t.string({
      description: 'Short text of what it is about.',
      select: {
        cadFile: { select: { name: true } },
        orderLine: { select: { product: { select: { name: true } }, outputType: { select: { name: true } } } },
        workflow: { select: { name: true } },
      },
      resolve: ({ cadFile, orderLine, workflow }) =>
        orderLine
          ? `${orderLine.product.name} · ${orderLine.outputType.name}`
          : (cadFile?.name ?? workflow?.name ?? 'Run'),
    }),
    failure: t.field({
      type: FailureObject,
      nullable: true,
      description: 'What ended it, where it failed.',
      select: { failure: true },
      resolve: ({ failure }) => failure as unknown as StoredFailure | null,
    }),
    progress: t.float({
      description: 'Share done, 0..1: the mean over its nodes.',
      select: { progress: { select: { share: true } } },
      resolve: ({ progress }) => progress?.share ?? 0,
    }),
    lastSeq: t.exposeInt('lastSeq', {
      description: 'Number of its newest event; `runEvents(after:)` goes on from it.',
    }),
    nodeRuns: t.relation('nodeRuns', {
      description: `Its nodes, in an order in which every node comes after those it needs; ${atMost('nodeRuns')}.`,
      complexity: { field: 1, multiplier: 12 },
      query: { orderBy: { idx: 'asc' }, take: MOST.nodeRuns },
    }),
    artifacts: t.field({
      type: [ArtifactNode],
      description: `Files it made or took from earlier runs, in the order of its nodes; ${atMost('files')}.`,
      resolve: async ({ id }, _args, ctx) => (await ctx.loaders.artifactsOfRun(id)).slice(0, MOST.files),
    }),
    assets: t.relation('assets', {
      description: `Files it delivered; ${atMost('files')}.`,
      query: { orderBy: [{ publishedAt: 'asc' }, { id: 'asc' }], take: MOST.files },
    }),
    events: t.field({
      type: [RunEventObject],
      description: 'What happened in it, oldest first.',
      complexity: ({ first }) => ({ field: 1, multiplier: Math.min(first, 50) }),
      args: {
        after: t.arg.int({ required: true, defaultValue: 0, description: 'Only events with a greater number.' }),
        first: t.arg.int({ required: true, defaultValue: 500, description: `At most ${MAX_EVENTS}.` }),
      },
      resolve: ({ id }, { after, first }, ctx) =>
        ctx.loaders.events({ runId: id, after, first: Math.min(Math.max(first, 0), MAX_EVENTS) }),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its first node began.',
    }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true, description: 'When it ended.' }),
  }),
});

const RunFilter = builder.inputType('RunFilter', {
  description: 'Which runs; all conditions that are given must hold.',
  fields: (t) => ({
    status: t.field({ type: [RunStatusEnum], description: 'In any of these states.' }),
    family: t.field({ type: FamilyEnum, description: 'Of this family.' }),
    workflowId: t.id({ description: `Of this workflow; ${NOT_FOR_PARTNERS}.` }),
    cadFileId: t.id({ description: `About this CAD file; ${NOT_FOR_PARTNERS}.` }),
    orderLineId: t.id({ description: 'About this order line.' }),
    orderId: t.id({ description: 'About a line of this order.' }),
    productId: t.id({ description: 'About this product.' }),
    outputTypeId: t.id({ description: 'Producing this output type.' }),
    mode: t.field({ type: [RunModeEnum], description: `By any of these ways; ${NOT_FOR_PARTNERS}.` }),
    text: t.string({
      description: `With this in the name of the product, output type or, ${NOT_FOR_PARTNERS}, CAD file, in any case; ${TEXT_LIMIT}.`,
      validate: FilterText,
    }),
    from: t.field({ type: 'DateTime', description: 'Asked for at this moment or later.' }),
    to: t.field({ type: 'DateTime', description: 'Asked for before this moment.' }),
  }),
});

const RUN_SORT = sorting(
  'Run',
  { createdAt: 'When it was asked for.', finishedAt: 'When it ended; runs that have not count as the latest.' },
  { by: 'createdAt', direction: 'desc' },
);

async function where(
  filter: typeof RunFilter.$inferInput | null | undefined,
  { db, viewer }: Context,
): Promise<Prisma.RunWhereInput> {
  const { status, family, mode, workflowId, cadFileId, orderLineId, text, from, to } = filter ?? {};
  const { orderId, productId, outputTypeId } = filter ?? {};
  studioAsks(viewer, { mode, workflowId, cadFileId });
  const line = {
    orderId: orderId ? localId('Order', orderId) : undefined,
    productId: productId ? localId('Product', productId) : undefined,
    outputTypeId: outputTypeId ? localId('OutputType', outputTypeId) : undefined,
  };
  const chosen = {
    status: status ? { in: status } : undefined,
    family: family ?? undefined,
    mode: mode ? { in: mode } : undefined,
    createdAt: from || to ? { gte: from ?? undefined, lt: to ?? undefined } : undefined,
    orderLine: orderId || productId || outputTypeId ? line : undefined,
    workflowId: workflowId ? localId('Workflow', workflowId) : undefined,
    cadFileId: cadFileId ? localId('CadFile', cadFileId) : undefined,
    orderLineId: orderLineId ? localId('OrderLine', orderLineId) : undefined,
  };
  return { AND: [chosen, await runsAbout(db, viewer, text), visibleRuns(viewer)] };
}

builder.queryFields((t) => ({
  runs: t.prismaConnection({
    authScopes: { $any: { view: true, order: true } },
    type: RunNode,
    cursor: 'id',
    description: 'Runs, newest first.',
    args: {
      filter: t.arg({ type: RunFilter, description: 'Which ones; all when left out.' }),
      orderBy: t.arg(RUN_SORT.arg),
    },
    totalCount: async (_root, { filter }, ctx) => ctx.db.run.count({ where: await where(filter, ctx) }),
    resolve: async (query, _root, { filter, orderBy }, ctx) =>
      ctx.db.run.findMany({ ...query, where: await where(filter, ctx), orderBy: RUN_SORT.orderBy(orderBy) }),
  }),
  run: t.prismaField({
    authScopes: { $any: { view: true, order: true } },
    type: RunNode,
    nullable: true,
    description: 'One run, or null.',
    args: { id: t.arg.id({ required: true, description: 'Id of a run.' }) },
    resolve: (query, _root, { id }, ctx) =>
      ctx.db.run.findFirst({ ...query, where: { ...visibleRuns(ctx.viewer), id: localId('Run', id) } }),
  }),
}));
