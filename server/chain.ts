import type { IncomingMessage, ServerResponse } from 'node:http';

/** Deals with a request, or hands it on. Asks nothing of Express, but fits into it. */
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void | Promise<void>;

/** Hands a request from one handler to the next, as Express does; that would give each request prototypes of its own, which takes
 * longer than all handlers of a small query.
 * @param failed - answers where a handler threw. */
export function chain(
  handlers: readonly Handler[],
  failed: (error: unknown, request: IncomingMessage, response: ServerResponse) => void,
): (request: IncomingMessage, response: ServerResponse) => void {
  const go = (at: number, request: IncomingMessage, response: ServerResponse): void => {
    const fail = (error: unknown) => failed(error, request, response);
    try {
      handlers[at]!(request, response, (error) => (error ? fail(error) : go(at + 1, request, response)))?.then(
        undefined,
        fail,
      );
    } catch (error) {
      fail(error);
    }
  };
  return (request, response) => go(0, request, response);
}
