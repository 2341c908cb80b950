import type { Prisma } from '../../generated/prisma/client.js';
import { builder } from '../builder.js';
import { sorting } from '../sorting.js';
import { containing, FilterText, TEXT_LIMIT } from '../textFilter.js';

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

interface Wanted {
  text?: string | null | undefined;
  unreadOnly?: boolean | null | undefined;
  from?: Date | null | undefined;
  to?: Date | null | undefined;
}
function where({ text, unreadOnly, from, to }: Wanted): Prisma.NotificationWhereInput {
  const contains = containing(text);
  return {
    OR: contains && [{ title: contains }, { body: contains }],
    readAt: unreadOnly ? null : undefined,
    createdAt: { gte: from ?? undefined, lt: to ?? undefined },
  };
}

builder.queryField('notifications', (t) =>
  t.prismaConnection({
    authScopes: { view: true },
    type: 'Notification',
    cursor: 'id',
    description: 'Messages, newest first.',
    args: {
      text: t.arg.string({
        description: `In the line or the message, in any case; ${TEXT_LIMIT}.`,
        validate: FilterText,
      }),
      unreadOnly: t.arg.boolean({ defaultValue: false, description: 'Only those nobody has read.' }),
      from: t.arg({ type: 'DateTime', description: 'Came in at this moment or later.' }),
      to: t.arg({ type: 'DateTime', description: 'Came in before this moment.' }),
      orderBy: t.arg(NOTIFICATION_SORT.arg),
    },
    totalCount: (_root, args, ctx) => ctx.db.notification.count({ where: where(args) }),
    resolve: (query, _root, { orderBy, ...args }, ctx) =>
      ctx.db.notification.findMany({
        ...query,
        where: where(args),
        orderBy: NOTIFICATION_SORT.orderBy(orderBy),
      }),
  }),
);
