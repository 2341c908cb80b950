import { z } from 'zod';

/** A key the client made up, by which a repeated request is recognised. */
export const IdempotencyKey = z
  .string()
  .min(1, 'An idempotency key must not be empty.')
  .max(200, 'An idempotency key has at most 200 characters.')
  .nullish();
export const IDEMPOTENCY_KEY_DESCRIPTION =
  'Made up by you: the same key with the same values gives the same result once more, with other values a conflict.';
