import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { PrismaClient } from '../generated/prisma/client.js';

/** A key that the installation made for itself on first use; the same for all its servers. */
export async function installationKey(db: PrismaClient, name: string): Promise<string> {
  const find = () => db.secret.findUnique({ where: { name } });
  const known = await find();
  if (known) return known.value;
  // Two servers may start at once: the first row stays.
  await db.secret.createMany({
    data: [{ name, value: randomBytes(32).toString('base64url') }],
    skipDuplicates: true,
  });
  return (await find())!.value;
}

/** Signature of `text` by `key`; `purpose` keeps a signature for one thing from being good for another. */
export function sign(key: string, purpose: string, text: string): string {
  return createHmac('sha256', key).update(`${purpose}\n${text}`).digest('base64url');
}

/** Compares without giving away by its time how much is right. */
export function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
