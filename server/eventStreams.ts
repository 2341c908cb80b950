import type { IncomingMessage } from 'node:http';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { createHandler } from 'graphql-sse';
import { waitFor } from '../runtime/waitFor.js';
import type { Handler } from './chain.js';
import { isPrepared, type OperationParams, type PrepareOperation, type Results } from './liveOperations.js';
import { readBody } from './requestBody.js';
import { MAX_JSON_BYTES } from './requestGuards.js';

/** Failures before the first event, in the one form that graphql-sse passes on: it wants to see `data`. */
const failed = (errors: readonly GraphQLError[]): ExecutionResult => ({ data: null, errors: [...errors] });

/** The graphql-sse protocol (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md) with both of its modes. It writes
 * to Node's response itself, not through web streams, and waits only where a client is slower than its events: every event to every
 * subscriber would pay for more. */
export function eventStreams(prepare: PrepareOperation): Handler {
  async function results(request: IncomingMessage, params: OperationParams): Promise<Results> {
    const prepared = await prepare(request, params);
    if (!isPrepared(prepared)) return failed(prepared);
    const result = await prepared.run(prepared.args);
    return Symbol.asyncIterator in result || 'data' in result ? result : failed(result.errors ?? []);
  }
  const handle = createHandler<IncomingMessage>({
    onSubscribe: async ({ raw }, params) => (await results(raw, params as OperationParams)) as never,
  });
  return async (request, response) => {
    const [body, { status, statusText, headers }] = await handle({
      method: request.method!,
      url: request.url!,
      headers: { get: (name) => request.headers[name.toLowerCase()] as string | undefined },
      body: async () => String(await readBody(request, MAX_JSON_BYTES)),
      raw: request,
      context: undefined,
    });
    response.writeHead(status, statusText, headers);
    if (typeof body !== 'object' || body === null) return void response.end(body);
    const closed = new AbortController();
    response.once('close', () => {
      closed.abort();
      void body.return(undefined);
    });
    for await (const message of body)
      if (!response.write(message) && !closed.signal.aborted) await waitFor(response, ['drain'], closed.signal);
    response.end();
  };
}
