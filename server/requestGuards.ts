import type { ServerResponse } from 'node:http';
import type { Handler } from './chain.js';
import { refuse } from './refuse.js';

/** Largest GraphQL request that is not an upload. */
export const MAX_JSON_BYTES = 5 * 1024 * 1024;
/** Largest GraphQL request with its files. */
export const MAX_MULTIPART_BYTES = 25_000_000;

function hangUp(response: ServerResponse, status: number, code: string, message: string) {
  refuse(response, status, { message, extensions: { code } }, { Connection: 'close' });
}

/** GraphQL comes as JSON, or as multipart for uploads: the other types that HTML forms can send are refused. */
export const graphqlTypesOnly: Handler = (request, response, next) => {
  if (request.method !== 'POST') return next();
  const type = request.headers['content-type'] ?? '';
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity')
    return hangUp(response, 415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body as it is, without compressing it.');
  if (/^multipart\/form-data\s*;/i.test(type)) return next();
  if (!/^application\/(json|graphql-response\+json)\s*(;|$)/i.test(type))
    return hangUp(
      response,
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      'Send application/json, or multipart/form-data for uploads.',
    );
  if (Number(request.headers['content-length'] ?? 0) > MAX_JSON_BYTES)
    return hangUp(
      response,
      413,
      'REQUEST_TOO_LARGE',
      'A request has at most 5 MB; larger files go to POST /api/uploads.',
    );
  next();
};
