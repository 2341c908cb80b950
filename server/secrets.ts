import { createHmac, timingSafeEqual } from 'node:crypto';
import { hashToken } from '../runtime/secrets/secrets.js';

/** Signature of `text` by `key`; `purpose` keeps a signature for one thing from being good for another. */
export function sign(key: string, purpose: string, text: string): string {
  return createHmac('sha256', key).update(`${purpose}\n${text}`).digest('base64url');
}

/** Compares without giving away by its time how much is right. */
export const isSame = (given: string, expected: string): boolean => isSameHash(hashToken(given), hashToken(expected));

/** The same of what was hashed already. */
export const isSameHash = (given: string, expected: string): boolean =>
  timingSafeEqual(Buffer.from(given), Buffer.from(expected));
