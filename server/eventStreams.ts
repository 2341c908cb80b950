import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { createHandler, type Response, TOKEN_HEADER_KEY, TOKEN_QUERY_KEY } from 'graphql-sse';
import { waitFor } from '../runtime/waitFor.js';
import { identityOf } from './auth.js';
import type { Handler } from './chain.js';
import {
  isIterable,
  isPrepared,
  MAX_OPERATIONS,
  type OperationParams,
  type PrepareOperation,
  type Results,
  tooManyOperations,
} from './liveOperations.js';
import type { OpenStreams } from './openStreams.js';
import { objectIn, operationParams } from './operationParams.js';
import { sendResults } from './ownEventStream.js';
import { type Refusal, refuse } from './refuse.js';
import { readBody } from './requestBody.js';
import { MAX_JSON_BYTES } from './requestGuards.js';

/** How long a place for a stream is kept for who has asked for one. */
const RESERVED_MS = 30_000;
const EVENT_STREAM = 'text/event-stream';

/** Failures before the first event, in the one form that graphql-sse passes on: it wants to see `data`. */
const failed = (errors: readonly GraphQLError[]): ExecutionResult => ({ data: null, errors: [...errors] });

/** Says that the results are ours to send. */
const OWN: Response = [null, { status: 200, statusText: 'OK' }];

const NOT_OPEN: Response = [
  JSON.stringify({ errors: [{ message: 'Open the event stream first, then send its operations.' }] }),
  { status: 409, statusText: 'Conflict', headers: { 'content-type': 'application/json; charset=utf-8' } },
];

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** What goes out over this very response, which carries nothing else. */
  own?: Results;
}

const isStream = (body: Response[0]) => typeof body === 'object' && body !== null;
/** Names the one connection that answers come over, where the client has one for all of its operations. */
const tokenOf = ({ headers, url }: IncomingMessage): string =>
  String(headers[TOKEN_HEADER_KEY] ?? new URL(url!, 'http://localhost').searchParams.get(TOKEN_QUERY_KEY) ?? '');
const never = new AbortController().signal;

/** By whom a connection is used; what comes by another token or session finds no connection of this one. */
function ownerOf(request: IncomingMessage): string {
  const { tokenId, sessionHash } = identityOf(request)!;
  return `${tokenId ?? sessionHash ?? 'admin'} `;
}

/** What an address says that reading it would lose; null: nothing. graphql-sse would take it as it comes. */
async function lossOf(request: IncomingMessage): Promise<Refusal | null> {
  if (request.method !== 'GET') return null;
  try {
    await operationParams(request);
    return null;
  } catch (error) {
    const { message, extensions } = error as GraphQLError;
    return { message, extensions: { code: String(extensions.code) } };
  }
}

/** The same results, with word of their end. */
function telling(
  results: AsyncIterableIterator<ExecutionResult>,
  ended: () => void,
): AsyncIterableIterator<ExecutionResult> {
  const same: AsyncIterableIterator<ExecutionResult> = {
    async next() {
      const result = await results.next();
      if (result.done) ended();
      return result;
    },
    return() {
      ended();
      return results.return!();
    },
    throw(error) {
      ended();
      return results.throw!(error);
    },
    [Symbol.asyncIterator]: () => same,
  };
  return same;
}

/** The graphql-sse protocol (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md) with both of its modes. What has a connection
 * of its own is sent by `ownEventStream.ts`; the library, which would make each event a text of its own for each subscriber and hand it on
 * through several queues, sends what shares one.
 * @param stillHolds - whether who sent a request may still come in, once all of it is there. */
export function eventStreams(
  prepare: PrepareOperation,
  streams: OpenStreams,
  stillHolds: (request: IncomingMessage) => boolean | Promise<boolean>,
): Handler {
  /** Open connections that serve several operations, by owner and token. */
  const shared = new Map<string, ServerResponse>();
  /** Places kept for connections that are not open yet, likewise, and what to call when one is taken. */
  const places = new Map<string, () => void>();
  /** Subscriptions under way on each shared connection. */
  const underWay = new WeakMap<ServerResponse, Set<object>>();

  /** Where the answers of an operation go; undefined: nobody is there. */
  function wayOut({ request, response }: Exchange): ServerResponse | undefined {
    const own = request.headers.accept === EVENT_STREAM ? response : shared.get(ownerOf(request) + tokenOf(request));
    return own?.destroyed ? undefined : own;
  }

  async function results(request: IncomingMessage, params: OperationParams): Promise<Results> {
    const prepared = await prepare(request, params, request.method);
    if (!isPrepared(prepared)) return failed(prepared);
    const result = await prepared.run(prepared.args);
    return isIterable(result) || 'data' in result ? result : failed(result.errors ?? []);
  }

  /** Lets results go out over a connection, unless it carries too many already. */
  async function admitted(found: Results, out: ServerResponse): Promise<Results> {
    if (!isIterable(found)) return found;
    const others = underWay.get(out) ?? new Set();
    underWay.set(out, others);
    if (others.size >= MAX_OPERATIONS) {
      await found.return?.();
      return failed([tooManyOperations()]);
    }
    others.add(found);
    return telling(found, () => others.delete(found));
  }

  const handle = createHandler<Exchange>({
    authenticate: ({ headers, raw: { request } }) =>
      ownerOf(request) + (headers.get(TOKEN_HEADER_KEY) || tokenOf(request) || randomUUID()),
    onSubscribe: async ({ raw }, params) => {
      if (!wayOut(raw) || !(await stillHolds(raw.request))) return NOT_OPEN;
      const found = await results(raw.request, params as OperationParams);
      const out = wayOut(raw);
      if (out === raw.response) {
        raw.own = found;
        return OWN;
      }
      if (out) return admitted(found, out) as never;
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
  const ask = (raw: Exchange, asked: Partial<Parameters<typeof handle>[0]> = {}) => {
    const { request } = raw;
    return handle({
      method: request.method!,
      url: request.url!,
      headers: { get: (name) => request.headers[name.toLowerCase()] as string | undefined },
      body: async () => ({ ...objectIn(String(await readBody(request, MAX_JSON_BYTES)), 'The body') }),
      raw,
      context: undefined,
      ...asked,
    });
  };

  /** Keeps a place for a connection, until it is taken or nobody came for it. */
  function reserve(key: string, exchange: Exchange): void {
    const place = new EventEmitter();
    const leave = () => {
      clearTimeout(expiry);
      places.delete(key);
      place.emit('close');
    };
    const giveUp = () => {
      leave();
      void discard(key, exchange);
    };
    const expiry = setTimeout(giveUp, RESERVED_MS).unref();
    places.set(key, leave);
    streams.keep(place, identityOf(exchange.request)!, giveUp);
  }

  /** To graphql-sse a place is gone once it was opened, and closed. */
  async function discard(key: string, exchange: Exchange): Promise<void> {
    const headers = new Map([
      ['accept', EVENT_STREAM],
      [TOKEN_HEADER_KEY, key.slice(ownerOf(exchange.request).length)],
    ]);
    const [body] = await ask(exchange, { method: 'GET', headers, body: null });
    if (isStream(body)) await body.return(undefined);
  }

  return async (request, response) => {
    const loss = await lossOf(request);
    if (loss) return refuse(response, 400, loss);
    const token = tokenOf(request);
    const key = ownerOf(request) + token;
    const isOpening = request.headers.accept?.includes(EVENT_STREAM) ?? false;
    if (isOpening) places.get(key)?.();
    const identity = identityOf(request)!;
    if ((isOpening || request.method === 'PUT') && streams.refused(response, identity)) return;
    if (isOpening) streams.keep(response, identity, () => response.destroy());
    const exchange: Exchange = { request, response };
    const [body, { status, statusText, headers }] = await ask(exchange);
    if (exchange.own) return sendResults(response, exchange.own);
    const reserved = request.method === 'PUT' && status === 201 ? String(body) : null;
    if (reserved) reserve(reserved, exchange);
    if (response.destroyed) return void (isStream(body) && (await body.return(undefined)));
    if (!isStream(body)) {
      response.writeHead(status, statusText, headers);
      return void response.end(reserved?.slice(ownerOf(request).length) ?? body);
    }
    response.writeHead(status, statusText, headers);
    shared.set(key, response.setMaxListeners(0));
    const closed = new AbortController();
    response.once('close', () => {
      closed.abort();
      shared.delete(key);
      void body.return(undefined);
    });
    for await (const message of body)
      if (!response.write(message) && !closed.signal.aborted) await waitFor(response, ['drain'], closed.signal);
    response.end();
  };
}
