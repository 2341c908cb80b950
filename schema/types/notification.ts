import { builder } from '../builder.js';

builder.prismaNode('Notification', {
  id: { field: 'id' },
  nullable: true,
  description: "A message in the console's inbox.",
  fields: (t) => ({
    title: t.exposeString('title', { description: 'One line.' }),
    body: t.exposeString('body', { description: 'The message; plain text.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it came in.' }),
    readAt: t.expose('readAt', { type: 'DateTime', nullable: true, description: 'When it was read; null: not yet.' }),
    run: t.relation('run', { description: 'The run it is about.' }),
  }),
});

builder.queryField('notifications', (t) =>
  t.prismaConnection({
    authScopes: { view: true },
    type: 'Notification',
    cursor: 'id',
    description: 'Messages, newest first.',
    totalCount: (_root, _args, ctx) => ctx.db.notification.count(),
    resolve: (query, _root, _args, ctx) =>
      ctx.db.notification.findMany({ ...query, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] }),
  }),
);
