import type { Request, Response } from 'express';
import type { PrismaClient } from '../generated/prisma/client.js';
import { endSession } from '../runtime/access/accounts.js';
import type { Platform } from '../runtime/platform.js';
import { hashToken, randomToken } from '../runtime/secrets/secrets.js';
import { type AuthSettings, identityOf } from './auth.js';
import { sendPage } from './page.js';
import { cookieOptions, createSession } from './session.js';

const LIFETIME_MINUTES = 10;

/** A link that signs in whoever opens it first, within ten minutes.
 * @param baseUrl - where the server is reached, for example `http://127.0.0.1:4000`. */
export async function createSignInUrl(db: PrismaClient, baseUrl: string): Promise<string> {
  const code = randomToken();
  const expiresAt = new Date(Date.now() + LIFETIME_MINUTES * 60_000);
  await db.signInCode.create({ data: { codeHash: hashToken(code), expiresAt } });
  return new URL(`/sign-in?code=${code}`, baseUrl).href;
}

/** Takes the code if it is still good; of two who come at once only one gets it.
 * @returns whose it is; null where it is not good. */
async function redeem(db: PrismaClient, code: string): Promise<{ accountId: string | null } | null> {
  const now = new Date();
  const [taken] = await db.signInCode.updateManyAndReturn({
    where: { codeHash: hashToken(code), usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
    include: { account: true },
  });
  return taken && !taken.account?.disabledAt ? { accountId: taken.accountId } : null;
}

/** `GET /sign-in?code=…`: a good code becomes a session. Somebody who is signed in already just goes on. */
export function signIn(db: PrismaClient, { access, cookieName }: AuthSettings) {
  return async (request: Request, response: Response) => {
    const { code } = request.query;
    response.set({ 'Referrer-Policy': 'no-referrer', 'Cache-Control': 'no-store' });
    const redeemed = typeof code === 'string' ? await redeem(db, code) : null;
    if (redeemed) {
      const session = await createSession(db, redeemed.accountId);
      // A good code is no guess: the session it brings counts, whatever else came from this address.
      await access.meetSession(hashToken(session));
      response.cookie(cookieName, session, cookieOptions(request)).redirect(303, '/');
    } else if (identityOf(request)) {
      response.redirect(303, '/');
    } else {
      sendPage(response, 401, code ? 'This sign-in link no longer works' : 'Sign in', [
        `A sign-in link works once, for ${LIFETIME_MINUTES} minutes; one that an admin made for you, for a day.`,
        'Start HartOMat again with "npm start": it prints a new link every time, and nothing is lost by it.',
      ]);
    }
  };
}

/** `POST /sign-out`: ends the session of the cookie. */
export function signOut(platform: Pick<Platform, 'db'>, { cookieName }: AuthSettings) {
  return async (request: Request, response: Response) => {
    const session = identityOf(request)?.sessionHash;
    if (session) await endSession(platform, session);
    response.clearCookie(cookieName, { path: '/' }).status(204).end();
  };
}
