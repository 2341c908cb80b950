import { toJsonSchema } from '../../modules/define.js';
import { ArtifactContract } from '../../modules/shapes/artifactContract.js';
import type { FieldIssue } from '../../runtime/errors.js';
import {
  type CheckedProfile,
  checkProfile,
  OUTPUT_TYPE_STEPS,
  type OutputTypeStep,
  stepOf,
} from '../../runtime/outputTypes/profile.js';
import type { CallerForm } from '../../workflow/callerParams.js';
import type { Deliverable } from '../../workflow/deliverables.js';
import { deliverables } from '../../workflow/deliverables.js';
import { effectiveParams } from '../../workflow/effectiveParams.js';
import { legacyDeliverables, outputTypeOverrides } from '../../workflow/legacy/invocation.js';
import { nodeForm } from '../../workflow/nodeForm.js';
import { profileForm } from '../../workflow/profileForm.js';
import { openGraph } from '../../workflow/upgradeGraph.js';
import { builder } from '../builder.js';
import { atMost, MOST } from '../listBounds.js';
import { EffectiveParamObject } from './effectiveParam.js';
import { FieldIssueObject } from './errors.js';
import { OutputTypeInput, profileFrom } from './outputTypeInput.js';

const STEPS: Record<OutputTypeStep, string> = {
  family: 'What its runs are about.',
  workflow: 'Which workflow it runs, in which version.',
  artifact: 'What the customer receives, and what the file must be.',
  overrides: 'What it sets, and what callers may set.',
  terms: 'Name, visibility, price, categories and materials.',
};

const StepEnum = builder.enumType('OutputTypeStep', {
  description: 'The five steps of making an output type, in order.',
  values: Object.fromEntries(OUTPUT_TYPE_STEPS.map((value) => [value, { value, description: STEPS[value] }])) as {
    [K in OutputTypeStep]: { value: K; description: string };
  },
});

const ArtifactKindChoice = builder.objectRef<Deliverable>('ArtifactKindChoice').implement({
  description: 'A kind of file that the workflow can deliver.',
  fields: (t) => ({
    kind: t.exposeString('kind', { description: 'For `artifactKind`.' }),
    mediaTypes: t.exposeStringList('mediaTypes', {
      description: 'What it comes in with the overrides as they are; for `contract.mediaTypes`.',
    }),
    isSet: t.exposeBoolean('isSet', { description: 'Whether one delivery may be several files.' }),
  }),
});

export const ParamForm = builder
  .objectRef<Pick<CallerForm, 'schema' | 'uiSchema' | 'defaults'>>('ParamForm')
  .implement({
    description: 'A form over params, drawn from a schema.',
    fields: (t) => ({
      schema: t.field({ type: 'JSON', description: 'JSON Schema (draft 7).', resolve: ({ schema }) => schema }),
      uiSchema: t.field({ type: 'JSON', description: 'JSONForms UI schema.', resolve: ({ uiSchema }) => uiSchema }),
      defaults: t.field({
        type: 'JSON',
        description: 'What applies where nothing is set.',
        resolve: ({ defaults }) => defaults,
      }),
    }),
  });

export const DraftObject = builder.objectRef<CheckedProfile>('OutputTypeDraft').implement({
  description: 'An output type in the making: what is wrong with each step, and what each next step offers.',
  fields: (t) => ({
    isComplete: t.boolean({
      description: 'Whether `createOutputType` would take it.',
      resolve: ({ issues }) => issues.length === 0,
    }),
    issues: t.field({
      type: [FieldIssueObject],
      description: 'What does not fit, in the order of the steps.',
      args: { step: t.arg({ type: StepEnum, description: 'Only that of one step.' }) },
      resolve: ({ issues }, { step }): FieldIssue[] => issues.filter(({ path }) => !step || stepOf(path) === step),
    }),
    workflows: t.prismaField({
      type: ['Workflow'],
      description: 'Workflows of the family that can deliver something; for the step `workflow`.',
      complexity: ({ ...args }) => ({ field: 10 + Object.keys(args).length, multiplier: 10 }),
      resolve: async (query, { profile }, _args, { db, platform }) => {
        if (!profile.family) return [];
        const published = await db.workflow.findMany({
          where: { family: profile.family, archivedAt: null, versions: { some: {} } },
          select: { id: true, versions: { orderBy: { number: 'desc' }, take: 1, select: { graph: true } } },
        });
        const able = published.filter(({ versions: [newest] }) => {
          const { graph } = openGraph(newest!.graph, platform.definition);
          return graph !== undefined && deliverables(graph, platform.definition).length > 0;
        });
        return db.workflow.findMany({
          ...query,
          where: { id: { in: able.map(({ id }) => id) } },
          orderBy: [{ name: 'asc' }, { id: 'asc' }],
        });
      },
    }),
    versionNumber: t.int({
      nullable: true,
      description: 'Number of the version it would run; null: none.',
      resolve: ({ version }) => version?.number ?? null,
    }),
    artifactKinds: t.field({
      type: [ArtifactKindChoice],
      description: 'What the workflow, or without one the legacy pipeline, can deliver; for the step `artifact`.',
      resolve: ({ profile, deliverables }) => (profile.workflowId ? deliverables : legacyDeliverables()),
    }),
    contractSchema: t.field({
      type: 'JSON',
      description: 'JSON Schema (draft 7) of `contract`.',
      resolve: () => toJsonSchema(ArtifactContract),
    }),
    overridable: t.field({
      type: ParamForm,
      nullable: true,
      description:
        'Every param that may be overridden, grouped by the nodes that take it, with what workflow and legacy settings make of it; for the step `overrides`.',
      resolve: ({ graph, profile }, _args, { platform }) => {
        if (!graph) return null;
        const { artifactKind = '', legacySettings = {} } = profile;
        const overrides = outputTypeOverrides({ artifactKind, legacySettings, overrides: {} });
        return profileForm(graph, platform.definition, overrides);
      },
    }),
    nodeOverridable: t.field({
      type: ParamForm,
      nullable: true,
      description:
        'Params that several nodes take, for one node alone: names are `<node>.<param>`, grouped by node; for the step `overrides`.',
      resolve: ({ graph, overrides }, _args, { platform }) => graph && nodeForm(graph, platform.definition, overrides),
    }),
    callerForm: t.field({
      type: ParamForm,
      nullable: true,
      description: 'What callers would get to see.',
      resolve: (draft) => draft.callerForm,
    }),
    effectiveParams: t.field({
      type: [EffectiveParamObject],
      description: 'Every param of every node as an order without options would run with it.',
      complexity: 5,
      resolve: ({ graph, overrides }, _args, { platform }) =>
        graph ? effectiveParams(graph, platform.definition, { outputType: overrides }) : [],
    }),
    pricingTiers: t.prismaField({
      type: ['PricingTier'],
      description: `Prices to choose from, ${atMost('choices')}; for the step \`terms\`.`,
      resolve: (query, _draft, _args, { db }) =>
        db.pricingTier.findMany({
          ...query,
          where: { archivedAt: null },
          orderBy: [{ label: 'asc' }, { id: 'asc' }],
          take: MOST.choices,
        }),
    }),
    categories: t.prismaField({
      type: ['Category'],
      description: `Categories to choose from, ${atMost('choices')}; for the step \`terms\`.`,
      resolve: (query, _draft, _args, { db }) =>
        db.category.findMany({
          ...query,
          where: { archivedAt: null },
          orderBy: [{ label: 'asc' }, { id: 'asc' }],
          take: MOST.choices,
        }),
    }),
    materials: t.prismaField({
      type: ['Material'],
      description: `Materials to choose from, ${atMost('choices')}; for the step \`terms\`.`,
      resolve: (query, _draft, _args, { db }) =>
        db.material.findMany({
          ...query,
          where: { archivedAt: null },
          orderBy: [{ label: 'asc' }, { id: 'asc' }],
          take: MOST.choices,
        }),
    }),
  }),
});

builder.queryField('outputTypeDraft', (t) =>
  t.field({
    type: DraftObject,
    authScopes: { author: true },
    description:
      'Checks an output type in the making, step by step, and says what the next step offers. Nothing is stored.',
    args: { input: t.arg({ type: OutputTypeInput, required: true, description: 'What is known so far.' }) },
    resolve: (_root, { input }, ctx) => checkProfile(ctx.platform, profileFrom(input)),
  }),
);
