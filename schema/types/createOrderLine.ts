import { z } from 'zod';
import { ConflictError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import { createOrderLine } from '../../runtime/orders/orders.js';
import { builder } from '../builder.js';
import { localIdOrNull, requireLocalId } from '../globalId.js';
import { IDEMPOTENCY_KEY_DESCRIPTION, IdempotencyKey } from './idempotencyKey.js';

const CreateOrderLineInput = builder.inputType('CreateOrderLineInput', {
  description: 'A product in an output type.',
  fields: (t) => ({
    productId: t.id({ required: true, description: 'What is to be shown.' }),
    outputTypeId: t.id({ required: true, description: 'What is to be made of it.' }),
    orderId: t.id({ description: 'The order to add to; when left out, a new one.' }),
    quantity: t.int({
      defaultValue: 1,
      description: 'How many pieces are charged; from 1 to 10,000.',
    }),
    options: t.field({
      type: 'JSON',
      description: 'Param overrides by param name; win over those of the output type.',
      validate: z.record(z.string(), z.json(), 'An object of param names and values.').nullish(),
    }),
    materialOverrides: t.field({
      type: 'JSON',
      description: 'Part name → material name, for this line only.',
      validate: z
        .record(z.string(), z.string('A material name.'), 'An object of part names and material names.')
        .nullish(),
    }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
  }),
});

builder.mutationField('createOrderLine', (t) =>
  t.prismaField({
    authScopes: { order: true },
    type: 'OrderLine',
    description: 'Orders a product in an output type. Nothing runs until `dispatch`.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: CreateOrderLineInput, required: true, description: 'What to order.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const { id } = await createOrderLine(
        ctx.platform,
        {
          productId: localIdOrNull('Product', input.productId),
          outputTypeId: localIdOrNull('OutputType', input.outputTypeId),
          orderId: input.orderId ? requireLocalId('Order', input.orderId) : undefined,
          quantity: input.quantity ?? 1,
          options: (input.options ?? {}) as Record<string, never>,
          materialOverrides: (input.materialOverrides ?? {}) as Record<string, string>,
          idempotencyKey: input.idempotencyKey ?? undefined,
        },
        ctx.viewer!,
      );
      return ctx.db.orderLine.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
);
