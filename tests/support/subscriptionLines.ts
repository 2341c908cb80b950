import { request } from 'node:http';
import { WebSocket } from 'ws';
import { ADMIN_TOKEN } from './testApp.js';

/** A subscription on a connection of its own that can do what clients' libraries do not: be gone without a word, and stop reading. */
export interface SubscriptionLine {
  /** The next answer; null once the line is broken, or the server said that there is no more. */
  next(): Promise<{ data?: any; errors?: any[] } | null>;
  hangUp(): void;
  pause(): void;
  resume(): void;
}
export type OpenLine = (url: string, query: string, variables?: Record<string, unknown>) => SubscriptionLine;

function lineOf(control: Pick<SubscriptionLine, 'hangUp' | 'pause' | 'resume'>) {
  const answers: unknown[] = [];
  let isOver = false;
  let wake = () => {};
  return {
    take(answer: unknown) {
      answers.push(answer);
      wake();
    },
    end() {
      isOver = true;
      wake();
    },
    line: {
      ...control,
      async next() {
        while (answers.length === 0 && !isOver)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        return answers.shift() ?? null;
      },
    } as SubscriptionLine,
  };
}

export const overEventStream: OpenLine = (url, query, variables = {}) => {
  const asked = request(new URL('/graphql/stream', url), {
    method: 'POST',
    agent: false,
    headers: {
      authorization: `Bearer ${ADMIN_TOKEN}`,
      accept: 'text/event-stream',
      'content-type': 'application/json',
    },
  });
  const { take, end, line } = lineOf({
    hangUp: () => asked.destroy(),
    pause: () => asked.socket!.pause(),
    resume: () => asked.socket!.resume(),
  });
  asked.on('error', end);
  asked.on('response', (response) => {
    let rest = '';
    response.setEncoding('utf8').on('data', (text: string) => {
      const events = (rest + text).split('\n\n');
      rest = events.pop()!;
      for (const event of events) {
        const [, name, data] = /^event: (\w+)\n(?:data: (.*))?/.exec(event) ?? [];
        if (name === 'next') take(JSON.parse(data!));
      }
    });
    response.on('error', end).on('close', end);
  });
  asked.end(JSON.stringify({ query, variables }));
  return line;
};

export const overWebSocket: OpenLine = (url, query, variables = {}) => {
  const socket = new WebSocket(new URL('/graphql', url.replace('http', 'ws')), 'graphql-transport-ws');
  const say = (message: object) => socket.send(JSON.stringify(message));
  const { take, end, line } = lineOf({
    hangUp: () => socket.terminate(),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  });
  socket.on('open', () => say({ type: 'connection_init', payload: { authorization: `Bearer ${ADMIN_TOKEN}` } }));
  socket.on('message', (text) => {
    const { type, payload } = JSON.parse(String(text));
    if (type === 'connection_ack') say({ type: 'subscribe', id: '1', payload: { query, variables } });
    if (type === 'ping') say({ type: 'pong' });
    if (type === 'next') take(payload);
    if (type === 'error') take({ errors: payload });
    if (type === 'complete') end();
  });
  socket.on('error', end).on('close', end);
  return line;
};
