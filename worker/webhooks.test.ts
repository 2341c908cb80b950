import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createAccount, createApiToken, revokeApiToken, updateAccount } from '../runtime/access/accounts.js';
import { OWNER } from '../runtime/access/ownership.js';
import { encodeGlobalId as id } from '../runtime/globalId.js';
import { clearDeliveries } from '../runtime/webhooks/deliveryStates.js';
import { pingWebhook, rotateSecret, updateWebhook } from '../runtime/webhooks/webhooks.js';
import { writeDeliveries } from '../runtime/webhooks/writeDeliveries.js';
import { createEndedRun } from '../tests/support/testData.js';
import { testGraph } from '../tests/support/testModules.js';
import { outcomeOf, startTestRun } from '../tests/support/testRuns.js';
import { isSignedBy } from '../tests/support/webhookReceiver.js';
import { webhookStudio } from '../tests/support/webhookStudio.js';
import { startWorker } from './worker.js';

const studio = webhookStudio();
const { deliveries, isBehind, partner, runFor, tell, types, waitIsOver, webhook } = studio;

test('a run and its asset are told as they happen: signed, each once, whoever of two workers does it', async () => {
  const { id: webhookId, secret } = await webhook();
  const workers = await Promise.all(
    [1, 2].map(async () =>
      startWorker(await studio.test.another({ maxConnections: 4 }), { concurrency: { cpu: 1, io: 1 } }),
    ),
  );
  const runId = await startTestRun(studio.platform, testGraph({ a: 'join', b: 'publish' }, ['a>b']));
  await outcomeOf(studio.platform, runId);
  const expected = ['asset.published', 'run.queued', 'run.started', 'run.succeeded'];
  const outcomes = async () => (await deliveries(webhookId)).map(({ status, attemptCount }) => [status, attemptCount]);
  const allDelivered = expected.map(() => ['delivered', 1]);
  await expect.poll(outcomes).toEqual(allDelivered);
  await Promise.all(workers.map((worker) => worker.stop(0)));
  expect(types().sort()).toEqual(expected);
  const run = await studio.platform.db.run.findUniqueOrThrow({ where: { id: runId }, include: { assets: true } });
  for (const each of studio.receiver.received) {
    const { headers, event } = each;
    expect(isSignedBy(secret, each)).toBe(true);
    expect(Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp']))).toBeLessThan(60);
    expect(headers['webhook-id']).toBe(event.id);
    expect(event.data.run.id).toBe(id('Run', runId));
  }
  expect(new Set(studio.receiver.received.map(({ event }) => event.id)).size).toBe(expected.length);
  const { event } = studio.receiver.received.find((each) => each.event.type === 'asset.published')!;
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
  const { runId } = await createEndedRun(studio.platform, studio.catalogue);
  const others = await Promise.all([1, 2, 3].map(() => studio.test.another()));
  await Promise.all([studio.platform, ...others, studio.platform, ...others].map(({ pool }) => writeDeliveries(pool)));
  while (await isBehind()) await writeDeliveries(studio.platform.pool);
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
  await createEndedRun(studio.platform, studio.catalogue);
  await sleep(5);
  const { id: webhookId } = await webhook();
  await tell();
  expect(await deliveries(webhookId)).toEqual([]);
});

test('a new secret signs at once, and the old one as well until it ends', async () => {
  const { id: webhookId, secret: old } = await webhook({ eventTypes: ['run.succeeded'] });
  const current = await rotateSecret(studio.platform, OWNER, webhookId, 24);
  await createEndedRun(studio.platform, studio.catalogue);
  await tell();
  expect([old, current].map((secret) => isSignedBy(secret, studio.receiver.received[0]!))).toEqual([true, true]);
  const newest = await rotateSecret(studio.platform, OWNER, webhookId, 0);
  await createEndedRun(studio.platform, studio.catalogue);
  await tell();
  expect([old, current, newest].map((secret) => isSignedBy(secret, studio.receiver.received[1]!))).toEqual([
    false,
    false,
    true,
  ]);
  const last = await rotateSecret(studio.platform, OWNER, webhookId, 1);
  const anHour = { webhookId, endsAt: { not: null } };
  await studio.platform.db.webhookSecret.updateMany({ where: anHour, data: { endsAt: new Date() } });
  await createEndedRun(studio.platform, studio.catalogue);
  await tell();
  expect([newest, last].map((secret) => isSignedBy(secret, studio.receiver.received[2]!))).toEqual([false, true]);
});

test('partners are told of their own orders only, and nobody of shadow runs', async () => {
  const [shop, other] = [await partner('A shop'), await partner('Another shop')];
  const { id: webhookId } = await webhook({}, shop);
  const own = await runFor(shop.accountId);
  await runFor(other.accountId);
  await runFor(shop.accountId, 'shadow');
  await createEndedRun(studio.platform, studio.catalogue);
  await tell();
  expect(types().sort()).toEqual(['asset.published', 'run.succeeded']);
  for (const { event, body } of studio.receiver.received) {
    expect(event.data.run.id).toBe(id('Run', own.runId));
    expect(event.data.order).toEqual({ id: id('Order', own.order.id), number: own.order.number, reference: 'PO-1' });
    expect(event.data.product).toMatchObject({ sku: '6205' });
    expect(body).not.toContain('workflow');
  }
  await updateAccount(studio.platform, { accountId: shop.accountId, isDisabled: true });
  await runFor(shop.accountId);
  await tell();
  expect(await deliveries(webhookId)).toHaveLength(2);
});

test('a studio token that may not look around makes a webhook that does not either', async () => {
  const account = await createAccount(studio.platform, { name: 'Ordering desk', role: 'operator' });
  await webhook({}, { accountId: account.id, scopes: new Set(['order'] as const) });
  await createEndedRun(studio.platform, studio.catalogue);
  const own = await runFor(account.id);
  await tell();
  expect(new Set(studio.receiver.received.map(({ event }) => event.data.run.id))).toEqual(
    new Set([id('Run', own.runId)]),
  );
});

test('a webhook ends with the token that made it, until another one takes it over', async () => {
  const shop = await partner('A shop with two tokens');
  const [first, second] = await Promise.all(
    ['first', 'second'].map((name) => createApiToken(studio.platform, { accountId: shop.accountId, name })),
  );
  const { id: webhookId } = await webhook({}, { ...shop, tokenId: first!.token.id });
  await revokeApiToken(studio.platform, first!.token.id);
  await runFor(shop.accountId);
  await tell();
  expect(studio.receiver.received).toEqual([]);
  expect(await studio.platform.db.webhook.findUniqueOrThrow({ where: { id: webhookId } })).toMatchObject({
    disabledReason: 'Its token "first" was revoked.',
  });
  await updateWebhook(studio.platform, { ...shop, tokenId: second!.token.id }, webhookId, { isEnabled: true });
  await runFor(shop.accountId);
  await tell();
  expect(studio.receiver.received.length).toBeGreaterThan(0);
});

test('old deliveries are cleared away', async () => {
  const { id: webhookId } = await webhook({ eventTypes: ['run.succeeded'] });
  await createEndedRun(studio.platform, studio.catalogue);
  await tell();
  await clearDeliveries(studio.platform.pool);
  expect(await deliveries(webhookId)).toHaveLength(1);
  await studio.platform.db.$executeRaw`UPDATE webhook_delivery SET created_at = now() - interval '15 days'`;
  await clearDeliveries(studio.platform.pool);
  expect(await deliveries(webhookId)).toEqual([]);
});

test('nothing is sent unsigned, whatever became of the secrets', async () => {
  const { id: webhookId } = await webhook();
  await studio.platform.db.webhookSecret.deleteMany();
  await pingWebhook(studio.platform, OWNER, webhookId);
  await tell();
  expect(studio.receiver.received).toEqual([]);
  const [{ status, attempts }] = (await deliveries(webhookId)) as [Awaited<ReturnType<typeof deliveries>>[number]];
  expect([status, attempts[0]!.errorCode]).toEqual(['pending', 'WEBHOOK_WITHOUT_SECRET']);
  await rotateSecret(studio.platform, OWNER, webhookId, 0);
  await waitIsOver();
  await tell();
  expect(types()).toEqual(['webhook.ping']);
});
