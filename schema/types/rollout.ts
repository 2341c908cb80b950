import { ConflictError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import { type RolloutOption, rolloutOptions, setRollout } from '../../runtime/legacy/rollout.js';
import { builder } from '../builder.js';
import { requireLocalId } from '../globalId.js';
import { RolloutEnum } from './enums.js';
import { OutputTypeNode } from './outputType.js';

builder.prismaNode('RolloutChange', {
  id: { field: 'id' },
  nullable: true,
  description: 'One time that an output type was switched over.',
  fields: (t) => ({
    by: t.exposeString('by', { description: 'Who did it.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    before: t.expose('before', { type: RolloutEnum, description: 'Which way it was produced until then.' }),
    after: t.expose('after', { type: RolloutEnum, description: 'Which way since.' }),
    shadowRate: t.exposeFloat('shadowRate', {
      description: 'Share of legacy orders that got a shadow run since, 0..1.',
    }),
    fallsBack: t.exposeBoolean('fallsBack', { description: 'Whether legacy took over from runs that failed since.' }),
    isForced: t.exposeBoolean('isForced', { description: 'It was insisted on before enough had been compared.' }),
    reason: t.exposeString('reason', { description: 'Why; may be empty.' }),
  }),
});

const RolloutOptionObject = builder.objectRef<RolloutOption>('RolloutOption').implement({
  description: 'Whether an output type may go over to a way of being produced.',
  fields: (t) => ({
    rollout: t.expose('rollout', { type: RolloutEnum, description: 'The way.' }),
    isOffered: t.exposeBoolean('isOffered', { description: 'Nothing stands in the way.' }),
    canBeForced: t.exposeBoolean('canBeForced', { description: 'It may be insisted on with `force` and a reason.' }),
    reasons: t.exposeStringList('reasons', {
      description: 'What stands in the way, or what was compared, for people.',
    }),
  }),
});

builder.prismaObjectFields(OutputTypeNode, (t) => ({
  shadowRate: t.exposeFloat('shadowRate', {
    authScopes: { view: true },
    description: 'Share of legacy orders that get a shadow run while rollout is `shadow`, 0..1.',
  }),
  fallsBack: t.exposeBoolean('fallsBack', {
    authScopes: { view: true },
    description: 'While rollout is `graph`: the legacy pipeline takes over from runs that fail.',
  }),
  rolloutOptions: t.field({
    type: [RolloutOptionObject],
    authScopes: { view: true },
    description: 'The ways it may be produced, and what stands in the way of each.',
    complexity: 10,
    select: { id: true },
    resolve: ({ id }, _args, ctx) => rolloutOptions(ctx.db, id),
  }),
  rolloutHistory: t.relatedConnection('rolloutChanges', {
    cursor: 'id',
    authScopes: { view: true },
    totalCount: true,
    description: 'When it was switched over, newest first.',
    query: { orderBy: [{ at: 'desc' }, { id: 'desc' }] },
  }),
}));

const SetRolloutInput = builder.inputType('SetRolloutInput', {
  description: 'Which way an output type is to be produced from now on.',
  fields: (t) => ({
    outputTypeId: t.id({ required: true, description: 'Id of the output type.' }),
    rollout: t.field({ type: RolloutEnum, required: true, description: 'The way.' }),
    shadowRate: t.float({
      description: 'Share of legacy orders that get a shadow run while it is `shadow`, 0..1; left out: as it is.',
    }),
    fallsBack: t.boolean({
      description:
        'While it is `graph`: legacy takes over from runs that fail. Left out: as it is; true for those that go over to `graph`.',
    }),
    expectedRevision: t.int({
      description: 'The revision the wish is based on. Left out: whatever it is, for the way back in a hurry.',
    }),
    force: t.boolean({
      defaultValue: false,
      description: 'Goes over to `graph` although too little was compared; needs a reason.',
    }),
    reason: t.string({ description: 'Why, for the history.' }),
  }),
});

builder.mutationFields((t) => ({
  setRollout: t.prismaField({
    type: OutputTypeNode,
    authScopes: { operate: true },
    description:
      'Switches an output type over, at once. Runs under way go on as they are; what is dispatched from now on goes the new way.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: SetRolloutInput, required: true, description: 'The wish.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const outputTypeId = requireLocalId('OutputType', input.outputTypeId);
      await setRollout(ctx.platform, { ...input, outputTypeId }, ctx.viewer!.name);
      return ctx.db.outputType.findUniqueOrThrow({ ...query, where: { id: outputTypeId } });
    },
  }),
}));
