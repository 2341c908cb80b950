import type { Prisma } from '../../generated/prisma/client.js';
import { ConflictError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import { archiveCategory, createCategory, renameCategory } from '../../runtime/outputTypes/categories.js';
import { builder } from '../builder.js';
import { requireLocalId } from '../globalId.js';
import { sorting } from '../sorting.js';
import { containing, FilterText, TEXT_LIMIT } from '../textFilter.js';
import { IDEMPOTENCY_KEY_DESCRIPTION, IdempotencyKey, onceFor } from './idempotencyKey.js';

const LABEL = 'Name for people, 1 to 120 characters.';

const CategoryNode = builder.prismaNode('Category', {
  id: { field: 'id' },
  nullable: true,
  select: { id: true },
  description: 'A group of products, for example "Bearings".',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Stable key.' }),
    label: t.exposeString('label', { description: 'Name for people.' }),
    revision: t.exposeInt('revision', { description: 'Goes up with every change.' }),
    archivedAt: t.expose('archivedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when it is not offered any more; null: it is.',
    }),
    productCount: t.int({
      description: 'How many products belong to it.',
      select: { _count: { select: { products: true } } },
      resolve: ({ _count }) => _count.products,
    }),
    outputTypeCount: t.int({
      description: 'How many output types are for it, archived ones too.',
      select: { _count: { select: { outputTypes: true } } },
      resolve: ({ _count }) => _count.outputTypes,
    }),
  }),
});

const CATEGORY_SORT = sorting(
  'Category',
  { label: 'Name for people.', key: 'Stable key.' },
  { by: 'label', direction: 'asc' },
);

interface Wanted {
  includeArchived: boolean;
  text?: string | null | undefined;
}
function where({ includeArchived, text }: Wanted): Prisma.CategoryWhereInput {
  const contains = containing(text);
  return {
    archivedAt: includeArchived ? undefined : null,
    OR: contains && [{ label: contains }, { key: contains }],
  };
}

builder.queryField('categories', (t) =>
  t.prismaConnection({
    authScopes: { view: true },
    type: CategoryNode,
    cursor: 'id',
    description: 'Product categories by label.',
    args: {
      includeArchived: t.arg.boolean({ required: true, defaultValue: false, description: 'Archived ones too.' }),
      text: t.arg.string({ description: `In the label or the key, in any case; ${TEXT_LIMIT}.`, validate: FilterText }),
      orderBy: t.arg(CATEGORY_SORT.arg),
    },
    totalCount: (_root, args, ctx) => ctx.db.category.count({ where: where(args) }),
    resolve: (query, _root, { orderBy, ...args }, ctx) =>
      ctx.db.category.findMany({ ...query, where: where(args), orderBy: CATEGORY_SORT.orderBy(orderBy) }),
  }),
);

const CreateInput = builder.inputType('CreateCategoryInput', {
  description: 'A new product category.',
  fields: (t) => ({
    key: t.string({ required: true, description: 'Stable key: small letters, digits and _, up to 64.' }),
    label: t.string({ required: true, description: LABEL }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
  }),
});

const UpdateInput = builder.inputType('UpdateCategoryInput', {
  description: 'What changes of a product category.',
  fields: (t) => ({
    categoryId: t.id({ required: true, description: 'Which one.' }),
    revision: t.int({
      description: 'The revision you have seen; another one is a conflict. Left out: whatever is there.',
    }),
    label: t.string({ required: true, description: LABEL }),
  }),
});

const ArchiveInput = builder.inputType('ArchiveCategoryInput', {
  description: 'Whether a product category is offered.',
  fields: (t) => ({
    categoryId: t.id({ required: true, description: 'Which one.' }),
    isArchived: t.boolean({ required: true, defaultValue: true, description: 'False takes it back in.' }),
  }),
});

builder.mutationFields((t) => ({
  createCategory: t.prismaField({
    authScopes: { author: true },
    type: CategoryNode,
    description: 'Adds a product category.',
    errors: { types: [ValidationError, ConflictError] },
    args: { input: t.arg({ type: CreateInput, required: true, description: 'The new category.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const { id } = await onceFor(ctx, 'createCategory', input, () => createCategory(ctx.platform, input));
      return ctx.db.category.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  updateCategory: t.prismaField({
    authScopes: { author: true },
    type: CategoryNode,
    description: 'Renames a product category; its key stays.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: UpdateInput, required: true, description: 'What changes.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const id = requireLocalId('Category', input.categoryId);
      await renameCategory(ctx.platform, id, input.revision ?? null, input.label);
      return ctx.db.category.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  archiveCategory: t.prismaField({
    authScopes: { author: true },
    type: CategoryNode,
    description:
      'Takes a product category out of what is offered, or back in. Refused while products, output types or material rules belong to it.',
    errors: { types: [NotFoundError, ConflictError] },
    args: { input: t.arg({ type: ArchiveInput, required: true, description: 'Which way.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const id = requireLocalId('Category', input.categoryId);
      await archiveCategory(ctx.platform, id, input.isArchived);
      return ctx.db.category.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
}));
