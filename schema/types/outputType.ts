import type { Prisma } from '../../generated/prisma/client.js';
import type { Rollout, Visibility } from '../../generated/prisma/enums.js';
import type { Family } from '../../modules/define.js';
import { visibleOutputTypes } from '../../runtime/access/ownership.js';
import { formOf, graphOf } from '../../runtime/outputTypes/form.js';
import { OrderConstraints } from '../../runtime/outputTypes/profile.js';
import { NEWEST_VERSION } from '../../runtime/runs/entry.js';
import { effectiveParams } from '../../workflow/effectiveParams.js';
import type { RunSubject } from '../../workflow/families.js';
import { outputTypeOverrides } from '../../workflow/legacy/invocation.js';
import { builder } from '../builder.js';
import type { Context } from '../context.js';
import { localId } from '../globalId.js';
import { atMost, MOST } from '../listBounds.js';
import { NOT_FOR_PARTNERS, studioAsks } from '../partnerView.js';
import { sorting } from '../sorting.js';
import { containing, FilterText, TEXT_LIMIT } from '../textFilter.js';
import { EffectiveParamObject } from './effectiveParam.js';
import { FamilyEnum, RolloutEnum, RunSubjectEnum, VersionPolicyEnum, VisibilityEnum } from './enums.js';
import { familyWhere } from './family.js';

/** What the fields that look into the workflow need of the row. */
export const GRAPH = {
  versionPolicy: true,
  overrides: true,
  callerParams: true,
  artifactKind: true,
  legacySettings: true,
  workflow: { select: NEWEST_VERSION },
  pinnedVersion: true,
} as const;

export const OutputTypeNode = builder.prismaNode('OutputType', {
  id: { field: 'id' },
  nullable: true,
  select: { id: true },
  description: 'What is sold: the invocation profile of a workflow.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Stable key.' }),
    name: t.exposeString('name', { description: 'Name for people.' }),
    description: t.exposeString('description', { description: 'What the customer gets; may be empty.' }),
    visibility: t.expose('visibility', { type: VisibilityEnum, description: 'Who may see it.' }),
    sortOrder: t.exposeInt('sortOrder', { description: 'Smaller comes first.' }),
    family: t.expose('family', { type: FamilyEnum, description: 'Family of its workflow.' }),
    workflow: t.relation('workflow', {
      nullable: true,
      description: 'The workflow it runs; null: the legacy pipeline.',
    }),
    versionPolicy: t.expose('versionPolicy', {
      type: VersionPolicyEnum,
      description: 'Which version of the workflow it runs.',
    }),
    pinnedVersion: t.relation('pinnedVersion', {
      nullable: true,
      description: 'The version that is run where `versionPolicy` is `pinned`.',
    }),
    artifactKind: t.exposeString('artifactKind', {
      description: 'What the customer receives, for example `still_image`.',
    }),
    contract: t.field({
      type: 'JSON',
      description:
        'What a delivered file must be beside its kind: mediaTypes, minBytes, maxBytes, widthPx, heightPx, transparent, count.',
      select: { contract: true },
      resolve: (outputType) => outputType.contract,
    }),
    overrides: t.field({
      type: 'JSON',
      description: 'Param overrides by param name, for every node that has the param.',
      select: { overrides: true },
      resolve: (outputType) => outputType.overrides,
    }),
    callerParams: t.field({
      type: 'JSON',
      description:
        "Which params order lines may set, by param name, with bounds tighter than the module's own: minimum, maximum, minLength, maxLength, minItems, maxItems, enum, properties.",
      select: { callerParams: true },
      resolve: (outputType) => outputType.callerParams,
    }),
    inputSchema: t.field({
      type: 'JSON',
      description:
        "JSON Schema (draft 7) of an order line's `options`: everything that callers may set, and its bounds.",
      select: GRAPH,
      resolve: (outputType, _args, ctx) => formOf(ctx.platform, outputType).schema,
    }),
    inputUiSchema: t.field({
      type: 'JSON',
      description: 'JSONForms UI schema for `inputSchema`.',
      select: GRAPH,
      resolve: (outputType, _args, ctx) => formOf(ctx.platform, outputType).uiSchema,
    }),
    inputDefaults: t.field({
      type: 'JSON',
      description: 'What applies to each option when an order line does not set it.',
      select: GRAPH,
      resolve: (outputType, _args, ctx) => formOf(ctx.platform, outputType).defaults,
    }),
    effectiveParams: t.field({
      type: [EffectiveParamObject],
      description: 'Every param of every node as an order without options runs with it; empty without a workflow.',
      select: GRAPH,
      complexity: 5,
      resolve: (outputType, _args, ctx) => {
        const graph = graphOf(ctx.platform, outputType);
        const layers = { outputType: outputTypeOverrides(outputType) };
        return graph ? effectiveParams(graph, ctx.platform.definition, layers) : [];
      },
    }),
    constraints: t.field({
      type: 'JSON',
      description: 'What may be ordered: `materials`, the names of materials that order lines may ask for; empty: any.',
      select: { constraints: true },
      resolve: (outputType) => OrderConstraints.parse(outputType.constraints),
    }),
    legacySettings: t.field({
      type: 'JSON',
      description: 'Render settings of the old world, word for word.',
      select: { legacySettings: true },
      resolve: (outputType) => outputType.legacySettings,
    }),
    revision: t.exposeInt('revision', {
      description: 'Goes up with every change; updates name the one they are based on.',
    }),
    isArchived: t.boolean({
      description: 'Not offered any more; orders of the past keep it.',
      select: { archivedAt: true },
      resolve: (outputType) => outputType.archivedAt !== null,
    }),
    pricingTier: t.relation('pricingTier', { nullable: true, description: 'What one piece costs.' }),
    rollout: t.expose('rollout', { type: RolloutEnum, description: 'Which way it is produced.' }),
    categories: t.relation('categories', {
      description: `Product categories it is for, ${atMost('choices')}; none: all.`,
      query: { orderBy: [{ label: 'asc' }, { id: 'asc' }], take: MOST.choices },
    }),
  }),
});

interface Wanted {
  family?: Family | null;
  subject?: RunSubject | null;
  includeArchived?: boolean | null;
  text?: string | null;
  visibility?: Visibility[] | null;
  rollout?: Rollout[] | null;
  workflowId?: string | null;
  categoryId?: string | null;
}
/** Without `view`, only what is public and offered. */
function offered(
  { family, subject, includeArchived, text, visibility, rollout, workflowId, categoryId }: Wanted,
  { viewer }: Context,
): Prisma.OutputTypeWhereInput {
  studioAsks(viewer, { rollout, workflowId });
  const contains = containing(text);
  const chosen: Prisma.OutputTypeWhereInput = {
    family: familyWhere(family, subject),
    archivedAt: includeArchived ? undefined : null,
    OR: contains && [{ name: contains }, { key: contains }],
    visibility: visibility ? { in: visibility } : undefined,
    rollout: rollout ? { in: rollout } : undefined,
    workflowId: workflowId ? localId('Workflow', workflowId) : undefined,
    categories: categoryId ? { some: { id: localId('Category', categoryId) } } : undefined,
  };
  return { AND: [chosen, visibleOutputTypes(viewer)] };
}

const OUTPUT_TYPE_SORT = sorting(
  'OutputType',
  { sortOrder: 'As they are offered.', name: 'Name for people.', createdAt: 'When it was made.' },
  { by: 'sortOrder', direction: 'asc' },
);

builder.queryFields((t) => ({
  outputTypes: t.prismaConnection({
    authScopes: { $any: { view: true, order: true } },
    type: 'OutputType',
    cursor: 'id',
    description: 'Output types in the order they are offered.',
    args: {
      family: t.arg({ type: FamilyEnum, description: 'Only those of this family.' }),
      subject: t.arg({ type: RunSubjectEnum, description: 'Only those whose runs are about this.' }),
      visibility: t.arg({ type: [VisibilityEnum], description: 'That any of these may see.' }),
      rollout: t.arg({ type: [RolloutEnum], description: `Produced in any of these ways; ${NOT_FOR_PARTNERS}.` }),
      workflowId: t.arg.id({ description: `That run this workflow; ${NOT_FOR_PARTNERS}.` }),
      categoryId: t.arg.id({ description: 'For this product category, and not for all.' }),
      includeArchived: t.arg.boolean({ defaultValue: false, description: 'Archived ones too.' }),
      text: t.arg.string({ description: `In the name or the key, in any case; ${TEXT_LIMIT}.`, validate: FilterText }),
      orderBy: t.arg(OUTPUT_TYPE_SORT.arg),
    },
    totalCount: (_root, args, ctx) => ctx.db.outputType.count({ where: offered(args, ctx) }),
    resolve: (query, _root, { orderBy, ...args }, ctx) =>
      ctx.db.outputType.findMany({
        ...query,
        where: offered(args, ctx),
        orderBy: OUTPUT_TYPE_SORT.orderBy(orderBy),
      }),
  }),
  outputType: t.prismaField({
    authScopes: { $any: { view: true, order: true } },
    type: 'OutputType',
    nullable: true,
    description: 'One output type, or null.',
    args: { id: t.arg.id({ required: true, description: 'Id of an output type.' }) },
    resolve: (query, _root, { id }, ctx) =>
      ctx.db.outputType.findFirst({
        ...query,
        where: { ...visibleOutputTypes(ctx.viewer), id: localId('OutputType', id) },
      }),
  }),
}));
