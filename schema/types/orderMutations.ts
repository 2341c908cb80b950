import { z } from 'zod';
import type { JsonObject } from '../../modules/json.js';
import { ConflictError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import { cancelOrder, cancelOrderLine, dispatchOrder, dispatchOrderLines } from '../../runtime/orders/dispatch.js';
import { addOrderLines, createOrder, removeOrderLine } from '../../runtime/orders/orders.js';
import { builder } from '../builder.js';
import { localIdOrNull, requireLocalId } from '../globalId.js';
import { BatchObject, withMalformed, withRuns } from './dispatchBatch.js';
import { IDEMPOTENCY_KEY_DESCRIPTION, IdempotencyKey, onceFor } from './idempotencyKey.js';
import { OrderLineNode, OrderNode } from './order.js';

const types = [ValidationError, NotFoundError, ConflictError];
const authScopes = { $any: { order: true, operate: true } };

const LineInput = builder.inputType('OrderLineInput', {
  description: 'A product in an output type.',
  fields: (t) => ({
    productId: t.id({ required: true, description: 'What is to be shown.' }),
    outputTypeId: t.id({ required: true, description: 'What is to be made of it.' }),
    quantity: t.int({ defaultValue: 1, description: 'How many pieces are charged; from 1 to 10,000.' }),
    options: t.field({
      type: 'JSON',
      description: "What the output type's `inputSchema` lets callers set, by name.",
      validate: z.record(z.string(), z.json(), 'An object of param names and values.').nullish(),
    }),
    materialOverrides: t.field({
      type: 'JSON',
      description: 'Part name → material name, for this line only.',
      validate: z.record(z.string(), z.string('A material name.'), 'An object of part and material names.').nullish(),
    }),
  }),
});

const linesFrom = (lines: readonly (typeof LineInput.$inferInput)[]) =>
  lines.map(({ productId, outputTypeId, quantity, options, materialOverrides }) => ({
    productId: localIdOrNull('Product', productId),
    outputTypeId: localIdOrNull('OutputType', outputTypeId),
    quantity,
    options: options as JsonObject | null | undefined,
    materialOverrides: materialOverrides as JsonObject | null | undefined,
  }));

const CreateOrderInput = builder.inputType('CreateOrderInput', {
  description: 'An order with all its lines.',
  fields: (t) => ({
    lines: t.field({ type: [LineInput], required: true, description: 'What is ordered: 1 to 500 lines.' }),
    reference: t.string({
      description: 'Number or name that the customer knows it by, up to 200 characters.',
      validate: z.string().max(200, 'At most 200 characters.').nullish(),
    }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
  }),
});

const AddLinesInput = builder.inputType('AddOrderLinesInput', {
  description: 'More lines of an order.',
  fields: (t) => ({
    orderId: t.id({ required: true, description: 'Id of the order.' }),
    lines: t.field({ type: [LineInput], required: true, description: 'What is ordered: 1 to 500 lines.' }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
  }),
});

const DispatchLinesInput = builder.inputType('DispatchOrderLinesInput', {
  description: 'Order lines to produce.',
  fields: (t) => ({
    orderLineIds: t.idList({ required: true, description: 'Up to 500 ids of order lines, of any orders.' }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
  }),
});

const DispatchOrderInput = builder.inputType('DispatchOrderInput', {
  description: 'An order to produce.',
  fields: (t) => ({
    orderId: t.id({ required: true, description: 'Id of the order.' }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
  }),
});

builder.mutationFields((t) => ({
  createOrder: t.prismaField({
    type: OrderNode,
    authScopes: { order: true },
    description: 'Places an order with all its lines, prices frozen. Nothing runs until it is dispatched.',
    errors: { types },
    args: { input: t.arg({ type: CreateOrderInput, required: true, description: 'What is ordered.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const { id } = await createOrder(ctx.platform, { ...input, lines: linesFrom(input.lines) }, ctx.viewer!);
      return ctx.db.order.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  addOrderLines: t.prismaField({
    type: OrderNode,
    authScopes: { order: true },
    description: 'Adds lines to an order that nothing was dispatched of.',
    errors: { types },
    args: { input: t.arg({ type: AddLinesInput, required: true, description: 'What is added.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const id = requireLocalId('Order', input.orderId);
      await onceFor(ctx, 'addOrderLines', input, async () => {
        await addOrderLines(ctx.platform, id, linesFrom(input.lines), ctx.viewer!);
        return { id };
      });
      return ctx.db.order.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  removeOrderLine: t.prismaField({
    type: OrderNode,
    authScopes: { order: true },
    description: 'Takes a line out of an order that nothing was dispatched of.',
    errors: { types: [NotFoundError, ConflictError] },
    args: { id: t.arg.id({ required: true, description: 'Id of the order line.' }) },
    resolve: async (query, _root, { id }, ctx) => {
      const orderId = await removeOrderLine(ctx.platform, requireLocalId('OrderLine', id), ctx.viewer!);
      return ctx.db.order.findUniqueOrThrow({ ...query, where: { id: orderId } });
    },
  }),
  dispatchOrderLines: t.field({
    type: BatchObject,
    authScopes,
    description:
      'Starts a run for each line. A line that cannot run does not stop the others; lines that run already are refused.',
    errors: { types },
    args: { input: t.arg({ type: DispatchLinesInput, required: true, description: 'Which lines.' }) },
    resolve: async (_root, { input }, ctx) => {
      const { orderLineIds, idempotencyKey } = input;
      const ids = orderLineIds.map((id) => localIdOrNull('OrderLine', id)).filter((id) => id !== null);
      const lines = await dispatchOrderLines(ctx.platform, ids, { idempotencyKey, buyer: ctx.viewer! });
      return withMalformed(await withRuns(ctx, lines), orderLineIds);
    },
  }),
  dispatchOrder: t.field({
    type: BatchObject,
    authScopes,
    description:
      'Starts every line of an order that was not dispatched yet, or whose run failed or was cancelled. What was delivered is left alone.',
    errors: { types: [NotFoundError, ConflictError] },
    args: { input: t.arg({ type: DispatchOrderInput, required: true, description: 'Which order.' }) },
    resolve: async (_root, { input }, ctx) => {
      const id = requireLocalId('Order', input.orderId);
      const { idempotencyKey } = input;
      return withRuns(ctx, await dispatchOrder(ctx.platform, id, { idempotencyKey, buyer: ctx.viewer! }));
    },
  }),
  cancelOrder: t.prismaField({
    type: OrderNode,
    authScopes,
    description: 'Stops what runs of an order and takes back what was not delivered. What was delivered stays.',
    errors: { types: [NotFoundError, ConflictError] },
    args: { id: t.arg.id({ required: true, description: 'Id of the order.' }) },
    resolve: async (query, _root, { id }, ctx) => {
      const orderId = requireLocalId('Order', id);
      await cancelOrder(ctx.platform, orderId, ctx.viewer!.name, ctx.viewer!);
      return ctx.db.order.findUniqueOrThrow({ ...query, where: { id: orderId } });
    },
  }),
  cancelOrderLine: t.prismaField({
    type: OrderLineNode,
    authScopes,
    description: 'Stops what runs of an order line and takes it back. A line that was delivered cannot be taken back.',
    errors: { types: [NotFoundError, ConflictError] },
    args: { id: t.arg.id({ required: true, description: 'Id of the order line.' }) },
    resolve: async (query, _root, { id }, ctx) => {
      const lineId = requireLocalId('OrderLine', id);
      await cancelOrderLine(ctx.platform, lineId, ctx.viewer!.name, ctx.viewer!);
      return ctx.db.orderLine.findUniqueOrThrow({ ...query, where: { id: lineId } });
    },
  }),
}));
