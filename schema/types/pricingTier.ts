import { builder } from '../builder.js';

builder.prismaNode('PricingTier', {
  id: { field: 'id' },
  nullable: true,
  select: { id: true },
  description: 'What one piece of an output type costs.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Stable key.' }),
    label: t.exposeString('label', { description: 'Name for people.' }),
    currency: t.exposeString('currency', { description: 'ISO 4217 code.' }),
    unitPriceCents: t.exposeInt('unitPriceCents', {
      description: 'Price of one piece in the smallest unit of the currency.',
    }),
  }),
});
