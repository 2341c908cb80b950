import { createHmac, timingSafeEqual } from 'node:crypto';

/** Clocks may differ by so much, and a call may be under way for so long. */
const TOLERANCE_S = 5 * 60;

/** Whether a request came from HartOMat, unchanged and now.
 * @param secret - `whsec_…`, as it was told when the webhook was made.
 * @param headers - by lower-case name.
 * @param body - as it came, before anybody parsed it. */
export function isGenuine(secret: string, headers: Record<string, unknown>, body: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) < TOLERANCE_S)) return false;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  // While a secret is rotated there are two signatures: any will do.
  return String(signatures)
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice('v1,'.length), 'base64'))
    .some((signature) => signature.length === expected.length && timingSafeEqual(signature, expected));
}
