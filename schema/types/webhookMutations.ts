import { ConflictError, ForbiddenError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import {
  createWebhook,
  deleteWebhook,
  pingWebhook,
  redeliver,
  redeliverFailed,
  rotateSecret,
  updateWebhook,
} from '../../runtime/webhooks/webhooks.js';
import { builder } from '../builder.js';
import type { Context } from '../context.js';
import { encodeGlobalId, requireLocalId } from '../globalId.js';
import { IDEMPOTENCY_KEY_DESCRIPTION, IdempotencyKey, onceFor } from './idempotencyKey.js';
import { WebhookEventEnum, WebhookNode } from './webhook.js';
import { WebhookDeliveryNode } from './webhookDelivery.js';

const NAME = 'What it is for: 1 to 100 characters.';
const URL = 'Where events are sent to: https, outside of private networks unless the installation allows the host.';
const EVENTS = 'What it is told of; at least one.';
const KEY_OF_SECRET = `${IDEMPOTENCY_KEY_DESCRIPTION} The secret is told the first time only.`;
const OWN_ONLY = "True: only of what the account's own orders bring about. Without the scope `view` it always is.";

const CreateWebhookInput = builder.inputType('CreateWebhookInput', {
  description: 'A new webhook.',
  fields: (t) => ({
    name: t.string({ required: true, description: NAME }),
    url: t.string({ required: true, description: URL }),
    eventTypes: t.field({ type: [WebhookEventEnum], required: true, description: EVENTS }),
    ownOnly: t.boolean({ description: OWN_ONLY }),
    accountId: t.id({ description: 'Whose it is: yours when left out; only administrators make some for others.' }),
    idempotencyKey: t.string({ description: KEY_OF_SECRET, validate: IdempotencyKey }),
  }),
});

const UpdateWebhookInput = builder.inputType('UpdateWebhookInput', {
  description: 'What to change; what is left out stays.',
  fields: (t) => ({
    webhookId: t.id({ required: true, description: 'Id of the webhook.' }),
    name: t.string({ description: NAME }),
    url: t.string({ description: URL }),
    eventTypes: t.field({ type: [WebhookEventEnum], description: EVENTS }),
    ownOnly: t.boolean({ description: OWN_ONLY }),
    isEnabled: t.boolean({
      description: 'False: nothing is sent. True: begin anew; deliveries that were under way go on.',
    }),
  }),
});

const WebhookSecret = builder.objectRef<{ webhookId: string; secret: string | null }>('WebhookSecret').implement({
  description: 'A webhook with its new secret, which is told this once.',
  fields: (t) => ({
    secret: t.exposeString('secret', {
      nullable: true,
      description:
        '`whsec_` and the key in base64, as of standardwebhooks.com; null where the request was sent before: then rotate it.',
    }),
    webhook: t.prismaField({
      type: WebhookNode,
      description: 'The webhook.',
      resolve: (query, { webhookId }, _args, { db }) =>
        db.webhook.findUniqueOrThrow({ ...query, where: { id: webhookId } }),
    }),
  }),
});

const DeletedWebhook = builder.simpleObject('DeletedWebhook', {
  description: 'A webhook that is gone.',
  fields: (t) => ({ id: t.id({ description: 'The id it had.', nullable: false }) }),
});

const RedeliverInput = builder.inputType('RedeliverFailedWebhookEventsInput', {
  description: 'What to send again.',
  fields: (t) => ({
    webhookId: t.id({ required: true, description: 'Id of the webhook.' }),
    since: t.field({ type: 'DateTime', required: true, description: 'What was written from this moment on.' }),
    until: t.field({ type: 'DateTime', description: 'Only what was written before this moment.' }),
  }),
});

const Redelivery = builder.objectRef<{ webhookId: string; count: number }>('WebhookRedelivery').implement({
  description: 'Events that are sent once more.',
  fields: (t) => ({
    count: t.exposeInt('count', { description: 'How many; the delivery log shows what becomes of them.' }),
    webhook: t.prismaField({
      type: WebhookNode,
      description: 'Where to.',
      resolve: (query, { webhookId }, _args, { db }) =>
        db.webhook.findUniqueOrThrow({ ...query, where: { id: webhookId } }),
    }),
  }),
});

/** @throws NotFoundError where it is gone since: what is sent is kept for two weeks, and who asked for it for longer. */
async function deliveryOf(query: object, { db }: Context, id: string) {
  const delivery = await db.webhookDelivery.findUnique({ ...query, where: { id } });
  if (!delivery) throw new NotFoundError('delivery', encodeGlobalId('WebhookDelivery', id));
  return delivery;
}

/** @throws NotFoundError where it was deleted since. */
async function secretOf({ db }: Context, webhookId: string, secret: string | null) {
  if ((await db.webhook.count({ where: { id: webhookId } })) === 0)
    throw new NotFoundError('webhook', encodeGlobalId('Webhook', webhookId));
  return { webhookId, secret };
}

const authScopes = { $any: { order: true, admin: true } };

builder.mutationFields((t) => ({
  createWebhook: t.field({
    authScopes,
    type: WebhookSecret,
    description: 'Has an address told what happens from now on. Its secret is in the answer, and nowhere after.',
    errors: { types: [ValidationError, NotFoundError, ForbiddenError, ConflictError] },
    args: { input: t.arg({ type: CreateWebhookInput, required: true, description: 'The new webhook.' }) },
    resolve: async (_root, { input }, ctx) => {
      const { accountId, idempotencyKey: _key, ...content } = input;
      let secret: string | null = null;
      const { id } = await onceFor(ctx, 'createWebhook', input, async () => {
        const made = await createWebhook(ctx.platform, ctx.viewer!, {
          ...content,
          accountId: accountId && requireLocalId('Account', accountId),
        });
        secret = made.secret;
        return made;
      });
      return secretOf(ctx, id, secret);
    },
  }),
  updateWebhook: t.prismaField({
    authScopes,
    type: WebhookNode,
    description: 'Changes a webhook, disables it or takes it back into use.',
    errors: { types: [ValidationError, NotFoundError] },
    args: { input: t.arg({ type: UpdateWebhookInput, required: true, description: 'What to change.' }) },
    resolve: async (query, _root, { input }, { db, platform, viewer }) => {
      const id = requireLocalId('Webhook', input.webhookId);
      await updateWebhook(platform, viewer!, id, input);
      return db.webhook.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  deleteWebhook: t.field({
    authScopes,
    type: DeletedWebhook,
    description: 'Removes a webhook with its delivery log; nothing more is sent.',
    errors: { types: [NotFoundError] },
    args: { id: t.arg.id({ required: true, description: 'Id of the webhook.' }) },
    resolve: async (_root, { id }, { platform, viewer }) => {
      await deleteWebhook(platform, viewer!, requireLocalId('Webhook', id));
      return { id: String(id) };
    },
  }),
  rotateWebhookSecret: t.field({
    authScopes,
    type: WebhookSecret,
    description:
      'Gives a webhook a new secret. For a while both sign, so that the receiver can change over at leisure.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: {
      id: t.arg.id({ required: true, description: 'Id of the webhook.' }),
      overlapHours: t.arg.int({
        required: true,
        defaultValue: 24,
        description: 'How long the old one signs as well: 0 to 168 hours. 0 where it may have leaked.',
      }),
      idempotencyKey: t.arg.string({ description: KEY_OF_SECRET, validate: IdempotencyKey }),
    },
    resolve: async (_root, args, ctx) => {
      const webhookId = requireLocalId('Webhook', args.id);
      let secret: string | null = null;
      await onceFor(ctx, 'rotateWebhookSecret', args, async () => {
        secret = await rotateSecret(ctx.platform, ctx.viewer!, webhookId, args.overlapHours);
        return { id: webhookId };
      });
      return secretOf(ctx, webhookId, secret);
    },
  }),
  pingWebhook: t.prismaField({
    authScopes,
    type: WebhookDeliveryNode,
    description:
      'Sends a test event, `webhook.ping`, within a second or two; the delivery log shows what became of it.',
    errors: { types: [NotFoundError, ConflictError] },
    args: {
      id: t.arg.id({ required: true, description: 'Id of the webhook.' }),
      idempotencyKey: t.arg.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
    },
    resolve: async (query, _root, args, ctx) => {
      const { id } = await onceFor(ctx, 'pingWebhook', args, async () => ({
        id: await pingWebhook(ctx.platform, ctx.viewer!, requireLocalId('Webhook', args.id)),
      }));
      return deliveryOf(query, ctx, id);
    },
  }),
  redeliverWebhookEvent: t.prismaField({
    authScopes,
    type: WebhookDeliveryNode,
    description: 'Sends an event once more, whatever became of it, with the same event id.',
    errors: { types: [NotFoundError, ConflictError] },
    args: {
      deliveryId: t.arg.id({ required: true, description: 'Id of the delivery.' }),
      idempotencyKey: t.arg.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
    },
    resolve: async (query, _root, args, ctx) => {
      const id = requireLocalId('WebhookDelivery', args.deliveryId);
      await onceFor(ctx, 'redeliverWebhookEvent', args, async () => {
        await redeliver(ctx.platform, ctx.viewer!, id);
        return { id };
      });
      return deliveryOf(query, ctx, id);
    },
  }),
  redeliverFailedWebhookEvents: t.field({
    authScopes,
    type: Redelivery,
    description:
      'Sends everything once more that a webhook did not take since then, each with its event id: for receivers that were away for longer than it was tried. What arrived or is under way is left alone, so asking twice sends nothing twice.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: RedeliverInput, required: true, description: 'What to send again.' }) },
    resolve: async (_root, { input: { webhookId, ...span } }, { platform, viewer }) => {
      const id = requireLocalId('Webhook', webhookId);
      return { webhookId: id, count: await redeliverFailed(platform, viewer!, id, span) };
    },
  }),
}));
