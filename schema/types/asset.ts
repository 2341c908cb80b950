import { builder } from '../builder.js';

builder.prismaNode('Asset', {
  id: { field: 'id' },
  nullable: true,
  description: 'A delivered file under its catalogue name.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Catalogue name of the file.' }),
    kind: t.exposeString('kind', { description: 'What the customer receives, for example `still_image`.' }),
    publishedAt: t.expose('publishedAt', { type: 'DateTime', description: 'When it was delivered.' }),
    artifact: t.relation('artifact', { description: 'The file.' }),
    nodeId: t.exposeString('nodeId', { description: 'The workflow node that published it.' }),
    run: t.relation('run', { description: 'The run that published it.' }),
    product: t.relation('product', { nullable: true, description: 'The product it shows.' }),
    orderLine: t.relation('orderLine', { nullable: true, description: 'The order line it was made for.' }),
  }),
});

builder.queryField('assets', (t) =>
  t.prismaConnection({
    type: 'Asset',
    cursor: 'id',
    description: 'Delivered files, newest first.',
    totalCount: (_root, _args, ctx) => ctx.db.asset.count(),
    resolve: (query, _root, _args, ctx) =>
      ctx.db.asset.findMany({ ...query, orderBy: [{ publishedAt: 'desc' }, { id: 'desc' }] }),
  }),
);
