import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parse, validate } from 'graphql';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createAccount, createApiToken } from '../../../runtime/access/accounts.js';
import { schema } from '../../../schema/index.js';
import { freePort } from '../../../scripts/lib/processes.mjs';
import { startTestApp, type TestApp } from '../../../tests/support/testApp.js';
import { type Catalogue, createCatalogue, createEndedRun } from '../../../tests/support/testData.js';
import { WebhookLoop } from '../../../worker/webhookLoop.js';
import { isGenuine } from './verify.js';

const read = (where: string) => readFile(new URL(where, import.meta.url), 'utf8');
const blocks = (page: string, language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text]) => text!);

let app: TestApp;
let catalogue: Catalogue;
let loop: WebhookLoop;
let shop: ChildProcess | undefined;
let operations: string[];
beforeAll(async () => {
  vi.stubEnv('HARTOMAT_WEBHOOK_ALLOW_HOSTS', '127.0.0.1');
  operations = blocks(await read('../../webhooks.md'), 'graphql');
  app = await startTestApp();
  catalogue = await createCatalogue(app.platform);
  loop = new WebhookLoop(app.platform, { allowedHosts: ['127.0.0.1'] }, app.platform.log);
  loop.start();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  shop?.kill();
  await loop?.stop();
  await app?.close();
});

test('the receiver takes what is sent, leaves repeats alone, and lets nobody else in', async () => {
  const account = await createAccount(app.platform, { name: 'A shop', role: 'partner' });
  const { secret: token } = await createApiToken(app.platform, { accountId: account.id, name: 'shop' });
  const ask = async (operation: string, variables: object) => {
    const { data, errors } = await app.gql(operation, variables, { authorization: `Bearer ${token}` });
    expect(errors).toBeUndefined();
    return Object.values(data)[0] as any;
  };
  const port = await freePort();
  const input = {
    name: 'Shop',
    url: `http://127.0.0.1:${port}/hartomat`,
    eventTypes: ['run_succeeded', 'asset_published'],
  };
  const [make, log, again, failed, rotate] = operations as [string, string, string, string, string];
  const { secret, webhook } = await ask(make, { input });

  shop = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('receiver.ts', import.meta.url))], {
    env: { ...process.env, WEBHOOK_SECRET: secret, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  createInterface({ input: shop.stdout! }).on('line', (line) => lines.push(line));
  const until = (line: string) => expect.poll(() => lines).toContain(line);
  await until(`listening on ${port}`);

  const { product, outputType } = catalogue;
  const order = await app.platform.db.order.create({
    data: {
      accountId: account.id,
      reference: 'PO-1',
      lines: { create: { lineNumber: 1, productId: product.id, outputTypeId: outputType.id } },
    },
    include: { lines: true },
  });
  await createEndedRun(app.platform, { ...catalogue, line: order.lines[0]! });
  await until('bearing.glb is there for order PO-1');

  const { rows } = await app.platform.pool.query(
    `SELECT id FROM webhook_delivery WHERE event_type = 'asset.published'`,
  );
  await ask(again, { deliveryId: Buffer.from(`WebhookDelivery:${rows[0].id}`).toString('base64url') });
  await until('asset.published again, left alone');
  expect(await ask(log, { webhookId: webhook.id })).toEqual({ totalCount: 0, edges: [] });
  const since = { input: { webhookId: webhook.id, since: order.createdAt } };
  expect(await ask(failed, since)).toEqual({ count: 0 });
  const newer = await ask(rotate, { id: webhook.id });
  expect(newer.webhook.oldSecretsUntil).not.toBeNull();
  expect((await fetch(input.url, { method: 'POST', body: '{}' })).status).toBe(401);
});

test('a message that was changed, is old, or is signed by somebody else is not genuine', () => {
  const body = '{"type":"webhook.ping"}';
  // By the reference library, of its documentation's secret.
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const at = (timestamp: number, signature: string) => ({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signature,
  });
  const known = at(1614265330, 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  const test = '{"test": 2432232314}';
  vi.setSystemTime(1614265330_000);
  expect(isGenuine(secret, known, test)).toBe(true);
  expect(isGenuine(secret, { ...known, 'webhook-signature': `v1,AAAA ${known['webhook-signature']}` }, test)).toBe(
    true,
  );
  expect(isGenuine(secret, known, body)).toBe(false);
  expect(isGenuine('whsec_AAAA', known, test)).toBe(false);
  expect(isGenuine(secret, {}, test)).toBe(false);
  vi.setSystemTime(1614265330_000 + 301_000);
  expect(isGenuine(secret, known, test)).toBe(false);
  vi.useRealTimers();
});

test('docs/webhooks.md shows what there is', async () => {
  const page = await read('../../webhooks.md');
  for (const operation of operations) expect(validate(schema, parse(operation))).toEqual([]);
  expect(blocks(page, 'ts').map((text) => text.trim())).toEqual([(await read('verify.ts')).trim()]);
});
