import { z } from 'zod';
import type { ModuleContext } from '../context.js';
import { artifactPort, dataPort, defineModule } from '../define.js';
import { EntryOrderLine, EntryOutputType, EntryProduct } from '../entry.js';
import { ModuleError } from '../errors.js';
import { sendMail } from './mail.js';
import { mailSettings } from './mailSettings.js';
import { DELIVERABLE_TYPES } from './mediaTypes.js';
import { type MessageSubject, messageAbout, payloadAbout } from './message.js';
import { callWebhook, isWebhookUrl, webhookSettings } from './webhook.js';

/** What became of a notification. Whoever runs the module writes `inbox` receipts into the inbox, once per node of a run, and keeps
 * the record of deliveries: from the receipt, and from `details.delivery` (channel, target, responseCode) of a failure. */
export const Receipt = z.object({
  channel: z.enum(['inbox', 'webhook', 'email']),
  /** `inbox`, the host that was called, or the recipients. */
  target: z.string(),
  /** `delivered`: the receiver said so. `accepted`: the inbox will show it when the node is finished, or the mail server will pass it on. */
  status: z.enum(['accepted', 'delivered']),
  title: z.string(),
  body: z.string(),
  /** HTTP status of a webhook's answer, or reply code of the mail server; null for the inbox. */
  responseCode: z.number().int().nullable(),
});
type Sent = Pick<z.output<typeof Receipt>, 'status' | 'responseCode'>;

const MAX_RECIPIENTS = 20;

const Params = z
  .object({
    channel: z
      .union([
        z.literal('inbox').meta({ title: 'Inbox', description: 'Shown in the console.' }),
        z.literal('webhook').meta({ title: 'Webhook', description: 'Posted to an address as signed JSON.' }),
        z.literal('email').meta({ title: 'E-mail', description: 'Sent by the mail server of this installation.' }),
      ])
      .default('inbox')
      .meta({ title: 'Channel', description: 'Who is told.' }),
    url: z
      .string()
      .max(2000)
      .default('')
      .meta({ title: 'Webhook address', description: 'Only for the webhook channel.' }),
    recipients: z
      .array(z.email('An e-mail address like name@studio.example.').max(254))
      .max(MAX_RECIPIENTS)
      .default([])
      .meta({ title: 'Recipients', description: `Only for the e-mail channel: up to ${MAX_RECIPIENTS} addresses.` }),
    note: z.string().max(2000).default('').meta({ title: 'Note', description: 'Added to the message.' }),
  })
  .refine(({ channel, url }) => channel !== 'webhook' || url !== '', {
    path: ['url'],
    message: 'A webhook needs an address',
  })
  .refine(({ channel, url }) => channel !== 'webhook' || url === '' || isWebhookUrl(url), {
    path: ['url'],
    message: 'It must be an http or https address without a user name',
  })
  .refine(({ channel, recipients }) => channel !== 'email' || recipients.length > 0, {
    path: ['recipients'],
    message: 'An e-mail needs a recipient',
  });
type Params = z.output<typeof Params>;

/** Tells people or partners that something is ready. */
export const notify = defineModule({
  key: 'output.notify',
  version: 1,
  title: 'Notify',
  description: 'Tells the inbox of HartOMat, a partner system or people by e-mail that a result is ready.',
  families: ['cad_file', 'order_line'],
  inputs: {
    asset: artifactPort('published_asset', DELIVERABLE_TYPES, { description: 'What is ready.', required: false }),
    product: dataPort(EntryProduct, { description: 'Named in the message.', required: false, entry: 'product' }),
    orderLine: dataPort(EntryOrderLine, { description: 'Named in the message.', required: false, entry: 'orderLine' }),
    outputType: dataPort(EntryOutputType, {
      description: 'Named in the message.',
      required: false,
      entry: 'outputType',
    }),
  },
  outputs: { receipt: dataPort(Receipt, { description: 'Where the message went and what it said.' }) },
  params: Params,
  execution: { capability: 'io', determinism: 'effect', timeoutMs: 60_000, retry: { attempts: 5, backoffMs: 5000 } },
  legacySource: 'notify',
  async run(ctx, inputs, params) {
    const message = messageAbout(inputs, params.note);
    const { channel } = params;
    const target = targetOf(params);
    try {
      const sent = await SEND[channel](ctx, params, inputs, message);
      ctx.progress(1, sent.status === 'delivered' ? 'Delivered' : 'Accepted');
      return { receipt: { channel, target, ...message, ...sent } };
    } catch (error) {
      if (!(error instanceof ModuleError)) throw error;
      const { code, message: sentence, failureClass, details } = error;
      const responseCode = details.responseCode ?? details.status ?? null;
      throw new ModuleError(code, sentence, failureClass, { ...details, delivery: { channel, target, responseCode } });
    }
  },
});

function targetOf({ channel, url, recipients }: Params): string {
  if (channel === 'webhook') return URL.canParse(url) ? new URL(url).host : '';
  return channel === 'email' ? recipients.join(', ') : 'inbox';
}

type Send = (
  ctx: ModuleContext,
  params: Params,
  subject: MessageSubject,
  message: ReturnType<typeof messageAbout>,
) => Promise<Sent>;

const SEND: Record<Params['channel'], Send> = {
  inbox: async () => ({ status: 'accepted', responseCode: null }),

  async webhook(ctx, { url }, subject, message) {
    const responseCode = await callWebhook({
      url,
      body: JSON.stringify({ type: 'hartomat.ready', ...message, ...payloadAbout(subject) }),
      idempotencyKey: ctx.idempotencyKey,
      settings: webhookSettings(process.env),
      signal: ctx.signal,
    });
    return { status: 'delivered', responseCode };
  },

  async email(ctx, { recipients }, _subject, message) {
    const { responseCode, rejected } = await sendMail({
      to: recipients,
      ...message,
      idempotencyKey: ctx.idempotencyKey,
      settings: mailSettings(process.env),
      signal: ctx.signal,
    });
    // Another attempt would write to the others twice.
    if (rejected.length > 0) ctx.log('warn', `The mail server would not take ${rejected.join(', ')}.`);
    return { status: 'accepted', responseCode };
  },
};
