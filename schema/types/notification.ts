import { builder } from '../builder.js';
import { sorting } from '../sorting.js';

builder.prismaNode('Notification', {
  id: { field: 'id' },
  nullable: true,
  select: { id: true },
  description: "A message in the console's inbox.",
  fields: (t) => ({
    title: t.exposeString('title', { description: 'One line.' }),
    body: t.exposeString('body', { description: 'The message; plain text.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it came in.' }),
    readAt: t.expose('readAt', { type: 'DateTime', nullable: true, description: 'When it was read; null: not yet.' }),
    run: t.relation('run', { description: 'The run it is about.' }),
  }),
});

const NOTIFICATION_SORT = sorting(
  'Notification',
  { createdAt: 'When it came in.' },
  { by: 'createdAt', direction: 'desc' },
);
const unread = (unreadOnly: boolean | null | undefined) => (unreadOnly ? { readAt: null } : {});

builder.queryField('notifications', (t) =>
  t.prismaConnection({
    authScopes: { view: true },
    type: 'Notification',
    cursor: 'id',
    description: 'Messages, newest first.',
    args: {
      unreadOnly: t.arg.boolean({ defaultValue: false, description: 'Only those nobody has read.' }),
      orderBy: t.arg(NOTIFICATION_SORT.arg),
    },
    totalCount: (_root, { unreadOnly }, ctx) => ctx.db.notification.count({ where: unread(unreadOnly) }),
    resolve: (query, _root, { unreadOnly, orderBy }, ctx) =>
      ctx.db.notification.findMany({
        ...query,
        where: unread(unreadOnly),
        orderBy: NOTIFICATION_SORT.orderBy(orderBy),
      }),
  }),
);
