import type { Request, Response } from 'express';
import type { PrismaClient } from '../generated/prisma/client.js';
import { type AuthSettings, identityOf } from './auth.js';
import { sendPage } from './page.js';
import { hashToken, randomToken } from './secrets.js';
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

/** Takes the code if it is still good; of two who come at once only one gets it. */
async function redeem(db: PrismaClient, code: string): Promise<boolean> {
  const now = new Date();
  const { count } = await db.signInCode.updateMany({
    where: { codeHash: hashToken(code), usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
  });
  return count === 1;
}

/** `GET /sign-in?code=…`: a good code becomes a session. Somebody who is signed in already just goes on. */
export function signIn({ db, cookieName }: AuthSettings) {
  return async (request: Request, response: Response) => {
    const { code } = request.query;
    response.set({ 'Referrer-Policy': 'no-referrer', 'Cache-Control': 'no-store' });
    if (typeof code === 'string' && (await redeem(db, code))) {
      response.cookie(cookieName, await createSession(db), cookieOptions(request)).redirect(303, '/');
    } else if (identityOf(request)) {
      response.redirect(303, '/');
    } else {
      sendPage(response, 401, code ? 'This sign-in link no longer works' : 'Sign in', [
        `A sign-in link works once, for ${LIFETIME_MINUTES} minutes.`,
        'Start HartOMat again with "npm start": it prints a new link every time, and nothing is lost by it.',
      ]);
    }
  };
}
