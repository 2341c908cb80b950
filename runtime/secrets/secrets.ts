import { hash, randomBytes } from 'node:crypto';

/** 256 unguessable bits for cookies, codes and tokens, safe in URLs. */
export const randomToken = () => randomBytes(32).toString('base64url');

/** What the database keeps of a token. It is as unguessable as the token itself, so no salt and no slow hash are needed. */
export const hashToken = (token: string) => hash('sha256', token);
