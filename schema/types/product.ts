import type { Prisma } from '../../generated/prisma/client.js';
import { ConflictError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import { createProduct, updateProduct } from '../../runtime/library/products.js';
import { builder } from '../builder.js';
import type { Context } from '../context.js';
import { localId, requireLocalId } from '../globalId.js';
import { NOT_FOR_PARTNERS, studioAsks } from '../partnerView.js';
import { sorting } from '../sorting.js';
import { containing, FilterText, TEXT_LIMIT } from '../textFilter.js';
import { IDEMPOTENCY_KEY_DESCRIPTION, IdempotencyKey, onceFor } from './idempotencyKey.js';

builder.prismaNode('Product', {
  id: { field: 'id' },
  nullable: true,
  select: { id: true },
  description: 'A product of the catalogue.',
  fields: (t) => ({
    sku: t.exposeString('sku', { description: 'Article number, unique.' }),
    name: t.exposeString('name', { description: 'Name for people.' }),
    category: t.relation('category', { nullable: true, description: 'The group it belongs to.' }),
    cadFile: t.relation('cadFile', { nullable: true, description: 'Its geometry.' }),
    materialAssignments: t.field({
      type: 'JSON',
      description: 'Part name → material name, chosen by a person.',
      select: { materialAssignments: true },
      resolve: (product) => product.materialAssignments,
    }),
  }),
});

const ProductFilter = builder.inputType('ProductFilter', {
  description: 'Which products; all conditions that are given must hold.',
  fields: (t) => ({
    text: t.string({
      description: `In the article number or the name, in any case; ${TEXT_LIMIT}.`,
      validate: FilterText,
    }),
    categoryId: t.id({ description: 'Of this category.' }),
    cadFileId: t.id({ description: `With the geometry of this CAD file; ${NOT_FOR_PARTNERS}.` }),
  }),
});

function where(
  filter: typeof ProductFilter.$inferInput | null | undefined,
  { viewer }: Context,
): Prisma.ProductWhereInput {
  const { text, categoryId, cadFileId } = filter ?? {};
  studioAsks(viewer, { cadFileId });
  const contains = containing(text);
  return {
    OR: contains && [{ sku: contains }, { name: contains }],
    categoryId: categoryId ? localId('Category', categoryId) : undefined,
    cadFileId: cadFileId ? localId('CadFile', cadFileId) : undefined,
  };
}

const PRODUCT_SORT = sorting(
  'Product',
  { name: 'Name for people.', sku: 'Article number.', createdAt: 'When it was added.' },
  { by: 'name', direction: 'asc' },
);

builder.queryFields((t) => ({
  products: t.prismaConnection({
    authScopes: { $any: { view: true, order: true } },
    type: 'Product',
    cursor: 'id',
    description: 'Products by name.',
    args: {
      filter: t.arg({ type: ProductFilter, description: 'Which ones; all when left out.' }),
      orderBy: t.arg(PRODUCT_SORT.arg),
    },
    totalCount: (_root, { filter }, ctx) => ctx.db.product.count({ where: where(filter, ctx) }),
    resolve: (query, _root, { filter, orderBy }, ctx) =>
      ctx.db.product.findMany({ ...query, where: where(filter, ctx), orderBy: PRODUCT_SORT.orderBy(orderBy) }),
  }),
  product: t.prismaField({
    authScopes: { $any: { view: true, order: true } },
    type: 'Product',
    nullable: true,
    description: 'One product, or null.',
    args: { id: t.arg.id({ required: true, description: 'Id of a product.' }) },
    resolve: (query, _root, { id }, ctx) =>
      ctx.db.product.findUnique({ ...query, where: { id: localId('Product', id) } }),
  }),
}));

const CreateProductInput = builder.inputType('CreateProductInput', {
  description: 'A new product.',
  fields: (t) => ({
    sku: t.string({
      required: true,
      description: 'Article number, unique: 1 to 64 letters, digits, blanks or . - _ /.',
    }),
    name: t.string({
      required: true,
      description: 'Name for people, 1 to 200 characters.',
    }),
    cadFileId: t.id({ required: true, description: 'Its geometry.' }),
    categoryKey: t.string({ description: 'Key of its category.' }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
  }),
});

builder.mutationField('createProduct', (t) =>
  t.prismaField({
    authScopes: { author: true },
    type: 'Product',
    description: 'Adds a product to the catalogue.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: CreateProductInput, required: true, description: 'The new product.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const { sku, name, cadFileId, categoryKey } = input;
      const { id } = await onceFor(ctx, 'createProduct', input, () =>
        createProduct(ctx.platform, {
          sku,
          name,
          cadFileId: requireLocalId('CadFile', cadFileId),
          categoryKey: categoryKey ?? undefined,
        }),
      );
      return ctx.db.product.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
);

const UpdateProductInput = builder.inputType('UpdateProductInput', {
  description: 'What changes of a product; what is left out stays.',
  fields: (t) => ({
    productId: t.id({ required: true, description: 'Which product.' }),
    name: t.string({ description: 'Name for people, 1 to 200 characters.' }),
    cadFileId: t.id({
      description: 'Its revised geometry. What was made of the one before is out of date then (`staleAssets`).',
    }),
    categoryKey: t.string({ description: 'Key of its category; null: none.' }),
  }),
});

builder.mutationField('updateProduct', (t) =>
  t.prismaField({
    authScopes: { author: true },
    type: 'Product',
    description: 'Changes a product: its name, its category, or its CAD file when the geometry was revised.',
    errors: { types: [ValidationError, NotFoundError] },
    args: { input: t.arg({ type: UpdateProductInput, required: true, description: 'What changes.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const { id } = await updateProduct(ctx.platform, {
        id: requireLocalId('Product', input.productId),
        name: input.name ?? undefined,
        cadFileId: input.cadFileId ? requireLocalId('CadFile', input.cadFileId) : undefined,
        categoryKey: input.categoryKey,
      });
      return ctx.db.product.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
);
