import type { Prisma } from '../../generated/prisma/client.js';
import { visibleAssets } from '../../runtime/ownership.js';
import { builder } from '../builder.js';
import { localId } from '../globalId.js';

/** Most files of one asset that come in one answer: a turntable's frames fit. */
const MAX_FILES = 1_000;

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
  description: 'A delivered file under its catalogue name, in one of its versions.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Catalogue name of the file.' }),
    kind: t.exposeString('kind', { description: 'What the customer receives, for example `still_image`.' }),
    version: t.exposeInt('version', {
      description: 'Number within product, output type and name, from 1. Versions are never overwritten.',
    }),
    isLatest: t.boolean({
      description: 'No newer version has superseded it.',
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
      description: `Further files of the set, then derivatives; at most ${MAX_FILES}.`,
      query: { orderBy: { position: 'asc' }, take: MAX_FILES },
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
    name: t.string({ description: 'Of exactly this catalogue name: with a product, all versions of one file.' }),
  }),
});

function where(filter: typeof AssetFilter.$inferInput | null | undefined): Prisma.AssetWhereInput {
  const { latestOnly, productId, outputTypeId, orderLineId, name } = filter ?? {};
  return {
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
    args: { filter: t.arg({ type: AssetFilter, description: 'Which ones; all when left out.' }) },
    totalCount: (_root, { filter }, ctx) =>
      ctx.db.asset.count({ where: { AND: [where(filter), visibleAssets(ctx.viewer)] } }),
    resolve: (query, _root, { filter }, ctx) =>
      ctx.db.asset.findMany({
        ...query,
        where: { AND: [where(filter), visibleAssets(ctx.viewer)] },
        orderBy: [{ publishedAt: 'desc' }, { id: 'desc' }],
      }),
  }),
);
