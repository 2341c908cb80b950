import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { OWNER } from '../runtime/access/ownership.js';
import { redeliver, updateWebhook } from '../runtime/webhooks/webhooks.js';
import { createEndedRun } from '../tests/support/testData.js';
import { isSignedBy, startReceiver } from '../tests/support/webhookReceiver.js';
import { webhookStudio } from '../tests/support/webhookStudio.js';

const studio = webhookStudio();
const { deliveries, isBehind, loopOn, tell, waitIsOver, webhook } = studio;

test('what a receiver does not take is sent again, with the same id, until it does', async () => {
  const { id: webhookId, secret } = await webhook({ eventTypes: ['run.succeeded'] });
  studio.receiver.answers.push(500, 404);
  await createEndedRun(studio.platform, studio.catalogue);
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
  expect(new Set(studio.receiver.received.map(({ body }) => body)).size).toBe(1);
  expect(studio.receiver.received.every((each) => each.headers['webhook-id'] === delivery!.eventId)).toBe(true);
  expect(studio.receiver.received.every((each) => isSignedBy(secret, each))).toBe(true);
  expect(await studio.platform.db.webhook.findUnique({ where: { id: webhookId } })).toMatchObject({
    failingSince: null,
  });
  await redeliver(studio.platform, OWNER, delivery!.id);
  await tell();
  expect(studio.receiver.received).toHaveLength(4);
  expect(studio.receiver.received[3]!.headers['webhook-id']).toBe(delivery!.eventId);
});

test('a failed attempt waits, and after ten the delivery is given up', async () => {
  const { id: webhookId } = await webhook({ eventTypes: ['run.succeeded'] });
  studio.receiver.answers.push(...Array<number>(10).fill(503));
  await createEndedRun(studio.platform, studio.catalogue);
  await tell();
  const [waiting] = await deliveries(webhookId);
  expect(waiting!.nextAttemptAt.getTime()).toBeGreaterThan(waiting!.attempts[0]!.at.getTime() + 3_900);
  await studio.platform.db.$executeRaw`UPDATE webhook_delivery SET next_attempt_at = now() + interval '1 hour'`;
  await tell();
  expect(studio.receiver.received).toHaveLength(1);
  for (let attempt = 2; attempt <= 10; attempt++) {
    await waitIsOver();
    await tell();
  }
  await waitIsOver();
  await tell();
  expect(studio.receiver.received).toHaveLength(10);
  expect(await deliveries(webhookId)).toMatchObject([{ status: 'failed', attemptCount: 10 }]);
});

test('a private address is never called, even if it was allowed when the webhook was made', async () => {
  vi.stubEnv('HARTOMAT_WEBHOOK_ALLOW_HOSTS', '127.0.0.1,localhost');
  const { id: webhookId } = await webhook({ url: 'https://localhost:1/hook', eventTypes: ['run.succeeded'] });
  vi.stubEnv('HARTOMAT_WEBHOOK_ALLOW_HOSTS', '127.0.0.1');
  await createEndedRun(studio.platform, studio.catalogue);
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
  const loop = loopOn(studio.platform);
  for (let n = 0; n < 6; n++) await createEndedRun(studio.platform, studio.catalogue);
  do await loop.round();
  while (await isBehind());
  await expect.poll(() => studio.receiver.received.length).toBe(12);
  expect(hanging.received.length).toBeLessThanOrEqual(8);
  await loop.stop();
  await hanging.close();
});

describe('a webhook is disabled, with the reason,', () => {
  const stateOf = (webhookId: string) => studio.platform.db.webhook.findUniqueOrThrow({ where: { id: webhookId } });

  test('when nothing got through for days', async () => {
    const { id: webhookId } = await webhook({ eventTypes: ['run.succeeded'] });
    studio.receiver.answers.push(500, 500);
    await createEndedRun(studio.platform, studio.catalogue);
    await tell();
    expect(await stateOf(webhookId)).toMatchObject({ failingSince: expect.any(Date), disabledAt: null });
    await studio.platform.db.$executeRaw`UPDATE webhook SET failing_since = now() - interval '6 days'`;
    await waitIsOver();
    await tell();
    expect(await stateOf(webhookId)).toMatchObject({
      disabledAt: expect.any(Date),
      disabledReason: expect.stringMatching(/5 days.*status 500/),
    });
    await waitIsOver();
    await tell();
    expect(studio.receiver.received).toHaveLength(2);
    await updateWebhook(studio.platform, OWNER, webhookId, { isEnabled: true });
    await tell();
    expect(await deliveries(webhookId)).toMatchObject([{ status: 'delivered' }]);
    expect(await stateOf(webhookId)).toMatchObject({ failingSince: null, disabledAt: null, disabledReason: null });
  });

  test('when the receiver says that it is gone', async () => {
    const { id: webhookId } = await webhook();
    studio.receiver.answers.push(410, 410);
    await createEndedRun(studio.platform, studio.catalogue);
    await tell();
    expect(await stateOf(webhookId)).toMatchObject({ disabledReason: expect.stringContaining('410') });
  });
});

test('what a killed worker was sending is sent by another, with the same id', async () => {
  const { id: webhookId } = await webhook({ eventTypes: ['run.succeeded'] });
  studio.receiver.answers.push('nothing');
  const { settings } = studio.platform;
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', main, '--capabilities', 'io'], {
    env: { ...process.env, DATABASE_URL: settings.databaseUrl, HARTOMAT_HOME: settings.home },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await createEndedRun(studio.platform, studio.catalogue);
  await expect.poll(() => studio.receiver.received.length).toBe(1);
  child.kill('SIGKILL');
  await ended;
  await tell();
  expect(studio.receiver.received).toHaveLength(1);
  await waitIsOver();
  await tell();
  expect(studio.receiver.received).toHaveLength(2);
  expect(studio.receiver.received[1]!.headers['webhook-id']).toBe(studio.receiver.received[0]!.headers['webhook-id']);
  expect(await deliveries(webhookId)).toMatchObject([{ status: 'delivered', attemptCount: 2 }]);
});

test('what a worker that stops was sending goes to the next one at once', async () => {
  const { id: webhookId } = await webhook({ eventTypes: ['run.succeeded'] });
  studio.receiver.answers.push('nothing');
  const loop = loopOn(studio.platform);
  await createEndedRun(studio.platform, studio.catalogue);
  do await loop.round();
  while (await isBehind());
  await expect.poll(() => studio.receiver.received.length).toBe(1);
  await loop.stop();
  await tell(loopOn(await studio.test.another()));
  expect(await deliveries(webhookId)).toMatchObject([{ status: 'delivered', attempts: [{ number: 2 }] }]);
});
