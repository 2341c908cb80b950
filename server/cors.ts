import cors from 'cors';
import type { RequestHandler } from 'express';

/** How long browsers remember the answer to a preflight. */
const REMEMBERED_S = 600;

/** Lets pages of the listed origins call the API with a token. Cookies stay out (`credentials` is never allowed), so that no
 * other site acts for whoever is signed in. Everybody else gets no header at all, and so nothing. */
export const allowOrigins = (origins: readonly string[]): RequestHandler[] => [
  (_request, response, next) => {
    response.vary('Origin');
    next();
  },
  cors({
    origin: (origin, done) => done(null, origin !== undefined && origins.includes(origin)),
    credentials: false,
    exposedHeaders: ['Retry-After'],
    maxAge: REMEMBERED_S,
  }),
];
