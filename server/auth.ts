import type { NextFunction, Request, Response } from 'express';
import type { PrismaClient } from '../generated/prisma/client.js';
import { scopesOf } from '../runtime/access.js';
import type { Viewer } from '../schema/context.js';
import { hashToken, isSame } from './secrets.js';
import { readSessionCookie } from './session.js';

/** Who sent a request, and how they proved it. Only a cookie is sent by browsers unasked, so only it needs csrf.ts. */
export interface Identity {
  viewer: Viewer;
  by: 'token' | 'cookie';
}

export interface AuthSettings {
  db: PrismaClient;
  /** Null: no token is good. */
  adminToken: string | null;
  cookieName: string;
}

const BEARER = /^Bearer +(\S+)$/i;

/** A request with an `Authorization` header stands or falls with it; otherwise its session cookie counts. */
export async function identify(
  { db, adminToken, cookieName }: AuthSettings,
  headers: { authorization?: string | undefined; cookie?: string | undefined },
): Promise<Identity | null> {
  if (headers.authorization !== undefined) {
    const token = BEARER.exec(headers.authorization)?.[1];
    if (!token || !adminToken || !isSame(token, adminToken)) return null;
    return { viewer: { accountId: null, name: 'Admin token', role: 'admin', scopes: scopesOf('admin') }, by: 'token' };
  }
  const token = readSessionCookie(headers.cookie, cookieName);
  if (!token) return null;
  const session = await db.session.findUnique({ where: { tokenHash: hashToken(token) } });
  if (!session || session.expiresAt <= new Date()) return null;
  return { viewer: { accountId: null, name: 'Owner', role: 'admin', scopes: scopesOf('admin') }, by: 'cookie' };
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
