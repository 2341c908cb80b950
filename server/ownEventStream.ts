import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { print } from 'graphql-sse';
import { waitFor } from '../runtime/waitFor.js';
import { isIterable, type Results } from './liveOperations.js';

/** Keeps lines open on which nothing happens, as graphql-sse does. */
const PING_MS = 12_000;
const PING = ':\n\n';

/** The text of results; many subscribers are told the same (useSharedEvents.ts). */
const texts = new WeakMap<ExecutionResult, Buffer>();

function textOf(result: ExecutionResult): Buffer {
  const known = texts.get(result);
  if (known) return known;
  const text = Buffer.from(print({ event: 'next', data: result }));
  texts.set(result, text);
  return text;
}

/** Sends the results of an operation over a connection that carries nothing else, at the pace of who reads them. Returns when all
 * are sent or the connection is closed. */
export async function sendResults(response: ServerResponse, results: Results): Promise<void> {
  const stop = () => void (isIterable(results) && results.return?.());
  if (response.destroyed) return stop();
  // Its end is the end of the connection: as chunks, every event to every subscriber would be four pieces to write.
  response.removeHeader('transfer-encoding');
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    // Proxies would wait for more of it, to compress it or to fill their buffers.
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    connection: 'close',
  });
  response.write(PING);
  const ping = setInterval(() => response.writableNeedDrain || response.write(PING), PING_MS);
  const closed = new AbortController();
  response.once('close', () => {
    clearInterval(ping);
    closed.abort();
    stop();
  });
  for await (const result of isIterable(results) ? results : [results])
    if (!response.write(textOf(result)) && !closed.signal.aborted) await waitFor(response, ['drain'], closed.signal);
  response.end(print({ event: 'complete', data: null }));
}
