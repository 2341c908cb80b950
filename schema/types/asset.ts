import type { Prisma } from '../../generated/prisma/client.js';
import { visibleAssets } from '../../runtime/access/ownership.js';
import { builder } from '../builder.js';
import { localId } from '../globalId.js';
import { atMost, MOST } from '../listBounds.js';
import { sorting } from '../sorting.js';
import { containing, FilterText, TEXT_LIMIT } from '../textFilter.js';

const AssetFileObject = builder.prismaObject('AssetFile', {
  description: 'A file of an asset beside the original: another one of a set, or a derivative.',
  select: { artifact: true },
  fields: (t) => ({
    position: t.exposeInt('position', { description: 'Place in the asset, from 1.' }),
    name: t.string({ description: 'Catalogue name of the file.', resolve: ({ artifact }) => artifact.fileName }),
    derivative: t.string({
      nullable: true,
      description: 'Name of the derivative, for example `web`; null for a file of the set itself.',
      resolve: ({ artifact }) => textIn(artifact.metadata, 'derivative'),
    }),
    artifact: t.relation('artifact', { description: 'The file.' }),
  }),
});

export const AssetNode = builder.prismaNode('Asset', {
  id: { field: 'id' },
  nullable: true,
  select: { id: true },
  description: 'A delivered file under its catalogue name, in one of its versions.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Catalogue name of the file.' }),
    kind: t.exposeString('kind', { description: 'What the customer receives, for example `still_image`.' }),
    version: t.exposeInt('version', {
      description: 'Number within product, output type and name, from 1. Versions are never overwritten.',
    }),
    isLatest: t.boolean({
      description: 'No newer version has superseded it.',
      select: { supersededAt: true },
      resolve: ({ supersededAt }) => supersededAt === null,
    }),
    publishedAt: t.expose('publishedAt', { type: 'DateTime', description: 'When it was delivered.' }),
    supersededAt: t.expose('supersededAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When a newer version took its place; null: it is the newest.',
    }),
    supersedes: t.relation('supersedes', { nullable: true, description: 'The version before.' }),
    supersededBy: t.relation('supersededBy', { nullable: true, description: 'The version after.' }),
    artifact: t.relation('artifact', { description: 'The original file: url, sha256, size and facts.' }),
    files: t.relation('files', {
      type: AssetFileObject,
      description: `Further files of the set, then derivatives; ${atMost('files')}.`,
      query: { orderBy: { position: 'asc' }, take: MOST.files },
    }),
    nodeId: t.exposeString('nodeId', { description: 'The workflow node that published it.' }),
    run: t.relation('run', { description: 'The run that published it.' }),
    product: t.relation('product', { nullable: true, description: 'The product it shows.' }),
    outputType: t.relation('outputType', { nullable: true, description: 'The output type it was made as.' }),
    orderLine: t.relation('orderLine', { nullable: true, description: 'The order line it was made for.' }),
  }),
});

function textIn(json: unknown, key: string): string | null {
  const value = (json as Record<string, unknown> | null)?.[key];
  return typeof value === 'string' ? value : null;
}

const AssetFilter = builder.inputType('AssetFilter', {
  description: 'Which assets; all conditions that are given must hold.',
  fields: (t) => ({
    latestOnly: t.boolean({ description: 'Only newest versions.' }),
    productId: t.id({ description: 'Of this product.' }),
    outputTypeId: t.id({ description: 'Of this output type.' }),
    orderLineId: t.id({ description: 'Made for this order line.' }),
    orderId: t.id({ description: 'Made for a line of this order.' }),
    name: t.string({ description: 'Of exactly this catalogue name: with a product, all versions of one file.' }),
    text: t.string({
      description: `With this in the catalogue name, in any case; ${TEXT_LIMIT}.`,
      validate: FilterText,
    }),
    kind: t.stringList({ description: 'Of any of these kinds.' }),
    from: t.field({ type: 'DateTime', description: 'Delivered at this moment or later.' }),
    to: t.field({ type: 'DateTime', description: 'Delivered before this moment.' }),
  }),
});

const ASSET_SORT = sorting(
  'Asset',
  { publishedAt: 'When it was delivered.', name: 'Catalogue name.' },
  { by: 'publishedAt', direction: 'desc' },
);

function where(filter: typeof AssetFilter.$inferInput | null | undefined): Prisma.AssetWhereInput {
  const { latestOnly, productId, outputTypeId, orderLineId, orderId, name, text, kind, from, to } = filter ?? {};
  return {
    AND: text ? { name: containing(text) } : undefined,
    kind: kind ? { in: kind } : undefined,
    publishedAt: from || to ? { gte: from ?? undefined, lt: to ?? undefined } : undefined,
    orderLine: orderId ? { orderId: localId('Order', orderId) } : undefined,
    supersededAt: latestOnly ? null : undefined,
    productId: productId ? localId('Product', productId) : undefined,
    outputTypeId: outputTypeId ? localId('OutputType', outputTypeId) : undefined,
    orderLineId: orderLineId ? localId('OrderLine', orderLineId) : undefined,
    name: name ?? undefined,
  };
}

builder.queryField('assets', (t) =>
  t.prismaConnection({
    authScopes: { $any: { view: true, order: true } },
    type: 'Asset',
    cursor: 'id',
    description: 'Delivered files, newest first.',
    args: {
      filter: t.arg({ type: AssetFilter, description: 'Which ones; all when left out.' }),
      orderBy: t.arg(ASSET_SORT.arg),
    },
    totalCount: (_root, { filter }, ctx) =>
      ctx.db.asset.count({ where: { AND: [where(filter), visibleAssets(ctx.viewer)] } }),
    resolve: (query, _root, { filter, orderBy }, ctx) =>
      ctx.db.asset.findMany({
        ...query,
        where: { AND: [where(filter), visibleAssets(ctx.viewer)] },
        orderBy: ASSET_SORT.orderBy(orderBy),
      }),
  }),
);
