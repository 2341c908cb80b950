import type { Prisma } from '../../generated/prisma/client.js';
import type { JsonObject } from '../../modules/json.js';
import { visibleOrders, visibleRuns } from '../../runtime/access/ownership.js';
import { MAX_LINES } from '../../runtime/orders/orders.js';
import { orderState, ordersIn } from '../../runtime/orders/states.js';
import { graphOf } from '../../runtime/outputTypes/form.js';
import { effectiveParams } from '../../workflow/effectiveParams.js';
import { outputTypeOverrides } from '../../workflow/legacy/invocation.js';
import { builder } from '../builder.js';
import type { Context } from '../context.js';
import { localId } from '../globalId.js';
import { atMost, MOST } from '../listBounds.js';
import { sorting } from '../sorting.js';
import { containing, FilterText, TEXT_LIMIT } from '../textFilter.js';
import { EffectiveParamObject } from './effectiveParam.js';
import { OrderStateEnum, RunStatusEnum } from './enums.js';
import { MoneyObject, priceOf, sums } from './money.js';
import { GRAPH } from './outputType.js';

/** Fields that need the lines ask for them in the same order, so that they are read once. */
const LINES = { orderBy: { lineNumber: 'asc' } } as const;

export const OrderNode = builder.prismaNode('Order', {
  id: { field: 'id' },
  nullable: true,
  select: { id: true },
  description: 'An order of a customer.',
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'Number for people.' }),
    reference: t.exposeString('reference', {
      description: 'Number or name that the customer knows it by; may be empty.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was placed.' }),
    placedBy: t.string({
      nullable: true,
      description: "Name of the account that placed it; null: the installation's owner.",
      select: { account: { select: { name: true } } },
      resolve: ({ account }) => account?.name ?? null,
    }),
    state: t.field({
      type: OrderStateEnum,
      description: 'Where it stands.',
      select: { lines: { ...LINES, select: { state: true } } },
      resolve: ({ lines }) => orderState(lines),
    }),
    total: t.field({
      type: [MoneyObject],
      description:
        'What its lines cost that were not cancelled, one sum for each currency; lines with a price on request are not in it.',
      select: {
        lines: { ...LINES, select: { unitPriceCents: true, currency: true, quantity: true, cancelledAt: true } },
      },
      resolve: ({ lines }) =>
        sums(
          lines
            .filter(({ cancelledAt }) => !cancelledAt)
            .map((line) => priceOf(line.unitPriceCents, line.currency, line.quantity)),
        ),
    }),
    lines: t.relation('lines', {
      description: `Its lines, in order; at most ${MAX_LINES}.`,
      query: LINES,
    }),
  }),
});

export const OrderLineNode = builder.prismaNode('OrderLine', {
  id: { field: 'id' },
  nullable: true,
  select: { id: true },
  description: 'One line of an order: a product in an output type.',
  fields: (t) => ({
    lineNumber: t.exposeInt('lineNumber', { description: 'Position in the order, from 1.' }),
    quantity: t.exposeInt('quantity', { description: 'How many pieces are charged.' }),
    state: t.expose('state', { type: OrderStateEnum, description: 'Where it stands.' }),
    unitPrice: t.field({
      type: MoneyObject,
      nullable: true,
      description: 'Price of one piece as it was when the line was ordered; null: on request.',
      select: { unitPriceCents: true, currency: true },
      resolve: ({ unitPriceCents, currency }) => priceOf(unitPriceCents, currency, 1),
    }),
    price: t.field({
      type: MoneyObject,
      nullable: true,
      description: '`unitPrice` times `quantity`.',
      select: { unitPriceCents: true, currency: true, quantity: true },
      resolve: ({ unitPriceCents, currency, quantity }) => priceOf(unitPriceCents, currency, quantity),
    }),
    options: t.field({
      type: 'JSON',
      description: 'Param overrides by param name; win over those of the output type.',
      select: { options: true },
      resolve: (line) => line.options,
    }),
    materialOverrides: t.field({
      type: 'JSON',
      description: 'Part name → material name, for this line only.',
      select: { materialOverrides: true },
      resolve: (line) => line.materialOverrides,
    }),
    effectiveParams: t.field({
      type: [EffectiveParamObject],
      description: 'Every param of every node as its run would have it; empty without a workflow.',
      select: { options: true, outputType: { select: GRAPH } },
      complexity: 5,
      resolve: ({ options, outputType }, _args, { platform }) => {
        const graph = graphOf(platform, outputType);
        const layers = { outputType: outputTypeOverrides(outputType), orderLine: options as JsonObject };
        return graph ? effectiveParams(graph, platform.definition, layers) : [];
      },
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was added.' }),
    cancelledAt: t.expose('cancelledAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was taken back; null: it was not.',
    }),
    order: t.relation('order', { description: 'The order it belongs to.' }),
    product: t.relation('product', { description: 'What is shown.' }),
    outputType: t.relation('outputType', { description: 'What is made of it.' }),
    runs: t.relation('runs', {
      description: 'Its runs, newest first, at most 100. `runs(filter: { orderLineId })` has them all.',
      query: (_args, { viewer }) => ({
        where: visibleRuns(viewer),
        orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
        take: 100,
      }),
    }),
    assets: t.relation('assets', {
      description: 'Files delivered for it, newest first, at most 100.',
      query: { orderBy: [{ publishedAt: 'desc' }, { id: 'asc' }], take: 100 },
    }),
    deliveredAssets: t.prismaField({
      type: ['Asset'],
      description: `Of the files delivered for it, the newest version of each; ${atMost('files')}.`,
      resolve: async (query, { id }, _args, { db, loaders }) => {
        const ids = (await loaders.deliveredAssets(id)).slice(0, MOST.files);
        return ids.length === 0
          ? []
          : db.asset.findMany({ ...query, where: { id: { in: ids } }, orderBy: [{ name: 'asc' }, { id: 'asc' }] });
      },
    }),
  }),
});

const OrderFilter = builder.inputType('OrderFilter', {
  description: 'Which orders; all conditions that are given must hold.',
  fields: (t) => ({
    text: t.string({
      description: `With this in the reference, in any case, or with this number; ${TEXT_LIMIT}.`,
      validate: FilterText,
    }),
    placedBy: t.string({
      description: `Placed by an account with this in its name, in any case; ${TEXT_LIMIT}.`,
      validate: FilterText,
    }),
    productId: t.id({ description: 'With a line of this product.' }),
    outputTypeId: t.id({ description: 'With a line of this output type.' }),
    state: t.field({ type: [OrderStateEnum], description: 'In any of these states.' }),
    runStatus: t.field({ type: [RunStatusEnum], description: 'With a run in any of these states.' }),
    from: t.field({ type: 'DateTime', description: 'Placed at this moment or later.' }),
    to: t.field({ type: 'DateTime', description: 'Placed before this moment.' }),
  }),
});

const ORDER_SORT = sorting(
  'Order',
  { number: 'Its number, which is when it was placed.', reference: 'Number or name that the customer knows it by.' },
  { by: 'number', direction: 'desc' },
);

/** Largest number of an order. */
const MAX_NUMBER = 2 ** 31 - 1;

function where(filter: typeof OrderFilter.$inferInput | null | undefined, { viewer }: Context): Prisma.OrderWhereInput {
  const { text, placedBy, productId, outputTypeId, state, runStatus, from, to } = filter ?? {};
  const reference = containing(text);
  const name = containing(placedBy);
  const number = /^\d+$/.test(text ?? '') && Number(text) <= MAX_NUMBER ? [{ number: Number(text) }] : [];
  const line = {
    productId: productId ? localId('Product', productId) : undefined,
    outputTypeId: outputTypeId ? localId('OutputType', outputTypeId) : undefined,
  };
  return {
    ...visibleOrders(viewer),
    OR: reference && [{ reference }, ...number],
    createdAt: from || to ? { gte: from ?? undefined, lt: to ?? undefined } : undefined,
    account: name && { name },
    AND: [
      productId || outputTypeId ? { lines: { some: line } } : {},
      state ? ordersIn(state) : {},
      runStatus ? { lines: { some: { runs: { some: { ...visibleRuns(viewer), status: { in: runStatus } } } } } } : {},
    ],
  };
}

builder.queryFields((t) => ({
  orders: t.prismaConnection({
    type: OrderNode,
    cursor: 'id',
    authScopes: { $any: { view: true, order: true } },
    description: 'Orders, newest first. Partners see their own.',
    args: {
      filter: t.arg({ type: OrderFilter, description: 'Which ones; all when left out.' }),
      orderBy: t.arg(ORDER_SORT.arg),
    },
    totalCount: (_root, { filter }, ctx) => ctx.db.order.count({ where: where(filter, ctx) }),
    resolve: (query, _root, { filter, orderBy }, ctx) =>
      ctx.db.order.findMany({ ...query, where: where(filter, ctx), orderBy: ORDER_SORT.orderBy(orderBy) }),
  }),
  order: t.prismaField({
    type: OrderNode,
    nullable: true,
    authScopes: { $any: { view: true, order: true } },
    description: 'One order, or null. Partners see their own.',
    args: { id: t.arg.id({ required: true, description: 'Id of an order.' }) },
    resolve: (query, _root, { id }, ctx) =>
      ctx.db.order.findFirst({ ...query, where: { id: localId('Order', id), ...visibleOrders(ctx.viewer) } }),
  }),
}));
