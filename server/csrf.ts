import type { IncomingMessage } from 'node:http';
import { identityOf } from './auth.js';
import type { Handler } from './chain.js';
import { refuse } from './refuse.js';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Either shows that script of our own origin, or a client that is no browser, made the request. */
const CSRF_HEADERS = ['x-graphql-yoga-csrf', 'apollo-require-preflight'] as const;
const JSON_TYPE = /^application\/(json|graphql-response\+json)\b/i;

/** Whether another site made a browser send it. */
export function isFromElsewhere(request: Pick<IncomingMessage, 'headers'>): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const { origin } = request.headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== request.headers.host;
}

/** Refuses what another site could make a signed-in browser send: a cookie alone is no consent. A request passes when it
 * carries a token, changes nothing, or comes from our own origin with a content type or header that forms cannot send. */
export const refuseForgeries: Handler = (request, response, next) => {
  if (SAFE_METHODS.has(request.method!) || identityOf(request)?.by !== 'cookie') return next();
  const hasHeader = CSRF_HEADERS.some((name) => request.headers[name] !== undefined);
  if (!isFromElsewhere(request) && (hasHeader || JSON_TYPE.test(request.headers['content-type'] ?? ''))) return next();
  refuse(response, 403, {
    message: `This request could come from another site. Send it from the console, or with the header "${CSRF_HEADERS[0]}: 1".`,
    extensions: { code: 'CSRF' },
  });
};
