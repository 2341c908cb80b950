import type { Finish } from './engine/engine.js';
import { allValues, type PortValues } from './runs/nodeInputs.js';

/** What a finished node hands to people. It is written in the transaction that finishes the node, keyed by run and node: exactly once. */
export function deliveriesOf(outputs: PortValues): Pick<Finish, 'asset' | 'notification'> {
  let asset: Finish['asset'] = null;
  let notification: Finish['notification'] = null;
  for (const value of allValues(outputs)) {
    if ('artifact' in value) {
      const { id, role, fileName, metadata } = value.artifact;
      if (role === 'published_asset')
        asset ??= { artifactId: id, name: fileName, kind: String(metadata.kind ?? 'file') };
    } else if (isInboxReceipt(value.data)) {
      notification = { title: value.data.title, body: value.data.body };
    }
  }
  return { asset, notification };
}

interface InboxReceipt {
  channel: 'inbox';
  title: string;
  body: string;
}

/** `output.notify` on the channel "inbox" leaves the writing to whoever runs it. */
function isInboxReceipt(data: unknown): data is InboxReceipt {
  const receipt = data as Partial<InboxReceipt> | null;
  return (
    typeof receipt === 'object' &&
    receipt !== null &&
    receipt.channel === 'inbox' &&
    typeof receipt.title === 'string' &&
    typeof receipt.body === 'string'
  );
}
