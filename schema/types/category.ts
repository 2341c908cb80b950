import { builder } from '../builder.js';

builder.prismaNode('Category', {
  id: { field: 'id' },
  nullable: true,
  select: { id: true },
  description: 'A group of products, for example "Bearings".',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Stable key.' }),
    label: t.exposeString('label', { description: 'Name for people.' }),
  }),
});
