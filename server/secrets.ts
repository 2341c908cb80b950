import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Signature of `text` by `key`; `purpose` keeps a signature for one thing from being good for another. */
export function sign(key: string, purpose: string, text: string): string {
  return createHmac('sha256', key).update(`${purpose}\n${text}`).digest('base64url');
}

/** Compares without giving away by its time how much is right. */
export function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
