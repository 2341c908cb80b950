import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createApiToken } from '../runtime/access/accounts.js';
import { encodeGlobalId as id, localId } from '../schema/globalId.js';
import { createMember } from '../tests/support/members.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { isSignedBy, type Receiver, startReceiver } from '../tests/support/webhookReceiver.js';
import { WebhookLoop } from '../worker/webhookLoop.js';

const CREATE = `mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) {
  ... on WebhookSecret { secret webhook { id name url eventTypes ownOnly isEnabled } }
  ... on Error { __typename code message } ... on ValidationError { issues { path message } } } }`;
const UPDATE = `mutation ($input: UpdateWebhookInput!) { updateWebhook(input: $input) {
  ... on Webhook { name isEnabled ownOnly disabledReason } ... on Error { code } } }`;
const DELETE = 'mutation ($id: ID!) { deleteWebhook(id: $id) { ... on DeletedWebhook { id } ... on Error { code } } }';
const ROTATE = `mutation ($id: ID!, $overlapHours: Int! = 24) { rotateWebhookSecret(id: $id, overlapHours: $overlapHours) {
  ... on WebhookSecret { secret webhook { oldSecretsUntil } } ... on Error { code } } }`;
const PING = `mutation ($id: ID!) { pingWebhook(id: $id) {
  ... on WebhookDelivery { id eventType eventId status body } ... on Error { code } } }`;
const AGAIN = `mutation ($id: ID!) { redeliverWebhookEvent(deliveryId: $id) {
  ... on WebhookDelivery { id status nextAttemptAt } ... on Error { code } } }`;
const FAILED = `mutation ($input: RedeliverFailedWebhookEventsInput!) { redeliverFailedWebhookEvents(input: $input) {
  ... on WebhookRedelivery { count webhook { name } } ... on Error { code } ... on ValidationError { issues { path } } } }`;
const LIST = '{ webhooks(first: 10) { totalCount edges { node { id name } } } }';
const LOG = `query ($filter: WebhookDeliveryFilter) { webhookDeliveries(first: 10, filter: $filter) { totalCount edges { node {
  id eventType status attemptCount nextAttemptAt finishedAt webhook { name } attempts { number responseCode errorCode tookMs } } } } }`;

let app: TestApp;
let receiver: Receiver;
let loop: WebhookLoop;
beforeAll(async () => {
  vi.stubEnv('HARTOMAT_WEBHOOK_ALLOW_HOSTS', '127.0.0.1');
  receiver = await startReceiver();
  app = await startTestApp();
  loop = new WebhookLoop(app.platform, { allowedHosts: ['127.0.0.1'] }, app.platform.log);
});
beforeEach(() => app.platform.db.webhook.deleteMany());
afterAll(async () => {
  vi.unstubAllEnvs();
  await loop?.stop();
  await app?.close();
  await receiver?.close();
});

type Headers = Record<string, string>;
const ask = async (query: string, variables: object = {}, headers?: Headers) => {
  const { data, errors } = await app.gql(query, variables, headers);
  if (errors) throw Object.assign(new Error(errors[0]!.message), { code: errors[0]!.extensions.code });
  return Object.values(data)[0] as any;
};
const input = (more: object = {}) => ({
  input: { name: 'Shop', url: receiver.url, eventTypes: ['run_failed', 'asset_published'], ...more },
});
async function member(role: 'partner' | 'operator', name: string) {
  const { account, headers } = await createMember(app.platform, role, { name });
  return { accountId: id('Account', account.id), headers };
}
const send = async () => {
  await loop.round();
  await loop.sent();
};

test('a webhook is made, changed, tried out and removed', async () => {
  const { secret, webhook } = await ask(CREATE, input());
  expect(webhook).toMatchObject({ name: 'Shop', eventTypes: ['run_failed', 'asset_published'], isEnabled: true });
  const ping = await ask(PING, { id: webhook.id });
  expect(ping).toMatchObject({ eventType: null, status: 'pending' });
  await send();
  const received = receiver.received.at(-1)!;
  expect(received.event).toMatchObject({
    id: ping.eventId,
    type: 'webhook.ping',
    data: { webhook: { id: webhook.id } },
  });
  expect(isSignedBy(secret, received)).toBe(true);
  expect(await ask(LOG)).toMatchObject({
    totalCount: 1,
    edges: [
      {
        node: {
          id: ping.id,
          status: 'delivered',
          attemptCount: 1,
          nextAttemptAt: null,
          finishedAt: expect.any(String),
          webhook: { name: 'Shop' },
          attempts: [{ number: 1, responseCode: 204, errorCode: null }],
        },
      },
    ],
  });
  const off = { webhookId: webhook.id, isEnabled: false, name: 'Old shop' };
  expect(await ask(UPDATE, { input: off })).toMatchObject({ name: 'Old shop', isEnabled: false, disabledReason: null });
  expect(await ask(PING, { id: webhook.id })).toEqual({ code: 'WEBHOOK_DISABLED' });
  expect(await ask(AGAIN, { id: ping.id })).toEqual({ code: 'WEBHOOK_DISABLED' });
  await ask(UPDATE, { input: { webhookId: webhook.id, isEnabled: true } });
  expect(await ask(AGAIN, { id: ping.id })).toMatchObject({ status: 'pending', nextAttemptAt: expect.any(String) });
  expect(await ask(DELETE, { id: webhook.id })).toEqual({ id: webhook.id });
  expect(await ask(DELETE, { id: webhook.id })).toEqual({ code: 'NOT_FOUND' });
  expect(await ask(LOG)).toMatchObject({ totalCount: 0 });
});

test('the log is filtered by webhook, state and event', async () => {
  const [one, two] = [await ask(CREATE, input()), await ask(CREATE, input({ name: 'PIM' }))];
  receiver.answers.push(503);
  await ask(PING, { id: one.webhook.id });
  await send();
  await ask(PING, { id: two.webhook.id });
  await send();
  const names = async (filter: object) =>
    (await ask(LOG, { filter })).edges.map(({ node }: any) => node.webhook.name).sort();
  expect(await names({})).toEqual(['PIM', 'Shop']);
  expect(await names({ webhookId: one.webhook.id })).toEqual(['Shop']);
  expect(await names({ status: ['delivered'] })).toEqual(['PIM']);
  expect(await names({ status: ['pending', 'delivered'] })).toEqual(['PIM', 'Shop']);
  expect(await names({ eventType: ['run_failed'] })).toEqual([]);
  expect(await names({ to: '2020-01-01T00:00:00Z' })).toEqual([]);
});

test('what failed since then is sent again in one go, in order, and what arrived is not', async () => {
  const [one, two] = [await ask(CREATE, input()), await ask(CREATE, input({ name: 'PIM' }))];
  const { db } = app.platform;
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  const write = async (webhookId: string, hours: number, status: 'failed' | 'delivered' | 'pending') => {
    const { id: deliveryId } = await ask(PING, { id: webhookId });
    const next = status === 'pending' ? { nextAttemptAt: hoursAgo(-1) } : {};
    const { eventId } = await db.webhookDelivery.update({
      where: { id: localId('WebhookDelivery', deliveryId) },
      data: { status, createdAt: hoursAgo(hours), ...next },
    });
    return eventId;
  };
  await write(one.webhook.id, 9, 'failed');
  const failed = [await write(one.webhook.id, 4, 'failed'), await write(one.webhook.id, 3, 'failed')];
  for (const status of ['delivered', 'pending'] as const) await write(one.webhook.id, 3, status);
  await write(one.webhook.id, 1, 'failed');
  await write(two.webhook.id, 3, 'failed');
  const span = { webhookId: one.webhook.id, since: hoursAgo(5), until: hoursAgo(2) };
  receiver.received.length = 0;
  expect(await ask(FAILED, { input: span })).toEqual({ count: 2, webhook: { name: 'Shop' } });
  expect(await ask(FAILED, { input: span })).toMatchObject({ count: 0 });
  await send();
  expect(receiver.received.map(({ event }) => event.id).sort()).toEqual(failed.sort());
  expect(await ask(FAILED, { input: { ...span, until: null } })).toMatchObject({ count: 1 });

  const paths = async (more: object) =>
    (await ask(FAILED, { input: { ...span, ...more } })).issues.map(({ path }: any) => path);
  expect(await paths({ since: hoursAgo(-1) })).toEqual(['/since']);
  expect(await paths({ until: hoursAgo(6) })).toEqual(['/until']);
  await ask(UPDATE, { input: { webhookId: one.webhook.id, isEnabled: false } });
  expect(await ask(FAILED, { input: span })).toEqual({ code: 'WEBHOOK_DISABLED' });
});

test('the secret is told once, also to those who send the same request again, and is in no trail', async () => {
  const request = input({ idempotencyKey: 'shop-1' });
  const first = await ask(CREATE, request);
  const again = await ask(CREATE, request);
  expect(again).toEqual({ secret: null, webhook: first.webhook });
  expect(await ask(CREATE, input({ idempotencyKey: 'shop-1', name: 'Other' }))).toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
  });
  const rotated = await ask(ROTATE, { id: first.webhook.id });
  expect(rotated.secret).toMatch(/^whsec_.{44}$/);
  expect(rotated.webhook.oldSecretsUntil).not.toBeNull();
  expect((await ask(ROTATE, { id: first.webhook.id, overlapHours: 0 })).webhook.oldSecretsUntil).toBeNull();
  for (let n = 0; n < 4; n++) await ask(ROTATE, { id: first.webhook.id });
  expect(await ask(ROTATE, { id: first.webhook.id })).toEqual({ code: 'TOO_MANY_SECRETS' });
  expect(await ask(ROTATE, { id: first.webhook.id, overlapHours: 1000 })).toEqual({ code: 'VALIDATION_FAILED' });
  const trail = JSON.stringify(await app.platform.db.auditEntry.findMany()) + app.logged.join('');
  const { rows } = await app.platform.pool.query('SELECT secret FROM webhook_secret');
  for (const secret of [first.secret, rotated.secret]) expect(trail + JSON.stringify(rows)).not.toContain(secret);
});

test('what does not fit is refused with its place', async () => {
  const paths = async (more: object) => (await ask(CREATE, input(more))).issues?.map(({ path }: any) => path);
  expect(await paths({ url: 'ftp://shop.example', name: ' ', eventTypes: [] })).toEqual([
    '/name',
    '/eventTypes',
    '/url',
  ]);
  expect(await paths({ url: 'http://shop.example/hook' })).toEqual(['/url']);
  expect(await paths({ url: 'https://user:pass@shop.example/hook' })).toEqual(['/url']);
  expect(await paths({ url: `https://shop.example/${'x'.repeat(2000)}` })).toEqual(['/url']);
  for (let n = 0; n < 20; n++) await ask(CREATE, input());
  expect(await ask(CREATE, input())).toMatchObject({ code: 'TOO_MANY_WEBHOOKS' });
});

test('an address on a private network is refused at once, unless its host is allowed', async () => {
  const { webhook } = await ask(CREATE, input({ url: 'https://127.0.0.1/hook' }));
  expect(webhook.url).toBe('https://127.0.0.1/hook');
  for (const host of [
    '10.0.0.7',
    '2130706434',
    '[::1]',
    '[::ffff:a00:1]',
    '169.254.169.254',
    'localhost',
    'A.LocalHost.',
  ]) {
    const url = `https://${host}/hook`;
    const refused = {
      __typename: 'ValidationError',
      issues: [{ path: '/url', message: expect.stringContaining('private') }],
    };
    expect(await ask(CREATE, input({ url })), url).toMatchObject(refused);
    expect(await ask(UPDATE, { input: { webhookId: webhook.id, url } }), url).toEqual({ code: 'VALIDATION_FAILED' });
  }
  // A public address, and a name that may lead anywhere.
  for (const host of ['8.8.8.8', '[2001:4860:4860::8888]', 'shop.internal', 'localhost.example'])
    expect((await ask(CREATE, input({ url: `https://${host}/hook` }))).webhook, host).toBeDefined();
  // What was allowed once can be put out of use.
  vi.stubEnv('HARTOMAT_WEBHOOK_ALLOW_HOSTS', '');
  try {
    const off = { webhookId: webhook.id, isEnabled: false };
    expect(await ask(UPDATE, { input: off })).toMatchObject({ isEnabled: false });
    expect(await ask(UPDATE, { input: { ...off, url: webhook.url } })).toEqual({ code: 'VALIDATION_FAILED' });
  } finally {
    vi.stubEnv('HARTOMAT_WEBHOOK_ALLOW_HOSTS', '127.0.0.1');
  }
});

test('everybody has their own; administrators see all and make some for others', async () => {
  const [shop, other] = [await member('partner', 'A shop'), await member('partner', 'Another shop')];
  const desk = await member('operator', 'Desk');
  const own = await ask(CREATE, input({ name: 'Own' }), shop.headers);
  expect(own.webhook.ownOnly).toBe(true);
  const given = await ask(CREATE, input({ name: 'Given', accountId: shop.accountId }));
  const log = async (headers: Headers) => (await ask(LOG, {}, headers)).totalCount;
  const list = async (headers?: Headers) =>
    (await ask(LIST, {}, headers)).edges.map(({ node }: any) => node.name).sort();
  await ask(PING, { id: own.webhook.id }, shop.headers);
  expect(await list(shop.headers)).toEqual(['Given', 'Own']);
  expect(await list()).toEqual(['Given', 'Own']);
  expect(await log(shop.headers)).toBe(1);
  const delivery = await app.platform.db.webhookDelivery.findFirstOrThrow();
  for (const { headers } of [other, desk]) {
    expect(await list(headers)).toEqual([]);
    expect(await log(headers)).toBe(0);
    for (const global of [own.webhook.id, id('WebhookDelivery', delivery.id)])
      expect(await ask('query ($id: ID!) { node(id: $id) { id } }', { id: global }, headers)).toBeNull();
    expect(await ask('query ($id: ID!) { webhook(id: $id) { url } }', { id: own.webhook.id }, headers)).toBeNull();
    for (const mutation of [DELETE, ROTATE, PING])
      expect(await ask(mutation, { id: own.webhook.id }, headers)).toEqual({ code: 'NOT_FOUND' });
    const change = { input: { webhookId: own.webhook.id, url: 'https://elsewhere.example' } };
    expect(await ask(UPDATE, change, headers)).toEqual({ code: 'NOT_FOUND' });
    expect(await ask(AGAIN, { id: id('WebhookDelivery', delivery.id) }, headers)).toEqual({ code: 'NOT_FOUND' });
    const since = { input: { webhookId: own.webhook.id, since: '2026-01-01T00:00:00Z' } };
    expect(await ask(FAILED, since, headers)).toEqual({ code: 'NOT_FOUND' });
    const forShop = input({ accountId: shop.accountId });
    expect(await ask(CREATE, forShop, headers)).toMatchObject({ code: 'FORBIDDEN' });
  }
  expect(await ask('query ($id: ID!) { webhook(id: $id) { url } }', { id: given.webhook.id }, shop.headers)).toEqual({
    url: receiver.url,
  });
});

test('a token that may not read the studio has nothing to do with webhooks that are told of it', async () => {
  const { account, headers } = await createMember(app.platform, 'operator');
  const { secret } = await createApiToken(app.platform, { accountId: account.id, name: 'Orders', scopes: ['order'] });
  const narrow = { authorization: `Bearer ${secret}` };
  const { webhook } = await ask(CREATE, input(), headers);
  const ping = await ask(PING, { id: webhook.id }, headers);
  expect(await ask(LIST, {}, narrow)).toMatchObject({ totalCount: 0 });
  expect(await ask(LOG, {}, narrow)).toMatchObject({ totalCount: 0 });
  expect(await ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: [webhook.id, ping.id] }, narrow)).toEqual(
    [null, null],
  );
  const elsewhere = { input: { webhookId: webhook.id, url: 'https://elsewhere.example' } };
  expect(await ask(UPDATE, elsewhere, narrow)).toMatchObject({ code: 'NOT_FOUND' });
  expect(await ask(AGAIN, { id: ping.id }, narrow)).toMatchObject({ code: 'NOT_FOUND' });
  expect(await ask(ROTATE, { id: webhook.id }, narrow)).toMatchObject({ code: 'NOT_FOUND' });
  // Of its own making it has all.
  const { webhook: own } = await ask(CREATE, input({ name: 'Own' }), narrow);
  expect(own.ownOnly).toBe(true);
  expect(await ask(LIST, {}, narrow)).toMatchObject({ totalCount: 1, edges: [{ node: { id: own.id } }] });
  expect(await ask(LIST, {}, headers)).toMatchObject({ totalCount: 2 });
});

test('a partner sees what an administrator set up for it', async () => {
  const { accountId, headers } = await member('partner', 'Told by an administrator');
  const { webhook } = await ask(CREATE, input({ accountId }));
  expect(await ask(LIST, {}, headers)).toMatchObject({ totalCount: 1, edges: [{ node: { id: webhook.id } }] });
});
