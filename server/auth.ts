import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Scope, scopesOf } from '../runtime/access/access.js';
import { hashToken } from '../runtime/secrets/secrets.js';
import type { Viewer } from '../schema/context.js';
import type { Access, Grant } from './access.js';
import type { Handler } from './chain.js';
import { type Caller, refuseGuess, type TokenGuesses } from './guessing.js';
import { refuse } from './refuse.js';
import { isSameHash } from './secrets.js';
import { readSessionCookie } from './session.js';

/** Who sent a request, and how they proved it. Only a cookie is sent by browsers unasked, so only it needs csrf.ts. */
export interface Identity extends Grant {
  by: 'token' | 'cookie';
  /** The number of losses of access (access.ts) until which it was seen to hold; null: it cannot be lost. */
  asOf: number | null;
}

export interface AuthSettings {
  access: Access;
  /** Of the token from the environment; null: there is none. */
  adminTokenHash: string | null;
  cookieName: string;
  guesses: TokenGuesses;
}

const BEARER = /^Bearer +(\S+)$/i;

/** Whoever has the admin token of the environment. */
export const ADMIN_VIEWER: Viewer = { accountId: null, name: 'Admin token', role: 'admin', scopes: scopesOf('admin') };
const ADMIN_TOKEN: Identity = {
  viewer: ADMIN_VIEWER,
  tokenId: null,
  sessionHash: null,
  expiresAt: null,
  by: 'token',
  asOf: null,
};

interface Credentials {
  /** Of the token. */
  hash: string;
  by: Identity['by'];
}

/** A request with an `Authorization` header stands or falls with it; otherwise its session cookie counts. */
function credentialsIn(
  cookieName: string,
  headers: { authorization?: string | undefined; cookie?: string | undefined },
): Credentials | null {
  const isBearer = headers.authorization !== undefined;
  const token = isBearer ? BEARER.exec(headers.authorization!)?.[1] : readSessionCookie(headers.cookie, cookieName);
  return token ? { hash: hashToken(token), by: isBearer ? 'token' : 'cookie' } : null;
}

async function identify({ access }: AuthSettings, { hash, by }: Credentials): Promise<Identity | null> {
  const grant = by === 'token' ? await access.byToken(hash) : await access.bySession(hash);
  return grant && { ...grant, by, asOf: access.losses };
}

const identities = new WeakMap<object, Identity>();

/** The identity that was found for this request. */
export const identityOf = (request: object): Identity | null => identities.get(request) ?? null;

/** What a request proves, or the seconds that its address must wait before it may try again. Remembered for the request.
 * @param headers - its own, or what stands for them. */
export async function whoSent(
  settings: AuthSettings,
  request: Caller,
  headers: { authorization?: string | undefined; cookie?: string | undefined } = request.headers,
): Promise<Identity | { waitS: number } | null> {
  const { access, adminTokenHash, guesses, cookieName } = settings;
  const credentials = credentialsIn(cookieName, headers);
  if (!credentials) return null;
  let identity: Identity | null = null;
  if (credentials.by === 'token' && adminTokenHash && isSameHash(credentials.hash, adminTokenHash))
    identity = ADMIN_TOKEN;
  else {
    // Whoever came in before is no guesser, even where others behind the same address are.
    const waitS = access.hasMet(credentials.hash) ? 0 : await guesses.waitFor(request);
    if (waitS > 0) return { waitS };
    identity = await identify(settings, credentials);
    if (!identity) await guesses.count(request, credentials.hash);
  }
  if (identity) identities.set(request, identity);
  return identity;
}

/** Whether what a request proved by its head holds now that its body is there, which takes as long as its sender likes. What it may do
 * is what its sender may do by now. */
export function stillHolds(settings: AuthSettings, request: Caller): boolean | Promise<boolean> {
  const { asOf, expiresAt } = identityOf(request)!;
  const isCurrent =
    asOf === null || (asOf === settings.access.losses && (!expiresAt || expiresAt.getTime() > Date.now()));
  return isCurrent || provesAgain(settings, request);
}

async function provesAgain(settings: AuthSettings, request: Caller): Promise<boolean> {
  identities.delete(request);
  await whoSent(settings, request);
  return identities.has(request);
}

/** Finds out who sent the request; lets everybody pass but those who try token after token. */
export function identifier(settings: AuthSettings): Handler {
  return async (request, response, next) => {
    const sender = await whoSent(settings, request);
    if (sender && 'waitS' in sender) return refuseGuess(response, sender.waitS);
    next();
  };
}

export const UNAUTHENTICATED = {
  message: 'Sign in, or send a token as "Authorization: Bearer …".',
  extensions: { code: 'UNAUTHENTICATED' },
};

/** Lets nobody pass whom `identifier` did not find. Answers in the form GraphQL clients expect. */
export function signedInOnly(request: IncomingMessage, response: ServerResponse, next: () => void) {
  if (identityOf(request)) return next();
  refuse(response, 401, UNAUTHENTICATED, { 'WWW-Authenticate': 'Bearer realm="HartOMat"' });
}

/** Lets only those pass who are signed in and have a scope. */
export const allow =
  (scope: Scope): Handler =>
  (request, response, next) =>
    signedInOnly(request, response, () => {
      if (identityOf(request)!.viewer.scopes.has(scope)) return next();
      refuse(response, 403, { message: 'You may not do this.', extensions: { code: 'FORBIDDEN' } });
    });
