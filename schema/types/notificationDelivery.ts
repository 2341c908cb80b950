import type { Prisma } from '../../generated/prisma/client.js';
import { builder } from '../builder.js';
import { localId } from '../globalId.js';
import { atMost, MOST } from '../listBounds.js';
import { sorting } from '../sorting.js';

const CHANNELS = { inbox: 'The inbox of the console.', webhook: 'A signed call of a partner.', email: 'An e-mail.' };
const STATUSES = {
  accepted: 'The inbox or the mail server has it.',
  delivered: 'The receiver said so.',
  retrying: 'An attempt failed; another one follows.',
  failed: 'It never arrived.',
  cancelled: 'The run was stopped before another attempt.',
};
const valuesOf = (descriptions: Record<string, string>) =>
  Object.fromEntries(Object.entries(descriptions).map(([value, description]) => [value, { value, description }]));

const ChannelEnum = builder.enumType('DeliveryChannel', {
  description: 'How a message goes out.',
  values: valuesOf(CHANNELS),
});
const StatusEnum = builder.enumType('DeliveryStatus', {
  description: 'What became of a message.',
  values: valuesOf(STATUSES),
});

const DeliveryNode = builder.prismaNode('NotificationDelivery', {
  id: { field: 'id' },
  nullable: true,
  description: 'What became of a message that a notify node sent: one record per node of a run.',
  fields: (t) => ({
    nodeId: t.exposeString('nodeId', { description: 'The workflow node that sent it.' }),
    run: t.relation('run', { description: 'The run it is about.' }),
    channel: t.field({
      type: ChannelEnum,
      nullable: true,
      description: 'How it went out; null where an attempt ended before that was known.',
      resolve: ({ channel }) => channel || null,
    }),
    target: t.exposeString('target', { description: '`inbox`, the host that was called, or the recipients.' }),
    status: t.field({ type: StatusEnum, description: 'Where it stands.', resolve: ({ status }) => status }),
    attempts: t.exposeInt('attempts', { description: 'Attempts made.' }),
    responseCode: t.exposeInt('responseCode', {
      nullable: true,
      description: 'Last answer: HTTP status or SMTP reply code.',
    }),
    errorCode: t.string({
      nullable: true,
      description: 'Code of the last attempt that failed.',
      resolve: ({ error }) => (error as { code: string } | null)?.code ?? null,
    }),
    errorMessage: t.string({
      nullable: true,
      description: 'Why the last attempt that failed did.',
      resolve: ({ error }) => (error as { message: string } | null)?.message ?? null,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the first attempt ended.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When the last attempt ended.' }),
  }),
});

builder.prismaObjectField('Run', 'deliveries', (t) =>
  t.relation('deliveries', {
    description: `What became of the messages it sent; ${atMost('files')}.`,
    query: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }], take: MOST.files },
  }),
);

const DELIVERY_SORT = sorting(
  'NotificationDelivery',
  { createdAt: 'When the first attempt ended.', updatedAt: 'When the last attempt ended.' },
  { by: 'createdAt', direction: 'desc' },
);

interface Wanted {
  status?: string[] | null | undefined;
  channel?: string[] | null | undefined;
  runId?: string | null | undefined;
  from?: Date | null | undefined;
  to?: Date | null | undefined;
}
const where = ({ status, channel, runId, from, to }: Wanted): Prisma.NotificationDeliveryWhereInput => ({
  status: status ? { in: status } : undefined,
  channel: channel ? { in: channel } : undefined,
  runId: runId ? localId('Run', runId) : undefined,
  createdAt: { gte: from ?? undefined, lt: to ?? undefined },
});

builder.queryField('notificationDeliveries', (t) =>
  t.prismaConnection({
    authScopes: { view: true },
    type: DeliveryNode,
    cursor: 'id',
    description: 'What became of messages, newest first.',
    args: {
      status: t.arg({ type: [StatusEnum], description: 'In any of these states; all when left out.' }),
      channel: t.arg({ type: [ChannelEnum], description: 'That went out in any of these ways; all when left out.' }),
      runId: t.arg.id({ description: 'About this run.' }),
      from: t.arg({ type: 'DateTime', description: 'Whose first attempt ended at this moment or later.' }),
      to: t.arg({ type: 'DateTime', description: 'Whose first attempt ended before this moment.' }),
      orderBy: t.arg(DELIVERY_SORT.arg),
    },
    totalCount: (_root, args, ctx) => ctx.db.notificationDelivery.count({ where: where(args) }),
    resolve: (query, _root, { orderBy, ...args }, ctx) =>
      ctx.db.notificationDelivery.findMany({
        ...query,
        where: where(args),
        orderBy: DELIVERY_SORT.orderBy(orderBy),
      }),
  }),
);
