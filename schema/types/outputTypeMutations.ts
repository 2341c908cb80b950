import { ConflictError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import {
  archiveOutputType,
  createOutputType,
  duplicateOutputType,
  updateOutputType,
} from '../../runtime/outputTypes/outputTypes.js';
import { builder } from '../builder.js';
import { requireLocalId } from '../globalId.js';
import { IDEMPOTENCY_KEY_DESCRIPTION, IdempotencyKey, onceFor } from './idempotencyKey.js';
import { OutputTypeInput, profileFrom } from './outputTypeInput.js';

const types = [ValidationError, NotFoundError, ConflictError];
const authScopes = { author: true };

const UpdateInput = builder.inputType('UpdateOutputTypeInput', {
  description: 'A change of an output type.',
  fields: (t) => ({
    outputTypeId: t.id({ required: true, description: 'Id of the output type.' }),
    revision: t.int({ required: true, description: 'The revision that the change is based on.' }),
    changes: t.field({ type: OutputTypeInput, required: true, description: 'What is to be different.' }),
  }),
});

const ArchiveInput = builder.inputType('ArchiveOutputTypeInput', {
  description: 'An output type to put away, or to bring back.',
  fields: (t) => ({
    outputTypeId: t.id({ required: true, description: 'Id of the output type.' }),
    revision: t.int({ required: true, description: 'The revision that the change is based on.' }),
    isArchived: t.boolean({ defaultValue: true, description: 'False brings it back.' }),
  }),
});

const DuplicateInput = builder.inputType('DuplicateOutputTypeInput', {
  description: 'An output type to copy.',
  fields: (t) => ({
    outputTypeId: t.id({ required: true, description: 'Id of the original.' }),
    name: t.string({ required: true, description: 'Name of the copy.' }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
  }),
});

builder.mutationFields((t) => ({
  createOutputType: t.prismaField({
    type: 'OutputType',
    authScopes,
    description:
      'Adds an output type. With a workflow it runs by graph; without one, or with legacy settings, by the legacy pipeline.',
    errors: { types },
    args: {
      input: t.arg({ type: OutputTypeInput, required: true, description: 'What it says.' }),
      idempotencyKey: t.arg.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
    },
    resolve: async (query, _root, { input, idempotencyKey }, ctx) => {
      const { id } = await onceFor(ctx, 'createOutputType', { ...input, idempotencyKey }, () =>
        createOutputType(ctx.platform, profileFrom(input)),
      );
      return ctx.db.outputType.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  updateOutputType: t.prismaField({
    type: 'OutputType',
    authScopes,
    description: 'Changes an output type. Orders placed before keep their price and options.',
    errors: { types },
    args: { input: t.arg({ type: UpdateInput, required: true, description: 'The change.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const id = requireLocalId('OutputType', input.outputTypeId);
      await updateOutputType(ctx.platform, id, input.revision, profileFrom(input.changes), ctx.viewer!.name);
      return ctx.db.outputType.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  archiveOutputType: t.prismaField({
    type: 'OutputType',
    authScopes,
    description: 'Takes an output type out of what is offered, or brings it back.',
    errors: { types },
    args: { input: t.arg({ type: ArchiveInput, required: true, description: 'Which one.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const id = requireLocalId('OutputType', input.outputTypeId);
      await archiveOutputType(ctx.platform, id, input.revision, input.isArchived ?? true);
      return ctx.db.outputType.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  duplicateOutputType: t.prismaField({
    type: 'OutputType',
    authScopes,
    description: 'Copies an output type under a new name. The copy is internal at first.',
    errors: { types },
    args: { input: t.arg({ type: DuplicateInput, required: true, description: 'Which one, and its name.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const original = requireLocalId('OutputType', input.outputTypeId);
      const { id } = await onceFor(ctx, 'duplicateOutputType', input, () =>
        duplicateOutputType(ctx.platform, original, input.name),
      );
      return ctx.db.outputType.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
}));
