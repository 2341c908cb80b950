import { z } from 'zod';
import { artifactPort, dataPort, defineModule, type PortValues } from '../define.js';
import { EntryOrderLine, EntryOutputType, EntryProduct } from '../entry.js';
import { ModuleError } from '../errors.js';
import { callWebhook, webhookSettings } from './webhook.js';

/** What became of a notification. Whoever runs the module writes `inbox` receipts into the inbox, once per node of a run. */
export const Receipt = z.object({
  channel: z.enum(['inbox', 'webhook']),
  /** `inbox`, or the host that was called. */
  target: z.string(),
  /** `delivered`: the receiver said so. `accepted`: the inbox will show it when the node is finished. */
  status: z.enum(['accepted', 'delivered']),
  title: z.string(),
  body: z.string(),
  /** Answer of a webhook; null for the inbox. */
  httpStatus: z.number().int().nullable(),
});

const INPUTS = {
  asset: artifactPort(
    'published_asset',
    ['image/png', 'image/jpeg', 'image/webp', 'video/mp4', 'video/webm', 'application/x-blender', 'model/gltf-binary'],
    { description: 'What is ready.', required: false },
  ),
  product: dataPort(EntryProduct, { description: 'Named in the message.', required: false, entry: 'product' }),
  orderLine: dataPort(EntryOrderLine, { description: 'Named in the message.', required: false, entry: 'orderLine' }),
  outputType: dataPort(EntryOutputType, {
    description: 'Named in the message.',
    required: false,
    entry: 'outputType',
  }),
};
type Inputs = PortValues<typeof INPUTS>;

/** Tells people or partners that something is ready. The smallest module with an effect: the one to copy. */
export const notify = defineModule({
  key: 'output.notify',
  version: 1,
  title: 'Notify',
  description: 'Tells the inbox of HartOMat or a partner system that a result is ready.',
  families: ['cad_file', 'order_line'],
  inputs: INPUTS,
  outputs: { receipt: dataPort(Receipt, { description: 'Where the message went and what it said.' }) },
  params: z.object({
    channel: z
      .union([
        z.literal('inbox').meta({ title: 'Inbox', description: 'Shown in the console.' }),
        z.literal('webhook').meta({ title: 'Webhook', description: 'Posted to an address as signed JSON.' }),
      ])
      .default('inbox')
      .meta({ title: 'Channel', description: 'Who is told.' }),
    url: z
      .string()
      .max(2000)
      .default('')
      .meta({ title: 'Webhook address', description: 'Only for the webhook channel.' }),
    note: z.string().max(2000).default('').meta({ title: 'Note', description: 'Added to the message.' }),
  }),
  execution: { capability: 'io', determinism: 'effect', timeoutMs: 30_000, retry: { attempts: 5, backoffMs: 5000 } },
  legacySource: 'notify',
  async run(ctx, inputs, { channel, url, note }) {
    const message = { title: titleOf(inputs), body: bodyOf(inputs, note) };
    if (channel === 'inbox')
      return { receipt: { channel, target: 'inbox', status: 'accepted' as const, ...message, httpStatus: null } };
    if (url === '')
      throw new ModuleError('WEBHOOK_URL_INVALID', 'The webhook channel needs an address.', 'input', { path: '/url' });
    const httpStatus = await callWebhook({
      url,
      body: JSON.stringify({ type: 'hartomat.ready', ...message, ...payloadOf(inputs) }),
      idempotencyKey: ctx.idempotencyKey,
      settings: webhookSettings(process.env),
      signal: ctx.signal,
    });
    ctx.progress(1, 'Delivered');
    return { receipt: { channel, target: new URL(url).host, status: 'delivered' as const, ...message, httpStatus } };
  },
});

function titleOf({ product, outputType, asset }: Inputs): string {
  const what = [product?.name, outputType?.name].filter(Boolean).join(': ');
  return `${what || asset?.fileName || 'A run'} is ready`;
}

function bodyOf({ asset, orderLine, product }: Inputs, note: string): string {
  const lines = [
    asset && `${asset.fileName} (${sizeText(asset.byteSize)})`,
    orderLine && `Order ${orderLine.orderNumber}, line ${orderLine.lineNumber}`,
    product && `SKU ${product.sku}`,
    note.trim(),
  ];
  return lines.filter(Boolean).join('\n');
}

function payloadOf({ asset, product, orderLine, outputType }: Inputs) {
  return {
    product: product ? { sku: product.sku, name: product.name } : null,
    orderLine: orderLine
      ? { id: orderLine.id, orderNumber: orderLine.orderNumber, lineNumber: orderLine.lineNumber }
      : null,
    outputType: outputType ? { id: outputType.id, key: outputType.key, name: outputType.name } : null,
    asset: asset
      ? {
          id: asset.id,
          fileName: asset.fileName,
          mediaType: asset.mediaType,
          byteSize: asset.byteSize,
          sha256: asset.sha256,
        }
      : null,
  };
}

function sizeText(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
