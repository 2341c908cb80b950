import { z } from 'zod';
import { once } from '../../runtime/once.js';
import type { Context } from '../context.js';

/** A key the client made up, by which a repeated request is recognised. */
export const IdempotencyKey = z
  .string()
  .min(1, 'An idempotency key must not be empty.')
  .max(200, 'An idempotency key has at most 200 characters.')
  .nullish();
export const IDEMPOTENCY_KEY_DESCRIPTION =
  'Made up by you: the same key with the same values gives the same result once more, with other values a conflict. Each mutation has its own keys.';

/** Does what a mutation is for at most once for the key in its input.
 * @throws ConflictError */
export function onceFor(
  { platform, viewer }: Context,
  operation: string,
  { idempotencyKey, ...content }: { idempotencyKey?: string | null },
  make: () => Promise<{ id: string }>,
): Promise<{ id: string }> {
  return once(platform, { accountId: viewer?.accountId ?? null, operation, key: idempotencyKey, content }, make);
}
