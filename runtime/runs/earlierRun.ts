import { keyReused } from '../errors.js';
import type { Platform } from '../platform.js';

/** The run that the same request has started before; null: none, or the request has no key.
 * @param requestHash - of what the request says, and of nothing that can change since.
 * @throws ConflictError `IDEMPOTENCY_KEY_REUSED` where the key stands for another request. */
export async function earlierRun(
  { db }: Pick<Platform, 'db'>,
  idempotencyKey: string | null,
  requestHash: string,
): Promise<string | null> {
  if (!idempotencyKey) return null;
  const earlier = await db.run.findUnique({ where: { idempotencyKey }, select: { id: true, requestHash: true } });
  if (earlier && earlier.requestHash !== requestHash) throw keyReused();
  return earlier?.id ?? null;
}
