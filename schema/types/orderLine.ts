import { visibleOrders } from '../../runtime/ownership.js';
import { builder } from '../builder.js';

const OrderNode = builder.prismaNode('Order', {
  id: { field: 'id' },
  nullable: true,
  description: 'An order of a customer.',
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'Number for people.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was placed.' }),
    lines: t.relation('lines', {
      description: 'Its lines, in order.',
      query: { orderBy: { lineNumber: 'asc' } },
    }),
  }),
});

builder.prismaNode('OrderLine', {
  id: { field: 'id' },
  nullable: true,
  description: 'One line of an order: a product in an output type.',
  fields: (t) => ({
    lineNumber: t.exposeInt('lineNumber', { description: 'Position in the order, from 1.' }),
    quantity: t.exposeInt('quantity', { description: 'How many pieces are charged.' }),
    options: t.field({
      type: 'JSON',
      description: 'Param overrides by param name; win over those of the output type.',
      resolve: (line) => line.options,
    }),
    materialOverrides: t.field({
      type: 'JSON',
      description: 'Part name → material name, for this line only.',
      resolve: (line) => line.materialOverrides,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was added.' }),
    order: t.relation('order', { description: 'The order it belongs to.' }),
    product: t.relation('product', { description: 'What is shown.' }),
    outputType: t.relation('outputType', { description: 'What is made of it.' }),
    runs: t.relation('runs', {
      description: 'Its runs, newest first, at most 100. `runs(filter: { orderLineId })` has them all.',
      query: { orderBy: [{ createdAt: 'desc' }, { id: 'asc' }], take: 100 },
    }),
    assets: t.relation('assets', {
      description: 'Files delivered for it, newest first, at most 100.',
      query: { orderBy: [{ publishedAt: 'desc' }, { id: 'asc' }], take: 100 },
    }),
  }),
});

builder.queryField('orders', (t) =>
  t.prismaConnection({
    authScopes: { $any: { view: true, order: true } },
    type: OrderNode,
    cursor: 'id',
    description: 'Orders, newest first.',
    totalCount: (_root, _args, ctx) => ctx.db.order.count({ where: visibleOrders(ctx.viewer) }),
    resolve: (query, _root, _args, ctx) =>
      ctx.db.order.findMany({ ...query, where: visibleOrders(ctx.viewer), orderBy: { number: 'desc' } }),
  }),
);
