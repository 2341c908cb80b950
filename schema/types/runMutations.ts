import { cancelRun } from '../../runtime/cancel.js';
import { dispatch } from '../../runtime/dispatch.js';
import { ConflictError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import { retryRun } from '../../runtime/retry.js';
import { builder } from '../builder.js';
import { requireLocalId } from '../globalId.js';
import { IDEMPOTENCY_KEY_DESCRIPTION, IdempotencyKey } from './createOrderLine.js';
import { RunNode } from './run.js';

const DispatchInput = builder.inputType('DispatchInput', {
  description:
    "What to run: exactly one of `orderLineId` and `cadFileId`. An order line runs its output type's workflow.",
  fields: (t) => ({
    orderLineId: t.id({ description: 'The order line to produce.' }),
    cadFileId: t.id({ description: 'The CAD file to take in.' }),
    workflowId: t.id({ description: 'Another workflow than that of the output type; needed with `cadFileId`.' }),
    useDraft: t.boolean({
      defaultValue: false,
      description: 'Run the draft instead of the newest published version.',
    }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
  }),
});

builder.mutationFields((t) => ({
  dispatch: t.prismaField({
    type: RunNode,
    description: 'Starts a run.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: DispatchInput, required: true, description: 'What to run.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      if (Boolean(input.orderLineId) === Boolean(input.cadFileId))
        throw new ValidationError('Say what to run: an order line or a CAD file.', [
          { path: '', message: 'Exactly one of "orderLineId" and "cadFileId" is needed.' },
        ]);
      const { runId } = await dispatch(ctx.platform, {
        orderLineId: input.orderLineId ? requireLocalId('OrderLine', input.orderLineId) : undefined,
        cadFileId: input.cadFileId ? requireLocalId('CadFile', input.cadFileId) : undefined,
        workflowId: input.workflowId ? requireLocalId('Workflow', input.workflowId) : undefined,
        useDraft: input.useDraft ?? false,
        idempotencyKey: input.idempotencyKey ?? undefined,
      });
      return ctx.db.run.findUniqueOrThrow({ ...query, where: { id: runId } });
    },
  }),
  cancelRun: t.prismaField({
    type: RunNode,
    description: 'Stops a run: waiting nodes at once, running ones within seconds.',
    errors: { types: [NotFoundError, ConflictError] },
    args: { id: t.arg.id({ required: true, description: 'Id of the run.' }) },
    resolve: async (query, _root, { id }, ctx) => {
      const runId = requireLocalId('Run', id);
      await cancelRun(ctx.platform, runId);
      return ctx.db.run.findUniqueOrThrow({ ...query, where: { id: runId } });
    },
  }),
  retryRun: t.prismaField({
    type: RunNode,
    description: 'Runs the failed nodes of an ended run again, and what depends on them; the rest is kept.',
    errors: { types: [NotFoundError, ConflictError] },
    args: { id: t.arg.id({ required: true, description: 'Id of the run.' }) },
    resolve: async (query, _root, { id }, ctx) => {
      const runId = requireLocalId('Run', id);
      await retryRun(ctx.platform, runId);
      return ctx.db.run.findUniqueOrThrow({ ...query, where: { id: runId } });
    },
  }),
}));
