import type { NextFunction, Request, Response } from 'express';
import { type Scope, scopesOf } from '../runtime/access.js';
import type { Access, Grant } from './access.js';
import { isSame } from './secrets.js';
import { readSessionCookie } from './session.js';

/** Who sent a request, and how they proved it. Only a cookie is sent by browsers unasked, so only it needs csrf.ts. */
export interface Identity extends Grant {
  by: 'token' | 'cookie';
}

export interface AuthSettings {
  access: Access;
  /** From the environment; null: there is none. */
  adminToken: string | null;
  cookieName: string;
}

const BEARER = /^Bearer +(\S+)$/i;

const ADMIN_TOKEN: Identity = {
  viewer: { accountId: null, name: 'Admin token', role: 'admin', scopes: scopesOf('admin') },
  tokenId: null,
  sessionHash: null,
  expiresAt: null,
  by: 'token',
};

/** A request with an `Authorization` header stands or falls with it; otherwise its session cookie counts. */
export async function identify(
  { access, adminToken, cookieName }: AuthSettings,
  headers: { authorization?: string | undefined; cookie?: string | undefined },
): Promise<Identity | null> {
  if (headers.authorization !== undefined) {
    const token = BEARER.exec(headers.authorization)?.[1];
    if (!token) return null;
    if (adminToken && isSame(token, adminToken)) return ADMIN_TOKEN;
    const grant = await access.byToken(token);
    return grant && { ...grant, by: 'token' };
  }
  const token = readSessionCookie(headers.cookie, cookieName);
  const grant = token ? await access.bySession(token) : null;
  return grant && { ...grant, by: 'cookie' };
}

const identities = new WeakMap<object, Identity>();

/** The identity that `identifier` found for this request. */
export const identityOf = (request: object): Identity | null => identities.get(request) ?? null;

/** Finds out who sent the request; lets everybody pass. */
export function identifier(settings: AuthSettings) {
  return async (request: Request, _response: Response, next: NextFunction) => {
    const identity = await identify(settings, request.headers);
    if (identity) identities.set(request, identity);
    next();
  };
}

export const UNAUTHENTICATED = {
  message: 'Sign in, or send a token as "Authorization: Bearer …".',
  extensions: { code: 'UNAUTHENTICATED' },
};

/** Lets nobody pass whom `identifier` did not find. Answers in the form GraphQL clients expect. */
export function signedInOnly(request: Request, response: Response, next: NextFunction) {
  if (identityOf(request)) return next();
  response
    .status(401)
    .set('WWW-Authenticate', 'Bearer realm="HartOMat"')
    .json({ errors: [UNAUTHENTICATED] });
}

/** Lets only those pass who are signed in and have a scope. */
export const allow = (scope: Scope) => (request: Request, response: Response, next: NextFunction) =>
  signedInOnly(request, response, () => {
    if (identityOf(request)!.viewer.scopes.has(scope)) return next();
    response.status(403).json({ errors: [{ message: 'You may not do this.', extensions: { code: 'FORBIDDEN' } }] });
  });
