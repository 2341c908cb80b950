import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';

let app: TestApp;
/** What would have ended the process. */
const uncaught: unknown[] = [];
const note = (error: unknown) => void uncaught.push(error);
beforeAll(async () => {
  app = await startTestApp();
  process.on('uncaughtException', note);
});
beforeEach(() => void uncaught.splice(0));
afterAll(async () => {
  process.off('uncaughtException', note);
  await app.close();
});

/** Asks for a WebSocket, as only programs that are no browsers may. */
async function upgrade(address: string): Promise<{ socket: Socket; answer: string }> {
  const { hostname, port } = new URL(app.url);
  const socket = connect(Number(port), hostname).on('error', () => {});
  const head = [
    `GET ${address} HTTP/1.1`,
    'Host: hartomat',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  const [answer] = await once(socket, 'data', { signal: AbortSignal.timeout(5_000) });
  return { socket, answer: String(answer) };
}

test.each(['//', 'http://[', '/nothing', '/graphql/stream'])('an upgrade of %s is refused', async (address) => {
  const { socket, answer } = await upgrade(address);
  expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  socket.destroy();
  expect(uncaught).toEqual([]);
});

test('who was refused may break off', async () => {
  const { socket } = await upgrade('/nothing');
  socket.resetAndDestroy();
  await once(socket, 'close');
  expect((await app.fetch('/health/live')).status).toBe(200);
  expect(uncaught).toEqual([]);
});

test('a query in the address is no other address', async () => {
  const { socket, answer } = await upgrade('/graphql?from=console');
  expect(answer).toMatch(/^HTTP\/1\.1 101 /);
  socket.destroy();
});
