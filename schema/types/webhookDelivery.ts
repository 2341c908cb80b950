import type { Prisma } from '../../generated/prisma/client.js';
import { visibleWebhooks } from '../../runtime/access/ownership.js';
import { isWebhookEventType } from '../../runtime/webhooks/eventTypes.js';
import { builder } from '../builder.js';
import { localId } from '../globalId.js';
import { sorting } from '../sorting.js';
import { WebhookDeliveryStatusEnum } from './enums.js';
import { WebhookEventEnum, WebhookNode } from './webhook.js';

/** Attempts shown of a delivery that was sent again and again. */
const MOST_ATTEMPTS = 50;

const Attempt = builder.prismaObject('WebhookAttempt', {
  description: 'One attempt to deliver an event.',
  fields: (t) => ({
    number: t.exposeInt('number', { description: '1, 2, 3, …; one that was broken off is left out.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it ended.' }),
    tookMs: t.exposeInt('tookMs', { description: 'How long it took, in milliseconds.' }),
    responseCode: t.exposeInt('responseCode', {
      nullable: true,
      description: 'HTTP status of the answer; null: none came.',
    }),
    errorCode: t.exposeString('errorCode', {
      nullable: true,
      description: 'Why it failed, machine readable; null: the receiver took it.',
    }),
    errorMessage: t.exposeString('errorMessage', { nullable: true, description: 'Why it failed, in a sentence.' }),
  }),
});

export const WebhookDeliveryNode = builder.prismaNode('WebhookDelivery', {
  id: { field: 'id' },
  nullable: true,
  description: 'An event on its way to a webhook, and what became of it. Kept for two weeks.',
  fields: (t) => ({
    webhook: t.relation('webhook', { type: WebhookNode, description: 'Where it is sent to.' }),
    eventId: t.exposeString('eventId', {
      description: 'Sent as `webhook-id`: the same in every attempt, and for every webhook that gets the event.',
    }),
    eventType: t.field({
      type: WebhookEventEnum,
      nullable: true,
      description: 'What it tells; null: a test event, `webhook.ping`.',
      resolve: ({ eventType }) => (isWebhookEventType(eventType) ? eventType : null),
    }),
    body: t.exposeString('body', { description: 'What is sent: JSON text, to the letter as it is signed.' }),
    status: t.expose('status', { type: WebhookDeliveryStatusEnum, description: 'Where it stands.' }),
    attemptCount: t.exposeInt('attemptCount', { description: 'Attempts begun.' }),
    nextAttemptAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the next attempt is due; null: none will follow.',
      resolve: ({ status, nextAttemptAt }) => (status === 'pending' ? nextAttemptAt : null),
    }),
    attempts: t.relation('attempts', {
      type: Attempt,
      description: `Attempts that ended, newest first, at most ${MOST_ATTEMPTS}.`,
      query: { orderBy: { number: 'desc' }, take: MOST_ATTEMPTS },
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was written.' }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it arrived or was given up.',
    }),
  }),
});

const DeliveryFilter = builder.inputType('WebhookDeliveryFilter', {
  description: 'Which deliveries; all conditions that are given must hold.',
  fields: (t) => ({
    webhookId: t.id({ description: 'To this webhook.' }),
    status: t.field({ type: [WebhookDeliveryStatusEnum], description: 'In any of these states.' }),
    eventType: t.field({ type: [WebhookEventEnum], description: 'Of any of these events.' }),
    from: t.field({ type: 'DateTime', description: 'Written from this moment on.' }),
    to: t.field({ type: 'DateTime', description: 'Written before this moment.' }),
  }),
});

function where(filter: typeof DeliveryFilter.$inferInput | null | undefined): Prisma.WebhookDeliveryWhereInput {
  const { webhookId, status, eventType, from, to } = filter ?? {};
  return {
    webhookId: webhookId ? localId('Webhook', webhookId) : undefined,
    status: status ? { in: status } : undefined,
    eventType: eventType ? { in: eventType } : undefined,
    createdAt: { gte: from ?? undefined, lt: to ?? undefined },
  };
}

const DELIVERY_SORT = sorting(
  'WebhookDelivery',
  { createdAt: 'When the event happened.' },
  { by: 'createdAt', direction: 'desc' },
);

builder.queryField('webhookDeliveries', (t) =>
  t.prismaConnection({
    authScopes: { $any: { order: true, admin: true } },
    type: WebhookDeliveryNode,
    cursor: 'id',
    description: "The delivery log, newest first: an admin's is of all webhooks, everybody else's of their own.",
    args: {
      filter: t.arg({ type: DeliveryFilter, description: 'Which ones; all when left out.' }),
      orderBy: t.arg(DELIVERY_SORT.arg),
    },
    totalCount: (_root, { filter }, { db, viewer }) =>
      db.webhookDelivery.count({ where: { ...where(filter), webhook: visibleWebhooks(viewer) } }),
    resolve: (query, _root, { filter, orderBy }, { db, viewer }) =>
      db.webhookDelivery.findMany({
        ...query,
        where: { ...where(filter), webhook: visibleWebhooks(viewer) },
        orderBy: DELIVERY_SORT.orderBy(orderBy),
      }),
  }),
);
