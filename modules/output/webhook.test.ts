import { createHmac } from 'node:crypto';
import dns from 'node:dns';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { type AddressInfo, createServer as createRawServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { callWebhook, type WebhookCall, webhookSettings } from './webhook.js';

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

let server: Server;
let port: number;
let received: Received[];
let answer: { status: number; headers?: Record<string, string> } | 'nothing';
beforeEach(async () => {
  received = [];
  answer = { status: 204 };
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      if (answer !== 'nothing') response.writeHead(answer.status, answer.headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const call = (overrides: Partial<WebhookCall> = {}) =>
  callWebhook({
    url: `http://127.0.0.1:${port}/hook`,
    body: '{"type":"hartomat.ready"}',
    idempotencyKey: 'run/node',
    settings: { allowedHosts: ['127.0.0.1'] },
    signal: new AbortController().signal,
    ...overrides,
  });

describe('a call to an allowed host', () => {
  it('posts the JSON with a key that lets the receiver drop repeats', async () => {
    expect(await call()).toBe(204);
    expect(received).toMatchObject([
      {
        body: '{"type":"hartomat.ready"}',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'run/node', 'webhook-id': 'run/node' },
      },
    ]);
    expect(received[0]!.headers).not.toHaveProperty('webhook-signature');
  });

  it.each([
    ['a plain secret', 'open sesame', Buffer.from('open sesame')],
    ['a standard secret', 'whsec_AAECAwQ=', Buffer.from([0, 1, 2, 3, 4])],
  ])('is signed over key, time and body with %s', async (_what, secret, key) => {
    const sentAt = new Date('2026-01-02T03:04:05Z');
    await call({ settings: { secret, allowedHosts: [`127.0.0.1:${port}`] }, sentAt });
    const { headers, body } = received[0]!;
    expect(headers['webhook-timestamp']).toBe(String(sentAt.getTime() / 1000));
    const signed = `run/node.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  });

  it.each([
    [500, 'WEBHOOK_UNAVAILABLE', true],
    [503, 'WEBHOOK_UNAVAILABLE', true],
    [429, 'WEBHOOK_UNAVAILABLE', true],
    [408, 'WEBHOOK_UNAVAILABLE', true],
    [400, 'WEBHOOK_REFUSED', false],
    [404, 'WEBHOOK_REFUSED', false],
    [410, 'WEBHOOK_REFUSED', false],
  ])('answered with %i is %s, retryable: %s', async (status, code, isRetryable) => {
    answer = { status };
    await expect(call()).rejects.toMatchObject({ code, isRetryable, details: { status } });
  });

  it('never follows a redirect', async () => {
    answer = { status: 307, headers: { location: `http://127.0.0.1:${port}/elsewhere` } };
    await expect(call()).rejects.toMatchObject({
      code: 'WEBHOOK_REFUSED',
      message: expect.stringContaining('redirects'),
    });
    expect(received).toHaveLength(1);
  });

  it('gives up a receiver that does not answer', async () => {
    answer = 'nothing';
    await expect(call({ timeLimitMs: 100 })).rejects.toMatchObject({ code: 'WEBHOOK_TIMEOUT', isRetryable: true });
  });

  it('stops when it is cancelled', async () => {
    answer = 'nothing';
    const abort = new AbortController();
    const calling = call({ signal: abort.signal });
    await expect.poll(() => received.length).toBe(1);
    abort.abort(new Error('cancelled'));
    await expect(calling).rejects.toThrow('cancelled');
  });

  it('is retryable when nobody listens', async () => {
    await expect(call({ url: 'http://127.0.0.1:1/' })).rejects.toMatchObject({
      code: 'WEBHOOK_UNREACHABLE',
      isRetryable: true,
    });
  });
});

describe('an answer that is none', () => {
  /** Whatever a partner's server may say, and how long it may go on. */
  const answers: [what: string, say: (socket: Socket) => void, code: string][] = [
    ['is another protocol', (socket) => socket.write('SSH-2.0-OpenSSH_9.9\r\n'), 'WEBHOOK_UNREACHABLE'],
    [
      'changes the protocol',
      (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
      'WEBHOOK_UNREACHABLE',
    ],
    ['breaks off', (socket) => socket.destroy(), 'WEBHOOK_UNREACHABLE'],
    [
      'has headers without end',
      (socket) => again(socket, `HTTP/1.1 200 OK\r\n`, `x: ${'y'.repeat(4_000)}\r\n`),
      'WEBHOOK_UNREACHABLE',
    ],
    ['has headers that drip', (socket) => again(socket, 'HTTP/1.1 200 OK\r\n', 'x: y\r\n', 50), 'WEBHOOK_TIMEOUT'],
    [
      'is always about to come',
      (socket) => again(socket, '', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n', 5),
      'WEBHOOK_TIMEOUT',
    ],
  ];
  function again(socket: Socket, first: string, text: string, everyMs = 1) {
    socket.write(first);
    const timer = setInterval(() => socket.write(text), everyMs);
    socket.once('close', () => clearInterval(timer));
  }
  async function ownCertificate() {
    const [key, cert] = ['key', 'crt'].map((kind) =>
      readFile(new URL(`../../tests/fixtures/tls/self-signed.${kind}`, import.meta.url)),
    );
    return { key: await key!, cert: await cert! };
  }
  async function listen(say: (socket: Socket) => void) {
    const closed: Promise<unknown>[] = [];
    const raw = createRawServer((socket) => {
      closed.push(new Promise((resolve) => socket.on('error', () => {}).once('close', resolve)));
      socket.once('data', () => say(socket));
    });
    await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
    return { raw, url: `http://127.0.0.1:${(raw.address() as AddressInfo).port}/`, closed };
  }

  it.each(answers)('ends the call when it %s', async (_what, say, code) => {
    const { raw, url, closed } = await listen(say);
    await expect(call({ url, timeLimitMs: 1_000 })).rejects.toMatchObject({ code, isRetryable: true });
    await Promise.all(closed);
    raw.close();
  });

  it('is not read beyond its status, however long it is', async () => {
    let written = 0;
    const { raw, url, closed } = await listen((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n');
      const more = () => {
        while (socket.writable && socket.write('z'.repeat(65_536))) written += 65_536;
      };
      socket.on('drain', more);
      more();
    });
    expect(await call({ url })).toBe(200);
    await Promise.all(closed);
    expect(written).toBeLessThan(64 * 1024 * 1024);
    raw.close();
  });

  it('is not taken from a server that proves to be another one', async () => {
    const secure = createSecureServer(await ownCertificate(), (_request, response) => response.writeHead(204).end());
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const { port } = secure.address() as AddressInfo;
    await expect(call({ url: `https://127.0.0.1:${port}/` })).rejects.toMatchObject({
      code: 'WEBHOOK_UNREACHABLE',
      message: expect.stringContaining('certificate'),
      isRetryable: true,
    });
    secure.close();
  });
});

describe('the private network', () => {
  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '１２７.0.0.1',
    '127.0.0.1.',
    '0.0.0.0',
    'localhost',
    '198.18.0.1',
    '[64:ff9b:1::7f00:1]',
    '[fec0::1]',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '[fe80::1]',
    '[fd00::1]',
    '[64:ff9b::7f00:1]',
  ])('is out of reach at %s', async (host) => {
    const calling = call({
      url: `http://${host}:${port}/`,
      settings: { allowedHosts: ['partner.example', '127.0.0.1:1'] },
    });
    await expect(calling).rejects.toMatchObject({ code: 'WEBHOOK_TARGET_FORBIDDEN', isRetryable: false });
    expect(received).toEqual([]);
  });

  it('is out of reach under a name that was a public address the time before', async () => {
    const resolve = vi.spyOn(dns, 'lookup');
    syncBuiltinESMExports();
    const resolved: object[][] = [
      // Never handed out to anybody.
      [{ address: '4000::1', family: 6 }],
      [{ address: '127.0.0.1', family: 4 }],
      [
        { address: '4000::1', family: 6 },
        { address: '127.0.0.1', family: 4 },
      ],
    ];
    resolve.mockImplementation(((_name: string, { all }: { all?: boolean }, tell: (...found: any[]) => void) => {
      const found = resolved.shift()!;
      const { address, family } = found[0] as { address: string; family: number };
      process.nextTick(() => (all ? tell(null, found) : tell(null, address, family)));
    }) as never);
    const url = `http://shop.example:${port}/`;
    const calling = () => call({ url, settings: { allowedHosts: [] }, timeLimitMs: 500 });
    // What it was checked by is what is called: the name is not looked up again.
    await expect(calling()).rejects.toMatchObject({ isRetryable: true });
    expect(resolve).toHaveBeenCalledTimes(1);
    await expect(calling()).rejects.toMatchObject({ code: 'WEBHOOK_TARGET_FORBIDDEN' });
    await expect(calling()).rejects.toMatchObject({ code: 'WEBHOOK_TARGET_FORBIDDEN' });
    expect(resolve).toHaveBeenCalledTimes(3);
    expect(received).toEqual([]);
    resolve.mockRestore();
    syncBuiltinESMExports();
  });

  it('is out of reach over TLS too', async () => {
    await expect(call({ url: `https://localhost:${port}/`, settings: { allowedHosts: [] } })).rejects.toMatchObject({
      code: 'WEBHOOK_TARGET_FORBIDDEN',
    });
  });
});

it.each([
  '',
  'hook',
  'ftp://partner.example/',
  'file:///etc/passwd',
  'http://',
  'http://user:password@partner.example/',
  'javascript:alert(1)',
])('refuses the address "%s"', async (url) => {
  await expect(call({ url })).rejects.toMatchObject({ code: 'WEBHOOK_URL_INVALID', details: { path: '/url' } });
});

it('reads its settings from the environment', () => {
  expect(webhookSettings({})).toEqual({ secret: undefined, allowedHosts: [] });
  expect(
    webhookSettings({ HARTOMAT_WEBHOOK_SECRET: 's', HARTOMAT_WEBHOOK_ALLOW_HOSTS: ' Shop.local:8080, pim ,' }),
  ).toEqual({
    secret: 's',
    allowedHosts: ['shop.local:8080', 'pim'],
  });
});
