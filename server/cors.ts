import cors from 'cors';
import type { Handler } from './chain.js';

/** How long browsers remember the answer to a preflight. */
const REMEMBERED_S = 600;

/** Lets pages of the listed origins call the API with a token. Cookies stay out (`credentials` is never allowed), so that no
 * other site acts for whoever is signed in. Everybody else gets no header at all, and so nothing. */
export function allowOrigins(origins: readonly string[]): Handler {
  const answer = cors({
    origin: (origin, done) => done(null, origin !== undefined && origins.includes(origin)),
    credentials: false,
    exposedHeaders: ['Retry-After'],
    maxAge: REMEMBERED_S,
  });
  return (request, response, next) => {
    response.setHeader('Vary', 'Origin');
    if (request.headers.origin === undefined) next();
    else answer(request, response, next);
  };
}
