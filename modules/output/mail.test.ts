import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, expect, it, vi } from 'vitest';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { PATIENCE_MS } from '../../tests/support/patience.js';
import { type Mail, sendMail } from './mail.js';
import { mailSettings } from './mailSettings.js';
import { notify } from './notify.js';

let server: SMTPServer | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  server = undefined;
});

/** A real mail server; what it takes is in `mails`. */
async function mailServer(options: SMTPServerOptions = {}) {
  const mails: { to: string[]; text: string }[] = [];
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onData(stream, session, done) {
      let text = '';
      stream.setEncoding('utf8');
      stream.on('data', (chunk) => {
        text += chunk;
      });
      stream.on('end', () => {
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.server.address() as AddressInfo;
  return { mails, url: `smtp://127.0.0.1:${port}` };
}

const mail = (url: string, overrides: Partial<Mail> = {}) =>
  sendMail({
    to: ['anna@studio.example'],
    title: 'Bearing 6205: Still 1K is ready',
    body: 'a.png (1 kB)\nFür Sie.',
    idempotencyKey: 'run/node',
    settings: { url, from: 'HartOMat <hartomat@studio.example>' },
    signal: new AbortController().signal,
    timeLimitMs: PATIENCE_MS,
    ...overrides,
  });
const refuse = (responseCode: number) => Object.assign(new Error('Mailbox is not for you'), { responseCode });
const header = (text: string, name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(text)?.[1]?.trim();

it('sends one plain-text message whose id follows from the key', async () => {
  const { mails, url } = await mailServer();
  expect(await mail(url, { to: ['anna@studio.example', 'ben@shop.example'] })).toEqual({
    responseCode: 250,
    rejected: [],
  });
  await mail(url);
  await mail(url, { idempotencyKey: 'run/other' });
  expect(mails.map(({ to }) => to)).toEqual([
    ['anna@studio.example', 'ben@shop.example'],
    ['anna@studio.example'],
    ['anna@studio.example'],
  ]);
  const [first, again, other] = mails.map(({ text }) => header(text, 'Message-ID'));
  expect(first).toMatch(/^<[0-9a-f]{32}@studio\.example>$/);
  expect(again).toBe(first);
  expect(other).not.toBe(first);
  expect(header(mails[0]!.text, 'Subject')).toBe('Bearing 6205: Still 1K is ready');
  expect(header(mails[0]!.text, 'From')).toBe('HartOMat <hartomat@studio.example>');
  expect(mails[0]!.text).toContain('a.png (1 kB)');
});

it('cannot be talked into more headers or recipients', async () => {
  const { mails, url } = await mailServer();
  await mail(url, { title: 'x\r\nBcc: eve@evil.example\r\n\r\nhello' });
  expect(mails[0]!.to).toEqual(['anna@studio.example']);
  expect(header(mails[0]!.text, 'Bcc')).toBeUndefined();
});

it('says which recipients the server would not take, when others got the message', async () => {
  const { mails, url } = await mailServer({
    onRcptTo: ({ address }, _session, done) => done(address.startsWith('eve') ? refuse(550) : undefined),
  });
  expect(await mail(url, { to: ['anna@studio.example', 'eve@evil.example'] })).toEqual({
    responseCode: 250,
    rejected: ['eve@evil.example'],
  });
  expect(mails).toHaveLength(1);
});

it.each([
  [550, 'MAIL_REFUSED', false],
  [451, 'MAIL_UNAVAILABLE', true],
])('a server that answers %i is %s, retryable: %s', async (responseCode, code, isRetryable) => {
  const { url } = await mailServer({ onRcptTo: (_address, _session, done) => done(refuse(responseCode)) });
  await expect(mail(url)).rejects.toMatchObject({ code, isRetryable, details: { responseCode } });
});

it('names a wrong password as such', async () => {
  const { url } = await mailServer({
    authOptional: false,
    authMethods: ['PLAIN'],
    allowInsecureAuth: true,
    onAuth: ({ password }, _session, done) =>
      password === 'right' ? done(null, { user: 'studio' }) : done(new Error('no')),
  });
  await expect(mail(url.replace('//', '//studio:wrong@'))).rejects.toMatchObject({
    code: 'MAIL_AUTH_FAILED',
    isRetryable: false,
    message: expect.not.stringContaining('wrong'),
  });
  await expect(mail(url.replace('//', '//studio:right@'))).resolves.toMatchObject({ responseCode: 250 });
});

it('is retryable when nobody listens, and stops when cancelled', async () => {
  await expect(mail('smtp://127.0.0.1:1')).rejects.toMatchObject({ code: 'MAIL_UNREACHABLE', isRetryable: true });
  const abort = new AbortController();
  const { url } = await mailServer({ onMailFrom: () => setTimeout(() => abort.abort(new Error('cancelled')), 20) });
  await expect(mail(url, { signal: abort.signal })).rejects.toThrow('cancelled');
});

it.each([
  [{}, 'SMTP_URL is not set'],
  [{ SMTP_URL: 'smtp://mail' }, 'MAIL_FROM is not set'],
  [{ SMTP_URL: 'http://mail', MAIL_FROM: 'a@b.example' }, 'SMTP_URL must begin'],
  [{ SMTP_URL: 'smtp://mail', MAIL_FROM: 'nobody' }, 'MAIL_FROM must be an address'],
])('with the settings %j says what is missing', (env, sentence) => {
  expect(() => mailSettings(env)).toThrow(
    expect.objectContaining({ code: 'MAIL_NOT_SET_UP', message: expect.stringContaining(sentence) }),
  );
});

it('is a channel of output.notify', async () => {
  const { mails, url } = await mailServer();
  const test = await createTestContext();
  try {
    const params = (values: object) => notify.spec.params.parse({ channel: 'email', ...values });
    const send = (values: object) => notify.spec.run(test.ctx, {}, params(values));
    await expect(send({ recipients: ['anna@studio.example'] })).rejects.toMatchObject({ code: 'MAIL_NOT_SET_UP' });
    vi.stubEnv('SMTP_URL', url);
    vi.stubEnv('MAIL_FROM', 'hartomat@studio.example');
    const { receipt } = await send({ recipients: ['anna@studio.example'], note: 'Please check.' });
    expect(receipt).toMatchObject({
      channel: 'email',
      target: 'anna@studio.example',
      status: 'accepted',
      responseCode: 250,
    });
    expect(mails[0]!.text).toContain('Please check.');
    expect(() => params({ recipients: ['anna@studio.example\r\nBcc: eve@evil.example'] })).toThrow();
    expect(() => params({ recipients: Array(21).fill('a@b.example') })).toThrow();
  } finally {
    await test.cleanup();
  }
});
