import { randomBytes } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { identityOf } from './auth.js';
import { type Audience, isAmong } from './doorSettings.js';
import { sendPage } from './page.js';

/** The whole page with everything it needs inside: it works without the internet. Made on first use; it has 9 MB. */
let page: Promise<string> | undefined;
function renderPage(): Promise<string> {
  page ??= import('@graphql-yoga/render-graphiql').then(({ renderGraphiQL }) =>
    renderGraphiQL({
      title: 'HartOMat GraphiQL',
      endpoint: '/graphql',
      credentials: 'same-origin',
    }),
  );
  return page;
}

/** `GET /graphql` from a browser: GraphiQL for those of the audience. Everything else goes on to the API. */
export const graphiql = (audience: Audience) => async (request: Request, response: Response, next: NextFunction) => {
  if (request.method !== 'GET' || request.accepts(['application/json', 'text/event-stream', 'html']) !== 'html')
    return next();
  if (audience === 'off') return next();
  const identity = identityOf(request);
  if (identity && !isAmong(audience, identity.viewer))
    return sendPage(response, 403, 'GraphiQL is for admins here', ['The API answers you all the same, by POST.']);
  if (!identity)
    return sendPage(response, 401, 'Sign in first', [
      'GraphiQL works with your session. Open the sign-in link that "npm start" printed, then come back.',
    ]);
  const nonce = randomBytes(16).toString('base64');
  response
    .set({
      'Cache-Control': 'no-store',
      'Content-Security-Policy': [
        "default-src 'none'",
        `script-src 'nonce-${nonce}'`,
        'worker-src blob:',
        "style-src 'unsafe-inline'",
        "img-src 'self' data:",
        'font-src data:',
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ].join('; '),
    })
    .type('html')
    .send((await renderPage()).replace('<script>', `<script nonce="${nonce}">`));
};
