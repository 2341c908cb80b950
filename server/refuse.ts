import type { ServerResponse } from 'node:http';

/** Why a request is not served, in the form that GraphQL clients expect of errors. */
export interface Refusal {
  message: string;
  extensions: { code: string } & Record<string, unknown>;
}

/** Answers a request that is not served, with or without Express around it. */
export function refuse(
  response: ServerResponse,
  status: number,
  refusal: Refusal,
  headers: Record<string, string> = {},
): void {
  const body = JSON.stringify({ errors: [refusal] });
  response
    .writeHead(status, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      ...headers,
    })
    .end(body);
}
