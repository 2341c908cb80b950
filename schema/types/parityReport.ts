import type { Prisma } from '../../generated/prisma/client.js';
import { words } from '../../runtime/parity/compareRoles.js';
import { shortOf } from '../../runtime/parity/judgement.js';
import {
  type COMPARISON_KINDS,
  type COMPARISON_VERDICTS,
  type Comparison,
  type FIGURE_VERDICTS,
  type Figure,
  ParityResults,
  type Sample,
} from '../../runtime/parity/results.js';
import { builder } from '../builder.js';
import { localId } from '../globalId.js';
import { sorting } from '../sorting.js';
import { ArtifactNode } from './artifact.js';
import { ParityStatusEnum } from './enums.js';

const view = { view: true };

const FigureVerdictEnum = builder.enumType('ParityFigureVerdict', {
  description: 'What a figure says.',
  values: {
    passed: { description: 'The same, or within its limit.' },
    differs: { description: 'Beyond its limit.' },
    warning: { description: 'Worth knowing, and no reason not to pass.' },
  } satisfies Record<(typeof FIGURE_VERDICTS)[number], object>,
});
const ComparisonVerdictEnum = builder.enumType('ParityComparisonVerdict', {
  description: 'What comparing two files says.',
  values: {
    passed: { description: 'The same within the thresholds.' },
    differs: { description: 'Something differs, or only one side has the file.' },
    incomparable: { description: 'A file cannot be read.' },
  } satisfies Record<(typeof COMPARISON_VERDICTS)[number], object>,
});
const ComparisonKindEnum = builder.enumType('ParityComparisonKind', {
  description: 'How two files were compared.',
  values: {
    picture: { description: 'As pictures: size, mode, pixels, structure, colour.' },
    film: { description: 'As films: frames, speed, size, and some frames as pictures.' },
    blend: { description: 'As .blend files: objects, materials, cameras.' },
    model: { description: 'As 3D models: parts, tree, bounding box, triangles, materials.' },
    data: { description: 'As data: boxes, material maps.' },
    duration: { description: 'How long both took; no file.' },
    missing: { description: 'Not at all: only one side has it.' },
  } satisfies Record<(typeof COMPARISON_KINDS)[number], object>,
});

const FigureObject = builder.objectRef<Figure>('ParityFigure').implement({
  description: 'One thing that was measured on both sides.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Stable name: `differentShare`, `ssim`, `box`, …' }),
    label: t.exposeString('label', { description: 'Name for people.' }),
    unit: t.exposeString('unit', { nullable: true, description: '`px`, `ms`, `share` (0 to 1); null: plain.' }),
    legacy: t.field({
      type: 'JSON',
      nullable: true,
      description: 'Number or text of the legacy side; null: it has none of its own.',
      resolve: ({ legacy }) => legacy,
    }),
    graph: t.field({
      type: 'JSON',
      nullable: true,
      description: 'Number or text of the workflow side; null: it has none of its own.',
      resolve: ({ graph }) => graph,
    }),
    difference: t.exposeFloat('difference', {
      nullable: true,
      description: 'How far apart they are, or how alike; null: that is no number.',
    }),
    limit: t.exposeFloat('limit', {
      nullable: true,
      description: 'The threshold; null: they must be equal. Of durations: the factor that is warned of.',
    }),
    isLeast: t.exposeBoolean('isLeast', {
      description: '`limit` is the least that `difference` must be, not the most.',
    }),
    verdict: t.expose('verdict', { type: FigureVerdictEnum, description: 'What it says.' }),
  }),
});

const SampleObject = builder.objectRef<Sample>('ParitySample').implement({
  description: 'Two pictures to look at side by side.',
  fields: (t) => ({
    label: t.exposeString('label', { description: 'What is shown: the picture, or which frame.' }),
    legacy: t.field({
      type: ArtifactNode,
      nullable: true,
      description: 'Of the legacy side.',
      resolve: ({ legacyArtifactId }, _args, ctx) => ctx.loaders.artifact(legacyArtifactId),
    }),
    graph: t.field({
      type: ArtifactNode,
      nullable: true,
      description: 'Of the workflow side.',
      resolve: ({ graphArtifactId }, _args, ctx) => ctx.loaders.artifact(graphArtifactId),
    }),
    difference: t.field({
      type: ArtifactNode,
      nullable: true,
      description: 'Transparent, with the different pixels marked; null: none differs.',
      resolve: ({ differenceArtifactId: id }, _args, ctx) => (id ? ctx.loaders.artifact(id) : null),
    }),
  }),
});

const ComparisonObject = builder.objectRef<Comparison>('ParityComparison').implement({
  description: 'Two files of one role, compared; or the durations of both runs.',
  fields: (t) => ({
    role: t.exposeString('role', { description: 'The artifact role, or `durations`.' }),
    label: t.string({ description: 'Its name for people.', resolve: ({ role }) => words(role) }),
    position: t.exposeInt('position', { description: 'Place among the files of its role, from 1.' }),
    kind: t.expose('kind', { type: ComparisonKindEnum, description: 'How it was compared.' }),
    verdict: t.expose('verdict', { type: ComparisonVerdictEnum, description: 'What it says.' }),
    isIdentical: t.exposeBoolean('isIdentical', {
      description: 'The same, byte by byte; only cameras are told apart then.',
    }),
    legacy: t.field({
      type: ArtifactNode,
      nullable: true,
      description: 'The file of the legacy side.',
      resolve: ({ legacyArtifactId: id }, _args, ctx) => (id ? ctx.loaders.artifact(id) : null),
    }),
    graph: t.field({
      type: ArtifactNode,
      nullable: true,
      description: 'The file of the workflow side.',
      resolve: ({ graphArtifactId: id }, _args, ctx) => (id ? ctx.loaders.artifact(id) : null),
    }),
    figures: t.field({ type: [FigureObject], description: 'What was measured.', resolve: ({ figures }) => figures }),
    samples: t.field({ type: [SampleObject], description: 'Pictures to look at.', resolve: ({ samples }) => samples }),
    reasons: t.exposeStringList('reasons', { description: 'Sentences for people: what differs.' }),
  }),
});

export const ParityReportNode = builder.prismaNode('ParityReport', {
  id: { field: 'id' },
  nullable: true,
  select: { id: true },
  authScopes: view,
  description: 'What the legacy pipeline and the workflow made of the same entry, compared role by role.',
  fields: (t) => ({
    status: t.expose('status', { type: ParityStatusEnum, description: 'Where it stands, and the verdict.' }),
    reasons: t.stringList({
      description: 'Sentences for people: why the verdict is what it is.',
      select: { reasons: true },
      resolve: ({ reasons }) => reasons as string[],
    }),
    comparisons: t.field({
      type: [ComparisonObject],
      description: 'By role, in the order of their weight; durations last. Empty until it is made.',
      complexity: 20,
      select: { results: true },
      resolve: ({ results }) => ParityResults.parse(results),
    }),
    policy: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The thresholds it was judged by; null: not yet.',
      select: { policy: true },
      resolve: ({ policy }) => policy,
    }),
    judgement: t.exposeInt('judgement', {
      nullable: true,
      description: 'What was looked at, as a number that rises with it; null: not judged yet.',
    }),
    notCounted: t.string({
      nullable: true,
      description:
        'Why it does not count towards `graph` although it passed: it looked at less than comparisons do now. Null: it may count.',
      select: { status: true, judgement: true },
      resolve: ({ status, judgement }) => (status === 'passed' ? shortOf(judgement) : null),
    }),
    outputType: t.relation('outputType', { description: 'What the runs produced.' }),
    legacyRun: t.relation('legacyRun', { description: 'The run it is measured by.' }),
    graphRun: t.relation('graphRun', { description: 'The run that is to be as good.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was first asked for.' }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the verdict was found.',
    }),
  }),
});

const ParityReportFilter = builder.inputType('ParityReportFilter', {
  description: 'Which reports; all conditions that are given must hold.',
  fields: (t) => ({
    outputTypeId: t.id({ description: 'Of this output type.' }),
    status: t.field({ type: [ParityStatusEnum], description: 'In any of these states.' }),
    runId: t.id({ description: 'With this run on either side.' }),
  }),
});

function where(filter: typeof ParityReportFilter.$inferInput | null | undefined): Prisma.ParityReportWhereInput {
  const { outputTypeId, status, runId } = filter ?? {};
  const run = runId ? localId('Run', runId) : null;
  return {
    outputTypeId: outputTypeId ? localId('OutputType', outputTypeId) : undefined,
    status: status ? { in: status } : undefined,
    OR: run === null ? undefined : [{ legacyRunId: run }, { graphRunId: run }],
  };
}

const REPORT_SORT = sorting(
  'ParityReport',
  {
    createdAt: 'When it was first asked for.',
    finishedAt: 'When the verdict was found; reports without one count as the latest.',
  },
  { by: 'createdAt', direction: 'desc' },
);

builder.queryFields((t) => ({
  parityReports: t.prismaConnection({
    type: ParityReportNode,
    cursor: 'id',
    authScopes: view,
    description: 'Comparisons of legacy and graph, newest first.',
    args: {
      filter: t.arg({ type: ParityReportFilter, description: 'Which ones; all when left out.' }),
      orderBy: t.arg(REPORT_SORT.arg),
    },
    totalCount: (_root, { filter }, ctx) => ctx.db.parityReport.count({ where: where(filter) }),
    resolve: (query, _root, { filter, orderBy }, ctx) =>
      ctx.db.parityReport.findMany({ ...query, where: where(filter), orderBy: REPORT_SORT.orderBy(orderBy) }),
  }),
  parityReport: t.prismaField({
    type: ParityReportNode,
    nullable: true,
    authScopes: view,
    description: 'One comparison, or null.',
    args: { id: t.arg.id({ required: true, description: 'Id of a parity report.' }) },
    resolve: (query, _root, { id }, ctx) =>
      ctx.db.parityReport.findUnique({ ...query, where: { id: localId('ParityReport', id) } }),
  }),
}));
