import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { runId } from './runs.js';

// A process of its own: `fork('load.ts', [JSON of Load])`. Says `ready` when every subscriber has heard of something, and on
// `stop`, once nothing comes any more, writes when each heard of each event. On bare sockets, so that what is measured is the server and not the client.

export type Transport = 'sse' | 'ws';

export interface Load {
  transport: Transport;
  port: number;
  path: string;
  token: string;
  query: string;
  subscribers: number;
  /** Events are numbered from 1. */
  events: number;
  /** Doubles: when subscriber `s` heard of event `e`, at `(e - 1) * subscribers + s`; in ms of the machine's clock, 0: never. A
   * second time is added to `repeats`. */
  file: string;
}

const load = JSON.parse(process.argv[2]!) as Load;
const { port, path, token, query, subscribers, events } = load;
const arrivals = new Float64Array(events * subscribers);
const heard = new Uint32Array(subscribers);
let repeats = 0;
/** When somebody last heard of something. */
let newest = 0;
const SILENCE_MS = 2_000;
const numbers = new Map(Array.from({ length: events }, (_, i) => [runId(i + 1), i + 1]));

const now = () => Number(process.hrtime.bigint()) / 1e6;
const MARK = Buffer.from('"run":{"id":"');
const ID_LENGTH = runId(1).length;

function note(subscriber: number, number: number | undefined, at: number): void {
  if (number === undefined) throw new Error('an event of a run that is not of the benchmark');
  const place = (number - 1) * subscribers + subscriber;
  newest = at;
  if (arrivals[place]! > 0) repeats++;
  else arrivals[place] = at;
  heard[subscriber]! += 1;
  if (heard[subscriber] === 1 && heard.every((count) => count > 0)) process.send!('ready');
}

/** Reads what has come; returns what is not complete. */
function read(subscriber: number, data: Buffer, at: number): Buffer {
  let from = 0;
  for (;;) {
    const mark = data.indexOf(MARK, from);
    const start = mark + MARK.length;
    if (mark < 0) return data.subarray(Math.max(from, data.length - MARK.length));
    if (start + ID_LENGTH > data.length) return data.subarray(mark);
    from = start + ID_LENGTH;
    note(subscriber, numbers.get(data.toString('latin1', start, from)), at);
  }
}

const NONE = Buffer.alloc(0);

function overSse(subscriber: number): void {
  const body = JSON.stringify({ query });
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    `authorization: Bearer ${token}`,
    'accept: text/event-stream',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  const socket = connect(port, '127.0.0.1', () => socket.write([...head, '', body].join('\r\n')));
  socket.setNoDelay(true);
  let rest: Buffer = NONE;
  let isFirst = true;
  socket.on('data', (chunk) => {
    const at = now();
    if (isFirst && !chunk.toString('latin1', 0, 12).endsWith('200')) throw new Error(chunk.toString('latin1', 0, 500));
    isFirst = false;
    rest = read(subscriber, rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk, at);
  });
}

function overWebSocket(subscriber: number): void {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, 'graphql-transport-ws');
  const say = (message: object) => socket.send(JSON.stringify(message));
  socket.on('open', () => say({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  socket.on('message', (data: Buffer) => {
    const at = now();
    if (data.indexOf(MARK) > 0) read(subscriber, data, at);
    else if (data.indexOf('connection_ack') > 0) say({ id: '1', type: 'subscribe', payload: { query } });
    else if (data.indexOf('"error"') > 0) throw new Error(data.toString());
  });
}

const open = load.transport === 'ws' ? overWebSocket : overSse;
for (let subscriber = 0; subscriber < subscribers; subscriber++) open(subscriber);

process.once('message', async () => {
  // What is under way arrives, or is lost.
  while (now() - newest < SILENCE_MS) await pause(100);
  await writeFile(load.file, arrivals);
  process.send!(repeats);
  process.disconnect();
  process.exit(0);
});
