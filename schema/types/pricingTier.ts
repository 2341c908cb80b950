import type { Prisma } from '../../generated/prisma/client.js';
import { ConflictError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import { archivePricingTier, createPricingTier, updatePricingTier } from '../../runtime/outputTypes/pricingTiers.js';
import { builder } from '../builder.js';
import { requireLocalId } from '../globalId.js';
import { sorting } from '../sorting.js';
import { containing, FilterText, TEXT_LIMIT } from '../textFilter.js';
import { IDEMPOTENCY_KEY_DESCRIPTION, IdempotencyKey, onceFor } from './idempotencyKey.js';

const KEY = 'Stable key: small letters, digits and _, up to 64.';
const LABEL = 'Name for people, 1 to 120 characters.';
const CURRENCY = 'ISO 4217 code, for example `EUR`.';
const UNIT_PRICE = 'Price of one piece in the smallest unit of the currency: 2900 EUR are 29.00.';

const TierNode = builder.prismaNode('PricingTier', {
  id: { field: 'id' },
  nullable: true,
  select: { id: true },
  description: 'What one piece of an output type costs.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Stable key.' }),
    label: t.exposeString('label', { description: 'Name for people.' }),
    revision: t.exposeInt('revision', { description: 'Goes up with every change.' }),
    currency: t.exposeString('currency', { description: 'ISO 4217 code.' }),
    unitPriceCents: t.exposeInt('unitPriceCents', {
      description: 'Price of one piece in the smallest unit of the currency.',
    }),
    archivedAt: t.expose('archivedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when it is not offered any more; null: it is.',
    }),
    outputTypeCount: t.int({
      description: 'How many output types cost this, archived ones too.',
      select: { _count: { select: { outputTypes: true } } },
      resolve: ({ _count }) => _count.outputTypes,
    }),
  }),
});

const TIER_SORT = sorting(
  'PricingTier',
  { label: 'Name for people.', key: 'Stable key.', unitPriceCents: 'Price, whatever the currency.' },
  { by: 'label', direction: 'asc' },
);

interface Wanted {
  includeArchived: boolean;
  text?: string | null | undefined;
}
function where({ includeArchived, text }: Wanted): Prisma.PricingTierWhereInput {
  const contains = containing(text);
  return {
    archivedAt: includeArchived ? undefined : null,
    OR: contains && [{ label: contains }, { key: contains }],
  };
}

builder.queryField('pricingTiers', (t) =>
  t.prismaConnection({
    authScopes: { view: true },
    type: TierNode,
    cursor: 'id',
    description: 'Prices by label.',
    args: {
      includeArchived: t.arg.boolean({ required: true, defaultValue: false, description: 'Archived ones too.' }),
      text: t.arg.string({ description: `In the label or the key, in any case; ${TEXT_LIMIT}.`, validate: FilterText }),
      orderBy: t.arg(TIER_SORT.arg),
    },
    totalCount: (_root, args, ctx) => ctx.db.pricingTier.count({ where: where(args) }),
    resolve: (query, _root, { orderBy, ...args }, ctx) =>
      ctx.db.pricingTier.findMany({ ...query, where: where(args), orderBy: TIER_SORT.orderBy(orderBy) }),
  }),
);

const CreateInput = builder.inputType('CreatePricingTierInput', {
  description: 'A new price.',
  fields: (t) => ({
    key: t.string({ required: true, description: KEY }),
    label: t.string({ required: true, description: LABEL }),
    currency: t.string({ required: true, description: CURRENCY }),
    unitPriceCents: t.int({ required: true, description: UNIT_PRICE }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
  }),
});

const UpdateInput = builder.inputType('UpdatePricingTierInput', {
  description: 'What changes of a price; what is left out stays.',
  fields: (t) => ({
    pricingTierId: t.id({ required: true, description: 'Which one.' }),
    revision: t.int({
      description: 'The revision you have seen; another one is a conflict. Left out: whatever is there.',
    }),
    label: t.string({ description: LABEL }),
    currency: t.string({ description: CURRENCY }),
    unitPriceCents: t.int({ description: UNIT_PRICE }),
  }),
});

const ArchiveInput = builder.inputType('ArchivePricingTierInput', {
  description: 'Whether a price is offered.',
  fields: (t) => ({
    pricingTierId: t.id({ required: true, description: 'Which one.' }),
    isArchived: t.boolean({ required: true, defaultValue: true, description: 'False takes it back in.' }),
  }),
});

builder.mutationFields((t) => ({
  createPricingTier: t.prismaField({
    authScopes: { author: true },
    type: TierNode,
    description: 'Adds a price that output types can have.',
    errors: { types: [ValidationError, ConflictError] },
    args: { input: t.arg({ type: CreateInput, required: true, description: 'The new price.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const { idempotencyKey: _key, ...content } = input;
      const { id } = await onceFor(ctx, 'createPricingTier', input, () => createPricingTier(ctx.platform, content));
      return ctx.db.pricingTier.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  updatePricingTier: t.prismaField({
    authScopes: { author: true },
    type: TierNode,
    description: 'Changes a price for what is ordered from now on. Lines that were ordered keep theirs.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: UpdateInput, required: true, description: 'What changes.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const { id } = await updatePricingTier(ctx.platform, {
        id: requireLocalId('PricingTier', input.pricingTierId),
        revision: input.revision,
        label: input.label ?? undefined,
        currency: input.currency ?? undefined,
        unitPriceCents: input.unitPriceCents ?? undefined,
      });
      return ctx.db.pricingTier.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  archivePricingTier: t.prismaField({
    authScopes: { author: true },
    type: TierNode,
    description: 'Takes a price out of what is offered, or back in. Refused while an output type costs it.',
    errors: { types: [NotFoundError, ConflictError] },
    args: { input: t.arg({ type: ArchiveInput, required: true, description: 'Which way.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const id = requireLocalId('PricingTier', input.pricingTierId);
      await archivePricingTier(ctx.platform, id, input.isArchived);
      return ctx.db.pricingTier.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
}));
