import type { NextFunction, Request, Response } from 'express';

/** Largest GraphQL request that is not an upload. */
export const MAX_JSON_BYTES = 5 * 1024 * 1024;
/** Largest GraphQL request with its files. */
export const MAX_MULTIPART_BYTES = 25_000_000;

function refuse(response: Response, status: number, code: string, message: string) {
  response
    .status(status)
    .set('Connection', 'close')
    .json({ errors: [{ message, extensions: { code } }] });
}

/** GraphQL comes as JSON, or as multipart for uploads: the other types that HTML forms can send are refused. */
export function graphqlTypesOnly(request: Request, response: Response, next: NextFunction) {
  if (request.method !== 'POST') return next();
  const type = request.headers['content-type'] ?? '';
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity')
    return refuse(response, 415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body as it is, without compressing it.');
  if (/^multipart\/form-data\s*;/i.test(type)) return next();
  if (!/^application\/(json|graphql-response\+json)\s*(;|$)/i.test(type))
    return refuse(
      response,
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      'Send application/json, or multipart/form-data for uploads.',
    );
  if (Number(request.headers['content-length'] ?? 0) > MAX_JSON_BYTES)
    return refuse(
      response,
      413,
      'REQUEST_TOO_LARGE',
      'A request has at most 5 MB; larger files go to POST /api/uploads.',
    );
  next();
}
