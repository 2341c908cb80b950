import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecutionArgs } from 'graphql';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { JsonLossError, parseExactJson } from '../workflow/exactJson.js';
import { type AuthSettings, whoSent } from './auth.js';
import { isFromElsewhere } from './csrf.js';
import {
  isPrepared,
  MAX_OPERATIONS,
  type OperationParams,
  type PreparedOperation,
  type PrepareOperation,
  tooManyOperations,
} from './liveOperations.js';
import { type OpenStreams, TOO_MANY_STREAMS } from './openStreams.js';

/** Largest message from a client. Documents are far smaller; what is larger goes by HTTP. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** Told to who holds too many streams; graphql-ws clients do not try again by themselves after it. */
const TOO_MANY = 4429;
const HELLO_MS = 5_000;

function refuse(socket: Duplex, status: string): void {
  // Nobody else listens to it any more, and an error that nobody hears ends the process: clients may break off at any time.
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Browsers cannot send headers with a WebSocket, so a token may come in the payload of `connection_init` as well. */
function headersOf(request: IncomingMessage, hello: Readonly<Record<string, unknown>> | undefined) {
  const authorization = hello?.authorization ?? hello?.Authorization;
  return typeof authorization === 'string' ? { authorization } : request.headers;
}

/** A connection whose messages say nothing that reading them would lose: what does is answered, and not read. */
class ExactSocket extends WebSocket {
  override emit(event: string, ...args: any[]): boolean {
    const loss = event === 'message' ? lossIn(String(args[0])) : null;
    if (!loss) return super.emit(event, ...args);
    this.send(loss);
    return true;
  }
}

/** The answer to an operation that says something which would be lost; null: there is nothing of the kind in the message. */
function lossIn(text: string): string | null {
  try {
    parseExactJson(text);
    return null;
  } catch (error) {
    // What is no JSON is for graphql-ws to refuse.
    if (!(error instanceof JsonLossError)) return null;
    const { id } = JSON.parse(text) as { id?: unknown };
    const payload = [{ message: error.message, extensions: { code: 'BAD_REQUEST' } }];
    return JSON.stringify({ id, type: 'error', payload });
  }
}

/** The library keeps arguments and way of running apart only by this. */
const run = ({ rootValue, ...args }: ExecutionArgs) => (rootValue as PreparedOperation['run'])(args);

/** GraphQL over WebSockets (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md) at `path`, for those who passed the same
 * checks as everybody else. @returns what answers the server's `upgrade` events. */
export function webSockets(path: string, auth: AuthSettings, streams: OpenStreams, prepare: PrepareOperation) {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, WebSocket: ExactSocket });
  useServer<Record<string, unknown>>(
    {
      connectionInitWaitTimeout: HELLO_MS,
      onConnect: async ({ connectionParams, extra }) => {
        const { request, socket } = extra as Extra;
        const sender = await whoSent(auth, request, headersOf(request, connectionParams));
        if (!sender || 'waitS' in sender || (sender.by === 'cookie' && isFromElsewhere(request))) return false;
        if (!streams.hasRoomFor(sender)) socket.close(TOO_MANY, TOO_MANY_STREAMS.extensions.code);
        else return streams.keep(socket, sender, () => socket.terminate());
        return false;
      },
      onSubscribe: async ({ subscriptions, extra }, _id, payload) => {
        if (Object.keys(subscriptions).length > MAX_OPERATIONS) return [tooManyOperations()];
        const prepared = await prepare((extra as Extra).request, payload as OperationParams);
        return isPrepared(prepared) ? { ...prepared.args, rootValue: prepared.run } : prepared;
      },
      execute: run,
      subscribe: run,
    },
    server,
  );
  return (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // It may be no address at all, which `URL` would throw for; here that would end the process.
    if (request.url!.split('?', 1)[0] !== path) return refuse(socket, '404 Not Found');
    server.handleUpgrade(request, socket, head, (opened) => server.emit('connection', opened, request));
  };
}
