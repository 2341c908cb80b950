import type { Prisma } from '../../generated/prisma/client.js';
import type { Family } from '../../modules/define.js';
import type { JsonObject } from '../../modules/json.js';
import { affectedOutputTypes, PUBLISHABLE, sameGraph } from '../../runtime/workflows/publishing.js';
import { canonicalGraph, canonicalGraphJson } from '../../workflow/canonical.js';
import { diffGraphs } from '../../workflow/diff.js';
import type { RunSubject } from '../../workflow/families.js';
import { WorkflowGraph } from '../../workflow/graph.js';
import { isMixed, splitByFamily } from '../../workflow/splitByFamily.js';
import { openGraph } from '../../workflow/upgradeGraph.js';
import { parseGraph } from '../../workflow/validate.js';
import { builder } from '../builder.js';
import { localId } from '../globalId.js';
import { sorting } from '../sorting.js';
import { containing, FilterText, TEXT_LIMIT } from '../textFilter.js';
import { FamilyEnum, RunSubjectEnum } from './enums.js';
import { familyWhere } from './family.js';
import { FamilySplitObject } from './familySplit.js';
import { FindingObject, findingsOf } from './finding.js';
import { GraphDiffObject } from './graphDiff.js';
import { PublishPreviewObject } from './publishPreview.js';
import { WorkflowVersionNode } from './workflowVersion.js';

/** What publishing looks at. */
const PUBLISHABLE_SELECT = {
  versions: { ...PUBLISHABLE.versions },
  outputTypes: { ...PUBLISHABLE.outputTypes },
};
const newest = { orderBy: { number: 'desc' }, take: 1 } as const;

export const WorkflowNode = builder.prismaNode('Workflow', {
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
    draftUpgrade: t.field({
      type: GraphDiffObject,
      nullable: true,
      description:
        'How the stored draft differs from `draft` because its nodes were brought to the versions of the modules installed; null: it does not. Saving makes it so.',
      select: { draft: true },
      resolve: ({ draft }, _args, ctx) => {
        const stored = parseGraph(draft).graph;
        const { graph, isUpgraded } = openGraph(draft, ctx.platform.definition);
        return stored && graph && isUpgraded ? diffGraphs(stored, graph) : null;
      },
    }),
    exportFile: t.string({
      description: 'The draft as a file to keep or hand on: canonical JSON. Importing it gives the same bytes again.',
      select: { draft: true },
      resolve: ({ draft }) => canonicalGraphJson(WorkflowGraph.parse(draft)),
    }),
    isArchived: t.boolean({
      description: 'Put away: not offered, changed or run any more.',
      select: { archivedAt: true },
      resolve: ({ archivedAt }) => archivedAt !== null,
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
    publishPreview: t.field({
      type: PublishPreviewObject,
      nullable: true,
      description: 'What publishing the draft would change; null: it does not have the form of a graph.',
      select: { draft: true, ...PUBLISHABLE_SELECT },
      resolve: ({ draft, versions, outputTypes }, _args, ctx) => {
        const { graph } = openGraph(draft, ctx.platform.definition);
        if (!graph) return null;
        const [newest] = versions;
        const published = newest && openGraph(newest.graph, ctx.platform.definition).graph;
        return {
          diff: published ? diffGraphs(published, graph) : null,
          affected: affectedOutputTypes(ctx.platform, { versions, outputTypes }, graph),
        };
      },
    }),
    familySplit: t.field({
      type: FamilySplitObject,
      nullable: true,
      description: 'For a draft with nodes of several families: how to divide it. Null: all is well.',
      select: { draft: true },
      resolve: ({ draft }, _args, ctx) => {
        const { definition, nodeDefinitions } = ctx.platform;
        const { graph } = openGraph(draft, definition);
        return graph && isMixed(graph, definition) ? splitByFamily(graph, definition, nodeDefinitions) : null;
      },
    }),
    latestVersion: t.field({
      type: WorkflowVersionNode,
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

const WORKFLOW_SORT = sorting(
  'Workflow',
  { name: 'Name for people.', createdAt: 'When it was made.', updatedAt: 'When it or its draft last changed.' },
  { by: 'name', direction: 'asc' },
);

builder.queryFields((t) => ({
  workflows: t.prismaConnection({
    authScopes: { view: true },
    type: WorkflowNode,
    cursor: 'id',
    description: 'Workflows by name.',
    args: {
      family: t.arg({ type: FamilyEnum, description: 'Only those of this family.' }),
      subject: t.arg({ type: RunSubjectEnum, description: 'Only those whose runs are about this.' }),
      archived: t.arg.boolean({ defaultValue: false, description: 'Those in the archive instead.' }),
      text: t.arg.string({ description: `In the name or the key, in any case; ${TEXT_LIMIT}.`, validate: FilterText }),
      orderBy: t.arg(WORKFLOW_SORT.arg),
    },
    totalCount: (_root, args, ctx) => ctx.db.workflow.count({ where: listed(args) }),
    resolve: (query, _root, { orderBy, ...args }, ctx) =>
      ctx.db.workflow.findMany({ ...query, where: listed(args), orderBy: WORKFLOW_SORT.orderBy(orderBy) }),
  }),
  workflow: t.prismaField({
    authScopes: { view: true },
    type: WorkflowNode,
    nullable: true,
    description: 'One workflow, or null.',
    args: { id: t.arg.id({ required: true, description: 'Id of a workflow.' }) },
    resolve: (query, _root, { id }, ctx) =>
      ctx.db.workflow.findUnique({ ...query, where: { id: localId('Workflow', id) } }),
  }),
}));

interface Wanted {
  family?: Family | null;
  subject?: RunSubject | null;
  archived?: boolean | null;
  text?: string | null;
}
function listed({ family, subject, archived, text }: Wanted): Prisma.WorkflowWhereInput {
  const contains = containing(text);
  return {
    family: familyWhere(family, subject),
    archivedAt: archived ? { not: null } : null,
    OR: contains && [{ name: contains }, { key: contains }],
  };
}

builder.queryField('workflowDiff', (t) =>
  t.field({
    authScopes: { view: true },
    type: GraphDiffObject,
    nullable: true,
    description: 'What differs between two versions of a workflow; null where one is not there.',
    args: {
      workflowId: t.arg.id({ required: true, description: 'The workflow.' }),
      from: t.arg.int({ required: true, description: 'Number of the older version.' }),
      to: t.arg.int({ description: 'Number of the newer version; when left out, the draft.' }),
    },
    resolve: async (_root, args, ctx) => {
      const workflow = await ctx.db.workflow.findUnique({
        where: { id: localId('Workflow', args.workflowId) },
        select: {
          draft: true,
          versions: {
            where: { number: { in: [args.from, ...(args.to == null ? [] : [args.to])] } },
            select: { number: true, graph: true },
          },
        },
      });
      const graphOf = (number: number | null | undefined) => {
        const stored = number == null ? workflow?.draft : workflow?.versions.find((v) => v.number === number)?.graph;
        return stored === undefined ? undefined : parseGraph(stored).graph;
      };
      const [before, after] = [graphOf(args.from), graphOf(args.to)];
      return before && after ? diffGraphs(before, after) : null;
    },
  }),
);
