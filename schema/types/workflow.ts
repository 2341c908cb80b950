import { z } from 'zod';
import type { JsonObject } from '../../modules/json.js';
import { ConflictError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import { publishWorkflow, sameGraph, saveDraft } from '../../runtime/workflows.js';
import { canonicalGraph } from '../../workflow/canonical.js';
import type { Finding } from '../../workflow/finding.js';
import { openGraph } from '../../workflow/upgradeGraph.js';
import { validateGraph } from '../../workflow/validate.js';
import { builder } from '../builder.js';
import type { Context } from '../context.js';
import { localId, requireLocalId } from '../globalId.js';
import { FamilyEnum } from './enums.js';
import { FindingObject } from './finding.js';

function findingsOf(stored: unknown, { platform }: Context): Finding[] {
  const { graph, findings } = openGraph(stored, platform.definition);
  return graph ? [...findings, ...validateGraph(graph, platform.definition)] : findings;
}

const VersionNode = builder.prismaNode('WorkflowVersion', {
  id: { field: 'id' },
  nullable: true,
  select: { id: true },
  description: 'A published, immutable version of a workflow.',
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'From 1, without gaps.' }),
    graph: t.field({
      type: 'JSON',
      description: 'The canonical graph.',
      select: { graph: true },
      resolve: ({ graph }) => graph,
    }),
    note: t.exposeString('note', { description: 'What changed; may be empty.' }),
    publishedAt: t.expose('publishedAt', { type: 'DateTime', description: 'When it was published.' }),
    findings: t.field({
      type: [FindingObject],
      description:
        'What the modules installed now have to say about it: upgraded and dropped settings, and whether it can still run.',
      select: { graph: true },
      resolve: ({ graph }, _args, ctx) => findingsOf(graph, ctx),
    }),
  }),
});

const newest = { orderBy: { number: 'desc' }, take: 1 } as const;

const WorkflowNode = builder.prismaNode('Workflow', {
  id: { field: 'id' },
  nullable: true,
  select: { id: true },
  description: 'Which steps run, in what order: a graph of nodes with one editable draft and immutable versions.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Stable key.' }),
    name: t.exposeString('name', { description: 'Name for people.' }),
    description: t.exposeString('description', { description: 'What it is for; may be empty.' }),
    family: t.expose('family', { type: FamilyEnum, description: 'What its runs are about.' }),
    draft: t.field({
      type: 'JSON',
      description: 'The editable graph, its nodes brought to the versions of the modules installed.',
      select: { draft: true },
      resolve: ({ draft }, _args, ctx) => {
        const { graph, isUpgraded } = openGraph(draft, ctx.platform.definition);
        return graph && isUpgraded ? (canonicalGraph(graph) as unknown as JsonObject) : draft;
      },
    }),
    draftRevision: t.exposeInt('draftRevision', {
      description: 'Goes up with every saved draft; hand it back as `expectedRevision`.',
    }),
    hasUnpublishedChanges: t.boolean({
      description: 'The draft differs from the newest version, or there is none.',
      select: { draft: true, versions: { ...newest, select: { graph: true } } },
      resolve: ({ draft, versions: [version] }, _args, ctx) =>
        !version || !sameGraph(ctx.platform, draft, version.graph),
    }),
    findings: t.field({
      type: [FindingObject],
      description: 'What upgrading and validation have to say about the draft.',
      select: { draft: true },
      resolve: ({ draft }, _args, ctx) => findingsOf(draft, ctx),
    }),
    latestVersion: t.field({
      type: VersionNode,
      nullable: true,
      description: 'The newest version; null: never published.',
      select: (_args, _ctx, nestedSelection) => ({ versions: nestedSelection(newest) }),
      resolve: ({ versions }) => versions[0] ?? null,
    }),
    versions: t.relatedConnection('versions', {
      cursor: 'id',
      totalCount: true,
      description: 'Published versions, newest first.',
      query: { orderBy: { number: 'desc' } },
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it or its draft last changed.' }),
  }),
});

builder.queryFields((t) => ({
  workflows: t.prismaConnection({
    type: WorkflowNode,
    cursor: 'id',
    description: 'Workflows by name.',
    args: { family: t.arg({ type: FamilyEnum, description: 'Only those of this family.' }) },
    totalCount: (_root, { family }, ctx) => ctx.db.workflow.count({ where: { family: family ?? undefined } }),
    resolve: (query, _root, { family }, ctx) =>
      ctx.db.workflow.findMany({
        ...query,
        where: { family: family ?? undefined },
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
      }),
  }),
  workflow: t.prismaField({
    type: WorkflowNode,
    nullable: true,
    description: 'One workflow, or null.',
    args: { id: t.arg.id({ required: true, description: 'Id of a workflow.' }) },
    resolve: (query, _root, { id }, ctx) =>
      ctx.db.workflow.findUnique({ ...query, where: { id: localId('Workflow', id) } }),
  }),
}));

const SaveWorkflowDraftInput = builder.inputType('SaveWorkflowDraftInput', {
  description: 'A changed draft.',
  fields: (t) => ({
    workflowId: t.id({ required: true, description: 'The workflow.' }),
    graph: t.field({ type: 'JSON', required: true, description: 'The whole graph in its canonical form.' }),
    expectedRevision: t.int({
      required: true,
      description: 'The `draftRevision` the change was made to; another one is a conflict.',
    }),
  }),
});

const PublishWorkflowInput = builder.inputType('PublishWorkflowInput', {
  description: 'What to publish.',
  fields: (t) => ({
    workflowId: t.id({ required: true, description: 'The workflow.' }),
    expectedRevision: t.int({
      required: true,
      description: 'The `draftRevision` that is meant; another one is a conflict.',
    }),
    note: t.string({
      defaultValue: '',
      description: 'What changed.',
      validate: z.string().max(2_000, 'A note has at most 2,000 characters.').nullish(),
    }),
  }),
});

builder.mutationFields((t) => ({
  saveWorkflowDraft: t.prismaField({
    type: WorkflowNode,
    description: 'Saves the draft. A draft may have findings; a graph that is not even well-formed is refused.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: SaveWorkflowDraftInput, required: true, description: 'The changed draft.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const workflowId = requireLocalId('Workflow', input.workflowId);
      const { graph, expectedRevision } = input;
      await saveDraft(ctx.platform, { workflowId, graph: graph ?? null, expectedRevision });
      return ctx.db.workflow.findUniqueOrThrow({ ...query, where: { id: workflowId } });
    },
  }),
  publishWorkflow: t.prismaField({
    type: WorkflowNode,
    description: 'Makes the draft the newest version. Refused with findings while it has errors.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: PublishWorkflowInput, required: true, description: 'What to publish.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const workflowId = requireLocalId('Workflow', input.workflowId);
      const { expectedRevision, note } = input;
      await publishWorkflow(ctx.platform, { workflowId, expectedRevision, note: note ?? '' });
      return ctx.db.workflow.findUniqueOrThrow({ ...query, where: { id: workflowId } });
    },
  }),
}));
