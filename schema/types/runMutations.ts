import { handledOrders, handledRuns } from '../../runtime/access/ownership.js';
import { ConflictError, ForbiddenError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import { fullKey } from '../../runtime/once.js';
import { cancelRun } from '../../runtime/runs/cancel.js';
import { dispatch } from '../../runtime/runs/dispatch.js';
import { rerunFrom } from '../../runtime/runs/rerun.js';
import { retryRun } from '../../runtime/runs/retry.js';
import { builder } from '../builder.js';
import type { Context } from '../context.js';
import { requireLocalId } from '../globalId.js';
import { IDEMPOTENCY_KEY_DESCRIPTION, IdempotencyKey, onceFor } from './idempotencyKey.js';
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

const RerunFromNodeInput = builder.inputType('RerunFromNodeInput', {
  description: 'Where to begin anew.',
  fields: (t) => ({
    runId: t.id({ required: true, description: 'An ended run by graph.' }),
    nodeId: t.string({ required: true, description: 'Id of the node in its graph; of a part, `<node>/<number>`.' }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
  }),
});

/** @throws ForbiddenError, NotFoundError */
async function refuseOthersLines(ctx: Context, input: typeof DispatchInput.$inferInput): Promise<void> {
  if (ctx.viewer?.scopes.has('operate')) return;
  if (!input.orderLineId || input.workflowId || input.useDraft)
    throw new ForbiddenError('You may dispatch order lines, by the workflow of their output type.');
  const id = requireLocalId('OrderLine', input.orderLineId);
  if ((await ctx.db.orderLine.count({ where: { id, order: handledOrders(ctx.viewer) } })) === 0)
    throw new NotFoundError('order line', input.orderLineId);
}

/** Keys are made up by clients, so every account has its own, for each mutation. */
const ownKey = ({ viewer }: Context, operation: string, key: string | null | undefined) =>
  fullKey({ accountId: viewer?.accountId ?? null, operation, key });

builder.mutationFields((t) => ({
  dispatch: t.prismaField({
    authScopes: { $any: { order: true, operate: true } },
    type: RunNode,
    description: 'Starts a run. Who may only order starts their own order lines, as their output types say.',
    errors: { types: [ValidationError, NotFoundError, ConflictError, ForbiddenError] },
    args: { input: t.arg({ type: DispatchInput, required: true, description: 'What to run.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      if (Boolean(input.orderLineId) === Boolean(input.cadFileId))
        throw new ValidationError('Say what to run: an order line or a CAD file.', [
          { path: '', message: 'Exactly one of "orderLineId" and "cadFileId" is needed.' },
        ]);
      await refuseOthersLines(ctx, input);
      const { runId } = await dispatch(ctx.platform, {
        orderLineId: input.orderLineId ? requireLocalId('OrderLine', input.orderLineId) : undefined,
        cadFileId: input.cadFileId ? requireLocalId('CadFile', input.cadFileId) : undefined,
        workflowId: input.workflowId ? requireLocalId('Workflow', input.workflowId) : undefined,
        useDraft: input.useDraft ?? false,
        idempotencyKey: ownKey(ctx, 'dispatch', input.idempotencyKey),
      });
      return ctx.db.run.findUniqueOrThrow({ ...query, where: { id: runId } });
    },
  }),
  cancelRun: t.prismaField({
    authScopes: { $any: { order: true, operate: true } },
    type: RunNode,
    description: 'Stops a run: waiting nodes at once, running ones within seconds.',
    errors: { types: [NotFoundError, ConflictError] },
    args: { id: t.arg.id({ required: true, description: 'Id of the run.' }) },
    resolve: async (query, _root, { id }, ctx) => {
      const runId = requireLocalId('Run', id);
      if ((await ctx.db.run.count({ where: { id: runId, ...handledRuns(ctx.viewer) } })) === 0)
        throw new NotFoundError('run', id);
      await cancelRun(ctx.platform, runId);
      return ctx.db.run.findUniqueOrThrow({ ...query, where: { id: runId } });
    },
  }),
  retryRun: t.prismaField({
    authScopes: { operate: true },
    type: RunNode,
    description: 'Runs the failed nodes of an ended run again, and what depends on them; the rest is kept.',
    errors: { types: [NotFoundError, ConflictError] },
    args: {
      id: t.arg.id({ required: true, description: 'Id of the run.' }),
      idempotencyKey: t.arg.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
    },
    resolve: async (query, _root, args, ctx) => {
      const runId = requireLocalId('Run', args.id);
      await onceFor(ctx, 'retryRun', args, async () => {
        await retryRun(ctx.platform, runId);
        return { id: runId };
      });
      return ctx.db.run.findUniqueOrThrow({ ...query, where: { id: runId } });
    },
  }),
  rerunFromNode: t.prismaField({
    authScopes: { operate: true },
    type: RunNode,
    description:
      'Starts another run of the same graph, params and entry, in which a node and all that depends on it are made anew, even where results are kept. What comes before is taken from earlier results; effects, such as publishing, happen again.',
    errors: { types: [NotFoundError, ValidationError, ConflictError] },
    args: { input: t.arg({ type: RerunFromNodeInput, required: true, description: 'Where to begin.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const { runId } = await rerunFrom(ctx.platform, {
        runId: requireLocalId('Run', input.runId),
        nodeId: input.nodeId,
        idempotencyKey: ownKey(ctx, 'rerunFromNode', input.idempotencyKey),
      });
      return ctx.db.run.findUniqueOrThrow({ ...query, where: { id: runId } });
    },
  }),
}));
