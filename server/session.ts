import type { CookieOptions, Request } from 'express';
import type { PrismaClient } from '../generated/prisma/client.js';
import { hashToken, randomToken } from '../runtime/secrets/secrets.js';

const LIFETIME_MS = 30 * 24 * 3600 * 1000;

/** Browsers keep cookies by host and not by port, so that each installation needs a name of its own. */
export const cookieNameFor = (key: string) => `hartomat_${hashToken(key).slice(0, 8)}`;

/** Starts a session of an account; null: of the owner. @returns the token for the cookie; the database keeps only its hash. */
export async function createSession(db: PrismaClient, accountId: string | null): Promise<string> {
  const token = randomToken();
  const expiresAt = new Date(Date.now() + LIFETIME_MS);
  await db.session.create({ data: { tokenHash: hashToken(token), expiresAt, accountId } });
  await db.session.deleteMany({ where: { expiresAt: { lt: new Date() } } });
  return token;
}

/** Strict is enough for links from elsewhere, too: the page they open is static and asks for data from its own origin. */
export function cookieOptions(request: Request): CookieOptions {
  return { httpOnly: true, sameSite: 'strict', secure: request.secure, path: '/', maxAge: LIFETIME_MS };
}

/** The session token in a `Cookie` header. */
export function readSessionCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name && value) return value;
  }
  return undefined;
}
