import { useState } from 'react';
import { newKey } from '../components/newKey.js';

/** Gives what is sent an idempotency key: the same for the same content, however often it is sent and whatever was sent in between,
 * as long as the dialog is open. */
export function useRequestKey(): (content: unknown) => string {
  const [keys] = useState(() => new Map<string, string>());
  return (content) => {
    const text = JSON.stringify(content);
    const key = keys.get(text) ?? newKey();
    keys.set(text, key);
    return key;
  };
}
