import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

describe('the private network', () => {
  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '0.0.0.0',
    'localhost',
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
