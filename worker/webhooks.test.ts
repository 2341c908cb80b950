import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { scopesOf } from '../runtime/access.js';
import { createAccount, createApiToken, revokeApiToken, updateAccount } from '../runtime/accounts.js';
import { encodeGlobalId as id } from '../runtime/globalId.js';
import { OWNER } from '../runtime/ownership.js';
import type { Platform } from '../runtime/platform.js';
import { clearDeliveries } from '../runtime/webhooks/deliveryStates.js';
import { WEBHOOK_EVENTS } from '../runtime/webhooks/eventTypes.js';
import {
  type Asker,
  createWebhook,
  pingWebhook,
  redeliver,
  rotateSecret,
  updateWebhook,
} from '../runtime/webhooks/webhooks.js';
import { writeDeliveries } from '../runtime/webhooks/writeDeliveries.js';
import { createTestPlatform, type TestPlatform } from '../tests/support/platform.js';
import { type Catalogue, createCatalogue, createEndedRun } from '../tests/support/testData.js';
import { testDefinition, testGraph } from '../tests/support/testModules.js';
import { outcomeOf, startTestRun } from '../tests/support/testRuns.js';
import { isSignedBy, type Receiver, startReceiver } from '../tests/support/webhookReceiver.js';
import { WebhookLoop } from './webhookLoop.js';
import { startWorker } from './worker.js';

const ALL = Object.keys(WEBHOOK_EVENTS);
const SETTINGS = { allowedHosts: ['127.0.0.1'] };

let studio: TestPlatform;
let platform: Platform;
let catalogue: Catalogue;
let receiver: Receiver;
const loops: WebhookLoop[] = [];
beforeAll(async () => {
  vi.stubEnv('HARTOMAT_WEBHOOK_ALLOW_HOSTS', '127.0.0.1');
  studio = await createTestPlatform({ definition: testDefinition });
  platform = studio.platform;
  catalogue = await createCatalogue(platform);
  receiver = await startReceiver();
});
beforeEach(async () => {
  // Each test has the webhooks that it makes, and what they are told.
  await platform.db.webhook.deleteMany();
  receiver.received.length = 0;
  receiver.answers.length = 0;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all(loops.map((loop) => loop.stop()));
  await receiver?.close();
  await studio?.remove();
});

function loopOn(of: Platform): WebhookLoop {
  const loop = new WebhookLoop(of, SETTINGS, of.log);
  loops.push(loop);
  return loop;
}

/** Whether something happened that no delivery was made of yet: transactions of other databases of the server hold it up. */
const isBehind = async () => {
  const { rows } = await platform.pool.query(
    'SELECT FROM feed_entry f, feed_state s WHERE (f.xid, f.position) > (s.webhooks_xid, s.webhooks_position) LIMIT 1',
  );
  return rows.length > 0;
};

/** Everything that happened until now is told, as far as receivers take it. */
async function tell(loop = loopOn(platform)): Promise<void> {
  do await loop.round();
  while (await isBehind());
  await loop.sent();
}

const webhook = (more: object = {}, who: Asker = OWNER) =>
  createWebhook(platform, who, { name: 'Shop', url: receiver.url, eventTypes: ALL, ...more });
const deliveries = (webhookId: string) =>
  platform.db.webhookDelivery.findMany({
    where: { webhookId },
    include: { attempts: { orderBy: { number: 'asc' } } },
    orderBy: { createdAt: 'asc' },
  });
/** The time that the next attempts wait for has come. */
const waitIsOver = () => platform.db.$executeRaw`UPDATE webhook_delivery SET next_attempt_at = now()`;
const types = () => receiver.received.map(({ event }) => event.type);

async function partner(name: string): Promise<Asker & { accountId: string }> {
  const account = await createAccount(platform, { name, role: 'partner' });
  return { accountId: account.id, scopes: scopesOf('partner') };
}

/** A run that ended well for an order of the account, with its asset. */
async function runFor(accountId: string, mode: 'graph' | 'shadow' = 'graph') {
  const { db } = platform;
  const { product, outputType } = catalogue;
  const order = await db.order.create({
    data: {
      accountId,
      reference: 'PO-1',
      lines: { create: { lineNumber: 1, productId: product.id, outputTypeId: outputType.id } },
    },
    include: { lines: true },
  });
  const line = order.lines[0]!;
  const { runId } = await createEndedRun(platform, { ...catalogue, order, line });
  await db.run.update({ where: { id: runId }, data: { orderLineId: line.id, mode } });
  return { runId, order, line };
}

test('a run and its asset are told as they happen: signed, each once, whoever of two workers does it', async () => {
  const { id: webhookId, secret } = await webhook();
  const workers = await Promise.all(
    [1, 2].map(async () =>
      startWorker(await studio.another({ maxConnections: 4 }), { concurrency: { cpu: 1, io: 1 } }),
    ),
  );
  const runId = await startTestRun(platform, testGraph({ a: 'join', b: 'publish' }, ['a>b']));
  await outcomeOf(platform, runId);
  const expected = ['asset.published', 'run.queued', 'run.started', 'run.succeeded'];
  const outcomes = async () => (await deliveries(webhookId)).map(({ status, attemptCount }) => [status, attemptCount]);
  const allDelivered = expected.map(() => ['delivered', 1]);
  await expect.poll(outcomes).toEqual(allDelivered);
  await Promise.all(workers.map((worker) => worker.stop(0)));
  expect(types().sort()).toEqual(expected);
  const run = await platform.db.run.findUniqueOrThrow({ where: { id: runId }, include: { assets: true } });
  for (const each of receiver.received) {
    const { headers, event } = each;
    expect(isSignedBy(secret, each)).toBe(true);
    expect(Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp']))).toBeLessThan(60);
    expect(headers['webhook-id']).toBe(event.id);
    expect(event.data.run.id).toBe(id('Run', runId));
  }
  expect(new Set(receiver.received.map(({ event }) => event.id)).size).toBe(expected.length);
  const { event } = receiver.received.find((each) => each.event.type === 'asset.published')!;
  expect(event.data.asset).toEqual({
    id: id('Asset', run.assets[0]!.id),
    name: 'hello.txt',
    kind: 'text',
    version: 1,
    mediaType: 'text/plain',
    byteSize: 5,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(await outcomes()).toEqual(allDelivered);
});

test('many who write deliveries at once write each event once for each webhook', async () => {
  const webhooks = [await webhook(), await webhook(), await webhook({ eventTypes: ['run.failed'] })];
  const { runId } = await createEndedRun(platform, catalogue);
  const others = await Promise.all([1, 2, 3].map(() => studio.another()));
  await Promise.all([platform, ...others, platform, ...others].map(({ pool }) => writeDeliveries(pool)));
  while (await isBehind()) await writeDeliveries(platform.pool);
  const written = await Promise.all(webhooks.map((each) => deliveries(each.id)));
  expect(written.map((each) => each.map(({ eventType }) => eventType).sort())).toEqual([
    ['asset.published', 'run.succeeded'],
    ['asset.published', 'run.succeeded'],
    [],
  ]);
  const eventIds = (n: number) => written[n]!.map(({ eventId }) => eventId).sort();
  expect(eventIds(0)).toEqual(eventIds(1));
  expect(written[0]!.every(({ body }) => JSON.parse(body).data.run.id === id('Run', runId))).toBe(true);
});

test('a webhook hears of nothing that happened before it was made', async () => {
  await createEndedRun(platform, catalogue);
  await sleep(5);
  const { id: webhookId } = await webhook();
  await tell();
  expect(await deliveries(webhookId)).toEqual([]);
});

test('what a receiver does not take is sent again, with the same id, until it does', async () => {
  const { id: webhookId, secret } = await webhook({ eventTypes: ['run.succeeded'] });
  receiver.answers.push(500, 404);
  await createEndedRun(platform, catalogue);
  for (const _attempt of [1, 2, 3]) {
    await tell();
    await waitIsOver();
  }
  const [delivery] = await deliveries(webhookId);
  expect(delivery).toMatchObject({
    status: 'delivered',
    attempts: [
      { number: 1, responseCode: 500, errorCode: 'WEBHOOK_UNAVAILABLE' },
      { number: 2, responseCode: 404, errorCode: 'WEBHOOK_REFUSED' },
      { number: 3, responseCode: 204, errorCode: null },
    ],
  });
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  expect(receiver.received.every((each) => each.headers['webhook-id'] === delivery!.eventId)).toBe(true);
  expect(receiver.received.every((each) => isSignedBy(secret, each))).toBe(true);
  expect(await platform.db.webhook.findUnique({ where: { id: webhookId } })).toMatchObject({ failingSince: null });
  await redeliver(platform, OWNER, delivery!.id);
  await tell();
  expect(receiver.received).toHaveLength(4);
  expect(receiver.received[3]!.headers['webhook-id']).toBe(delivery!.eventId);
});

test('a failed attempt waits, and after ten the delivery is given up', async () => {
  const { id: webhookId } = await webhook({ eventTypes: ['run.succeeded'] });
  receiver.answers.push(...Array<number>(10).fill(503));
  await createEndedRun(platform, catalogue);
  await tell();
  const [waiting] = await deliveries(webhookId);
  expect(waiting!.nextAttemptAt.getTime()).toBeGreaterThan(waiting!.attempts[0]!.at.getTime() + 3_900);
  await platform.db.$executeRaw`UPDATE webhook_delivery SET next_attempt_at = now() + interval '1 hour'`;
  await tell();
  expect(receiver.received).toHaveLength(1);
  for (let attempt = 2; attempt <= 10; attempt++) {
    await waitIsOver();
    await tell();
  }
  await waitIsOver();
  await tell();
  expect(receiver.received).toHaveLength(10);
  expect(await deliveries(webhookId)).toMatchObject([{ status: 'failed', attemptCount: 10 }]);
});

test('a new secret signs at once, and the old one as well until it ends', async () => {
  const { id: webhookId, secret: old } = await webhook({ eventTypes: ['run.succeeded'] });
  const current = await rotateSecret(platform, OWNER, webhookId, 24);
  await createEndedRun(platform, catalogue);
  await tell();
  expect([old, current].map((secret) => isSignedBy(secret, receiver.received[0]!))).toEqual([true, true]);
  const newest = await rotateSecret(platform, OWNER, webhookId, 0);
  await createEndedRun(platform, catalogue);
  await tell();
  expect([old, current, newest].map((secret) => isSignedBy(secret, receiver.received[1]!))).toEqual([
    false,
    false,
    true,
  ]);
});

test('partners are told of their own orders only, and nobody of shadow runs', async () => {
  const [shop, other] = [await partner('A shop'), await partner('Another shop')];
  const { id: webhookId } = await webhook({}, shop);
  const own = await runFor(shop.accountId);
  await runFor(other.accountId);
  await runFor(shop.accountId, 'shadow');
  await createEndedRun(platform, catalogue);
  await tell();
  expect(types().sort()).toEqual(['asset.published', 'run.succeeded']);
  for (const { event, body } of receiver.received) {
    expect(event.data.run.id).toBe(id('Run', own.runId));
    expect(event.data.order).toEqual({ id: id('Order', own.order.id), number: own.order.number, reference: 'PO-1' });
    expect(event.data.product).toMatchObject({ sku: '6205' });
    expect(body).not.toContain('workflow');
  }
  await updateAccount(platform, { accountId: shop.accountId, isDisabled: true });
  await runFor(shop.accountId);
  await tell();
  expect(await deliveries(webhookId)).toHaveLength(2);
});

test('a studio token that may not look around makes a webhook that does not either', async () => {
  const account = await createAccount(platform, { name: 'Ordering desk', role: 'operator' });
  await webhook({}, { accountId: account.id, scopes: new Set(['order'] as const) });
  await createEndedRun(platform, catalogue);
  const own = await runFor(account.id);
  await tell();
  expect(new Set(receiver.received.map(({ event }) => event.data.run.id))).toEqual(new Set([id('Run', own.runId)]));
});

test('a webhook ends with the token that made it, until another one takes it over', async () => {
  const shop = await partner('A shop with two tokens');
  const [first, second] = await Promise.all(
    ['first', 'second'].map((name) => createApiToken(platform, { accountId: shop.accountId, name })),
  );
  const { id: webhookId } = await webhook({}, { ...shop, tokenId: first!.token.id });
  await revokeApiToken(platform, first!.token.id);
  await runFor(shop.accountId);
  await tell();
  expect(receiver.received).toEqual([]);
  expect(await platform.db.webhook.findUniqueOrThrow({ where: { id: webhookId } })).toMatchObject({
    disabledReason: 'Its token "first" was revoked.',
  });
  await updateWebhook(platform, { ...shop, tokenId: second!.token.id }, webhookId, { isEnabled: true });
  await runFor(shop.accountId);
  await tell();
  expect(receiver.received.length).toBeGreaterThan(0);
});

test('a private address is never called, whatever its name is', async () => {
  const { id: webhookId } = await webhook({ url: 'https://localhost:1/hook', eventTypes: ['run.succeeded'] });
  await createEndedRun(platform, catalogue);
  await tell();
  expect(await deliveries(webhookId)).toMatchObject([
    { status: 'failed', attempts: [{ errorCode: 'WEBHOOK_TARGET_FORBIDDEN', responseCode: null }] },
  ]);
});

test('a receiver that hangs holds up nobody else', async () => {
  const hanging = await startReceiver();
  hanging.answers.push(...Array<'nothing'>(50).fill('nothing'));
  await webhook({ url: hanging.url });
  await webhook();
  const loop = loopOn(platform);
  for (let n = 0; n < 6; n++) await createEndedRun(platform, catalogue);
  do await loop.round();
  while (await isBehind());
  await expect.poll(() => receiver.received.length).toBe(12);
  expect(hanging.received.length).toBeLessThanOrEqual(8);
  await loop.stop();
  await hanging.close();
});

describe('a webhook is disabled, with the reason,', () => {
  const stateOf = (webhookId: string) => platform.db.webhook.findUniqueOrThrow({ where: { id: webhookId } });

  test('when nothing got through for days', async () => {
    const { id: webhookId } = await webhook({ eventTypes: ['run.succeeded'] });
    receiver.answers.push(500, 500);
    await createEndedRun(platform, catalogue);
    await tell();
    expect(await stateOf(webhookId)).toMatchObject({ failingSince: expect.any(Date), disabledAt: null });
    await platform.db.$executeRaw`UPDATE webhook SET failing_since = now() - interval '6 days'`;
    await waitIsOver();
    await tell();
    expect(await stateOf(webhookId)).toMatchObject({
      disabledAt: expect.any(Date),
      disabledReason: expect.stringMatching(/5 days.*status 500/),
    });
    await waitIsOver();
    await tell();
    expect(receiver.received).toHaveLength(2);
    await updateWebhook(platform, OWNER, webhookId, { isEnabled: true });
    await tell();
    expect(await deliveries(webhookId)).toMatchObject([{ status: 'delivered' }]);
    expect(await stateOf(webhookId)).toMatchObject({ failingSince: null, disabledAt: null, disabledReason: null });
  });

  test('when the receiver says that it is gone', async () => {
    const { id: webhookId } = await webhook();
    receiver.answers.push(410, 410);
    await createEndedRun(platform, catalogue);
    await tell();
    expect(await stateOf(webhookId)).toMatchObject({ disabledReason: expect.stringContaining('410') });
  });
});

test('what a killed worker was sending is sent by another, with the same id', async () => {
  const { id: webhookId } = await webhook({ eventTypes: ['run.succeeded'] });
  receiver.answers.push('nothing');
  const { settings } = platform;
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', main, '--capabilities', 'io'], {
    env: { ...process.env, DATABASE_URL: settings.databaseUrl, HARTOMAT_HOME: settings.home },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await createEndedRun(platform, catalogue);
  await expect.poll(() => receiver.received.length).toBe(1);
  child.kill('SIGKILL');
  await ended;
  await tell();
  expect(receiver.received).toHaveLength(1);
  await waitIsOver();
  await tell();
  expect(receiver.received).toHaveLength(2);
  expect(receiver.received[1]!.headers['webhook-id']).toBe(receiver.received[0]!.headers['webhook-id']);
  expect(await deliveries(webhookId)).toMatchObject([{ status: 'delivered', attemptCount: 2 }]);
});

test('what a worker that stops was sending goes to the next one at once', async () => {
  const { id: webhookId } = await webhook({ eventTypes: ['run.succeeded'] });
  receiver.answers.push('nothing');
  const loop = loopOn(platform);
  await createEndedRun(platform, catalogue);
  do await loop.round();
  while (await isBehind());
  await expect.poll(() => receiver.received.length).toBe(1);
  await loop.stop();
  await tell(loopOn(await studio.another()));
  expect(await deliveries(webhookId)).toMatchObject([{ status: 'delivered', attempts: [{ number: 2 }] }]);
});

test('old deliveries are cleared away', async () => {
  const { id: webhookId } = await webhook({ eventTypes: ['run.succeeded'] });
  await createEndedRun(platform, catalogue);
  await tell();
  await clearDeliveries(platform.pool);
  expect(await deliveries(webhookId)).toHaveLength(1);
  await platform.db.$executeRaw`UPDATE webhook_delivery SET created_at = now() - interval '15 days'`;
  await clearDeliveries(platform.pool);
  expect(await deliveries(webhookId)).toEqual([]);
});

test('nothing is sent unsigned, whatever became of the secrets', async () => {
  const { id: webhookId } = await webhook();
  await platform.db.webhookSecret.deleteMany();
  await pingWebhook(platform, OWNER, webhookId);
  await tell();
  expect(receiver.received).toEqual([]);
  const [{ status, attempts }] = (await deliveries(webhookId)) as [Awaited<ReturnType<typeof deliveries>>[number]];
  expect([status, attempts[0]!.errorCode]).toEqual(['pending', 'WEBHOOK_WITHOUT_SECRET']);
  await rotateSecret(platform, OWNER, webhookId, 0);
  await waitIsOver();
  await tell();
  expect(types()).toEqual(['webhook.ping']);
});
