import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { createHandler, type Response, TOKEN_HEADER_KEY, TOKEN_QUERY_KEY } from 'graphql-sse';
import { waitFor } from '../runtime/waitFor.js';
import type { Handler } from './chain.js';
import { isPrepared, type OperationParams, type PrepareOperation, type Results } from './liveOperations.js';
import { readBody } from './requestBody.js';
import { MAX_JSON_BYTES } from './requestGuards.js';

/** How long a place for a stream is kept for who has asked for one. */
const RESERVED_MS = 30_000;
const EVENT_STREAM = 'text/event-stream';

/** Failures before the first event, in the one form that graphql-sse passes on: it wants to see `data`. */
const failed = (errors: readonly GraphQLError[]): ExecutionResult => ({ data: null, errors: [...errors] });

const NOT_OPEN: Response = [
  JSON.stringify({ errors: [{ message: 'Open the event stream first, then send its operations.' }] }),
  { status: 409, statusText: 'Conflict', headers: { 'content-type': 'application/json; charset=utf-8' } },
];

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

const isStream = (body: Response[0]) => typeof body === 'object' && body !== null;
const isIterable = (results: Results): results is AsyncIterableIterator<ExecutionResult> =>
  Symbol.asyncIterator in results;
/** Names the one connection that answers come over, where the client has one for all of its operations. */
const tokenOf = ({ headers, url }: IncomingMessage): string =>
  String(headers[TOKEN_HEADER_KEY] ?? new URL(url!, 'http://localhost').searchParams.get(TOKEN_QUERY_KEY) ?? '');
const never = new AbortController().signal;

/** The graphql-sse protocol (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md) with both of its modes. It writes
 * to Node's response itself, not through web streams, and waits only where a client is slower than its events: every event to every
 * subscriber would pay for more. */
export function eventStreams(prepare: PrepareOperation): Handler {
  /** Open connections that serve several operations, by token. */
  const shared = new Map<string, ServerResponse>();

  /** Where the answers of an operation go; undefined: nobody is there. */
  function wayOut({ request, response }: Exchange): ServerResponse | undefined {
    const own = request.headers.accept === EVENT_STREAM ? response : shared.get(tokenOf(request));
    return own?.destroyed ? undefined : own;
  }

  async function results(request: IncomingMessage, params: OperationParams): Promise<Results> {
    const prepared = await prepare(request, params);
    if (!isPrepared(prepared)) return failed(prepared);
    const result = await prepared.run(prepared.args);
    return isIterable(result) || 'data' in result ? result : failed(result.errors ?? []);
  }

  const handle = createHandler<Exchange>({
    onSubscribe: async ({ raw }, params) => {
      if (!wayOut(raw)) return NOT_OPEN;
      const found = await results(raw.request, params as OperationParams);
      if (wayOut(raw)) return found as never;
      // Gone meanwhile, before graphql-sse knew what to end.
      if (isIterable(found)) await found.return?.();
      return NOT_OPEN;
    },
    // Without this, graphql-sse would keep whatever a slow client has not read.
    onNext: (_context, { raw }) => {
      const out = wayOut(raw);
      return out?.writableNeedDrain ? waitFor(out, ['drain', 'close'], never).then(() => {}) : undefined;
    },
  });
  const ask = (request: IncomingMessage, response: ServerResponse, asked: Partial<Parameters<typeof handle>[0]> = {}) =>
    handle({
      method: request.method!,
      url: request.url!,
      headers: { get: (name) => request.headers[name.toLowerCase()] as string | undefined },
      body: async () => String(await readBody(request, MAX_JSON_BYTES)),
      raw: { request, response },
      context: undefined,
      ...asked,
    });

  /** Gives a place up that nobody took: it is opened, and closed. */
  async function giveUp(token: string, { request, response }: Exchange): Promise<void> {
    if (shared.has(token)) return;
    const headers = new Map([
      ['accept', EVENT_STREAM],
      [TOKEN_HEADER_KEY, token],
    ]);
    const [body] = await ask(request, response, { method: 'GET', headers, body: null });
    if (isStream(body)) await body.return(undefined);
  }

  return async (request, response) => {
    const [body, { status, statusText, headers }] = await ask(request, response);
    if (request.method === 'PUT' && status === 201)
      setTimeout(() => void giveUp(String(body), { request, response }), RESERVED_MS).unref();
    if (response.destroyed) return void (isStream(body) && (await body.return(undefined)));
    response.writeHead(status, statusText, headers);
    if (!isStream(body)) return void response.end(body);
    const token = tokenOf(request);
    if (token) shared.set(token, response.setMaxListeners(0));
    const closed = new AbortController();
    response.once('close', () => {
      closed.abort();
      shared.delete(token);
      void body.return(undefined);
    });
    for await (const message of body)
      if (!response.write(message) && !closed.signal.aborted) await waitFor(response, ['drain'], closed.signal);
    response.end();
  };
}
