import type { Prisma } from '../../generated/prisma/client.js';
import { visibleWebhooks } from '../../runtime/access/ownership.js';
import { WEBHOOK_EVENTS, type WebhookEventType } from '../../runtime/webhooks/eventTypes.js';
import { builder } from '../builder.js';
import type { Context } from '../context.js';
import { localId } from '../globalId.js';
import { sorting } from '../sorting.js';
import { containing, FilterText, TEXT_LIMIT } from '../textFilter.js';

export const WebhookEventEnum = builder.enumType('WebhookEventType', {
  description:
    'What webhooks are told of. In what is sent, a full stop stands for the first underscore: `run.succeeded`.',
  values: Object.fromEntries(
    Object.entries(WEBHOOK_EVENTS).map(([value, description]) => [value.replace('.', '_'), { value, description }]),
  ) as Record<string, { value: WebhookEventType; description: string }>,
});

export const WebhookNode = builder.prismaNode('Webhook', {
  id: { field: 'id' },
  nullable: true,
  description: 'An address that is told what happens to runs and assets, by signed POST requests (docs/webhooks.md).',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it is for.' }),
    url: t.exposeString('url', { description: 'Where events are sent to.' }),
    eventTypes: t.field({
      type: [WebhookEventEnum],
      description: 'What it is told of.',
      resolve: ({ eventTypes }) => eventTypes as WebhookEventType[],
    }),
    ownOnly: t.exposeBoolean('ownOnly', {
      description: "Told only of what the account's own orders bring about. Those of partners always are.",
    }),
    isEnabled: t.boolean({
      description: 'False: nothing is sent, and what happens meanwhile is not told later.',
      resolve: ({ disabledAt }) => disabledAt === null,
    }),
    disabledAt: t.expose('disabledAt', { type: 'DateTime', nullable: true, description: 'Since when it is disabled.' }),
    disabledReason: t.exposeString('disabledReason', {
      nullable: true,
      description: 'Why it was disabled by itself; null where somebody did it.',
    }),
    failingSince: t.expose('failingSince', {
      type: 'DateTime',
      nullable: true,
      description: 'When the first attempt failed since one succeeded. After five days of this it is disabled.',
    }),
    oldSecretsUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Until when secrets from before the last rotation sign as well; null: only the newest one does.',
      select: {
        secrets: {
          where: { endsAt: { not: null } },
          orderBy: { endsAt: 'desc' },
          take: 1,
          select: { endsAt: true },
        },
      },
      resolve: ({ secrets: [newest] }) =>
        newest?.endsAt && newest.endsAt.getTime() > Date.now() ? newest.endsAt : null,
    }),
    account: t.relation('account', { nullable: true, description: "Whose it is; null: the installation's owner's." }),
    token: t.relation('token', {
      nullable: true,
      description: 'The API token that made or last changed it: when it is revoked, the webhook is disabled.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

interface Wanted {
  text?: string | null | undefined;
  isEnabled?: boolean | null | undefined;
}
function where({ text, isEnabled }: Wanted, { viewer }: Context): Prisma.WebhookWhereInput {
  const contains = containing(text);
  return {
    ...visibleWebhooks(viewer),
    OR: contains && [{ name: contains }, { url: contains }],
    disabledAt: isEnabled == null ? undefined : isEnabled ? null : { not: null },
  };
}

const WEBHOOK_SORT = sorting(
  'Webhook',
  { createdAt: 'When it was made.', name: 'What it is for.' },
  { by: 'createdAt', direction: 'desc' },
);

builder.queryFields((t) => ({
  webhooks: t.prismaConnection({
    authScopes: { $any: { order: true, admin: true } },
    type: WebhookNode,
    cursor: 'id',
    description: "Webhooks, newest first: an admin's are all, everybody else's their own.",
    args: {
      text: t.arg.string({
        description: `In the name or the address, in any case; ${TEXT_LIMIT}.`,
        validate: FilterText,
      }),
      isEnabled: t.arg.boolean({ description: 'Only those that are enabled, or only those that are not.' }),
      orderBy: t.arg(WEBHOOK_SORT.arg),
    },
    totalCount: (_root, args, ctx) => ctx.db.webhook.count({ where: where(args, ctx) }),
    resolve: (query, _root, { orderBy, ...args }, ctx) =>
      ctx.db.webhook.findMany({ ...query, where: where(args, ctx), orderBy: WEBHOOK_SORT.orderBy(orderBy) }),
  }),
  webhook: t.prismaField({
    authScopes: { $any: { order: true, admin: true } },
    type: WebhookNode,
    nullable: true,
    description: 'A webhook, or null where there is none that you may see.',
    args: { id: t.arg.id({ required: true, description: 'Id of the webhook.' }) },
    resolve: (query, _root, { id }, { db, viewer }) =>
      db.webhook.findFirst({ ...query, where: { id: localId('Webhook', id), ...visibleWebhooks(viewer) } }),
  }),
}));
