import { type ParityGate, parityGate } from '../../runtime/parity/gate.js';
import { PARITY_POLICY_SCHEMA, ParityPolicy, policyOf } from '../../runtime/parity/policy.js';
import { buildUiSchema } from '../../workflow/uiSchema.js';
import { builder } from '../builder.js';
import { OutputTypeNode } from './outputType.js';
import { ParityReportNode } from './parityReport.js';
import { RunNode } from './run.js';

const GateObject = builder.objectRef<ParityGate>('ParityGate').implement({
  description: 'Whether an output type may go over from the legacy pipeline to its workflow.',
  fields: (t) => ({
    streak: t.exposeInt('streak', {
      description: 'Comparisons that passed one after the other, the newest ones, since the output type last changed.',
    }),
    needed: t.exposeInt('needed', { description: 'How many it takes.' }),
    isOpen: t.exposeBoolean('isOpen', { description: 'It may.' }),
    reasons: t.exposeStringList('reasons', { description: 'Sentences for people: what is missing.' }),
  }),
});

const ParityObject = builder.objectRef<{ outputTypeId: string; stored: unknown }>('Parity').implement({
  description: 'How an output type fares in comparisons of the legacy pipeline with its workflow.',
  fields: (t) => ({
    gate: t.field({
      type: GateObject,
      description: 'Whether it may go over to its workflow.',
      complexity: 5,
      resolve: ({ outputTypeId }, _args, ctx) => parityGate(ctx.db, outputTypeId),
    }),
    policy: t.field({
      type: 'JSON',
      description: 'Its thresholds, complete.',
      resolve: ({ stored }) => policyOf(stored),
    }),
  }),
});

builder.prismaObjectFields(OutputTypeNode, (t) => ({
  parity: t.field({
    type: ParityObject,
    authScopes: { view: true },
    description: 'How it fares in comparisons of the legacy pipeline with its workflow.',
    select: { id: true, parityPolicy: true },
    resolve: ({ id, parityPolicy }) => ({ outputTypeId: id, stored: parityPolicy }),
  }),
  parityReports: t.relatedConnection('parityReports', {
    cursor: 'id',
    authScopes: { view: true },
    description: 'Its comparisons, newest first.',
    query: { orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] },
  }),
}));

const newest = { take: 1, orderBy: [{ createdAt: 'desc' as const }, { id: 'desc' as const }] };

builder.prismaObjectFields(RunNode, (t) => ({
  parityReport: t.field({
    type: ParityReportNode,
    nullable: true,
    authScopes: { view: true },
    description:
      'Its newest comparison with another run; null: there is none. `parityReports(filter: { runId })` has all.',
    select: (_args, _ctx, nestedSelection) => ({
      parityAsLegacy: nestedSelection(newest),
      parityAsGraph: nestedSelection(newest),
    }),
    resolve: ({ parityAsLegacy, parityAsGraph }) =>
      [...parityAsLegacy, ...parityAsGraph].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())[0] ?? null,
  }),
}));

const FormObject = builder.simpleObject('ParityPolicyForm', {
  description: 'How thresholds are edited.',
  fields: (t) => ({
    schema: t.field({ type: 'JSON', description: 'JSON Schema (draft 7) of `policy`.', nullable: false }),
    uiSchema: t.field({ type: 'JSON', description: 'JSONForms UI schema.', nullable: false }),
    defaults: t.field({
      type: 'JSON',
      description: 'Thresholds of an output type that has none of its own.',
      nullable: false,
    }),
  }),
});
builder.queryField('parityPolicyForm', (t) =>
  t.field({
    type: FormObject,
    authScopes: { view: true },
    description: 'How thresholds are edited: enough to draw a form.',
    resolve: () => ({
      schema: PARITY_POLICY_SCHEMA,
      uiSchema: buildUiSchema(PARITY_POLICY_SCHEMA),
      defaults: ParityPolicy.parse({}),
    }),
  }),
);
