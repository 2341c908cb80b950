import type { z } from 'zod';
import type { ArtifactRef } from '../artifacts.js';
import type { EntryOrderLine, EntryOutputType, EntryProduct } from '../entry.js';

/** What a notification is about. */
export interface MessageSubject {
  asset?: ArtifactRef;
  product?: z.output<typeof EntryProduct>;
  orderLine?: z.output<typeof EntryOrderLine>;
  outputType?: z.output<typeof EntryOutputType>;
}

export interface Message {
  /** One line. */
  title: string;
  /** Plain text. */
  body: string;
}

export function messageAbout(subject: MessageSubject, note: string): Message {
  const { asset, product, orderLine, outputType } = subject;
  const what = [product?.name, outputType?.name].filter(Boolean).join(': ');
  const lines = [
    asset && `${asset.fileName} (${sizeText(asset.byteSize)})`,
    orderLine && `Order ${orderLine.orderNumber}, line ${orderLine.lineNumber}`,
    product && `SKU ${product.sku}`,
    note.trim(),
  ];
  return { title: `${what || asset?.fileName || 'A run'} is ready`, body: lines.filter(Boolean).join('\n') };
}

/** The same for machines: the body of a webhook beside title and text. */
export function payloadAbout({ asset, product, orderLine, outputType }: MessageSubject) {
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
