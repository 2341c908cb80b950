import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConflictError } from '../runtime/errors.js';
import { once } from '../runtime/once.js';
import { encodeGlobalId } from '../schema/globalId.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { createCatalogue } from '../tests/support/testData.js';

const ID = '00000000-0000-7000-8000-000000000001';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  await createCatalogue(app.platform);
});
afterAll(() => app.close());

const request = (key: string | null, more: object = {}) => ({
  accountId: null,
  operation: 'make',
  key,
  content: { name: 'Ring', sizes: [5] },
  ...more,
});
const maker = () => {
  let count = 0;
  return { count: () => count, make: async () => ({ id: ID, number: ++count }) };
};

test('what was made for a key is given again, whatever the order of what the request says', async () => {
  const { make, count } = maker();
  expect(await once(app.platform, request('a'), make)).toEqual({ id: ID });
  expect(await once(app.platform, request('a', { content: { sizes: [5], name: 'Ring' } }), make)).toEqual({ id: ID });
  expect(count()).toBe(1);
  await expect(once(app.platform, request('a', { content: { name: 'Rod' } }), make)).rejects.toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
  });
  expect(count()).toBe(1);
});

test('keys are everybody’s own, of one operation, and need not be given', async () => {
  const { make, count } = maker();
  const others = [request('a', { accountId: ID }), request('a', { operation: 'other' }), request(null), request(null)];
  for (const other of others) await once(app.platform, other, make);
  expect(count()).toBe(4);
});

test('of many at once one makes it; the others have it or are told to ask again', async () => {
  const { make, count } = maker();
  const all = await Promise.allSettled(Array.from({ length: 8 }, () => once(app.platform, request('b'), make)));
  expect(count()).toBe(1);
  for (const one of all)
    expect(one.status === 'fulfilled' ? one.value.id : one.reason.code).toBeOneOf([ID, 'REQUEST_UNDER_WAY']);
  expect(await once(app.platform, request('b'), make)).toEqual({ id: ID });
});

test('a request that was refused may be sent again', async () => {
  const { make, count } = maker();
  const refused = () => Promise.reject(new ConflictError('Not now.'));
  await expect(once(app.platform, request('c'), refused)).rejects.toThrow('Not now.');
  expect(await once(app.platform, request('c'), make)).toEqual({ id: ID });
  expect(count()).toBe(1);
});

test('what failed after it was done is not done twice', async () => {
  const { db } = app.platform;
  const make = async () => {
    await db.category.create({ data: { key: `twice-${await db.category.count()}`, label: 'Twice' } });
    throw new Error('The connection was lost.');
  };
  await expect(once(app.platform, request('d'), make)).rejects.toThrow('The connection was lost.');
  await expect(once(app.platform, request('d'), make)).rejects.toMatchObject({ code: 'REQUEST_BROKE_OFF' });
  expect(await db.category.count({ where: { label: 'Twice' } })).toBe(1);
});

test('a request whose process went away is not made twice', async () => {
  const { make, count } = maker();
  expect(await once(app.platform, request('e'), make)).toEqual({ id: ID });
  const { db } = app.platform;
  const where = { account_operation_key: { account: 'owner', operation: 'make', key: 'e' } };
  await db.request.update({ where, data: { resultId: null } });
  await expect(once(app.platform, request('e'), make)).rejects.toMatchObject({ code: 'REQUEST_UNDER_WAY' });
  await db.request.update({ where, data: { begunAt: new Date(Date.now() - 601_000) } });
  await expect(once(app.platform, request('e'), make)).rejects.toMatchObject({ code: 'REQUEST_BROKE_OFF' });
  expect(count()).toBe(1);
});

test('the API gives one workflow for one key, and says so when the key means something else', async () => {
  const create = async (name: string) =>
    (
      await app.gql(
        `mutation ($input: CreateWorkflowInput!) { createWorkflow(input: $input) {
          ... on Workflow { id name } ... on Error { __typename code } } }`,
        { input: { name, family: 'cad_file', idempotencyKey: 'w-1' } },
      )
    ).data.createWorkflow;
  const first = await create('Intake');
  expect(first.id).toBeTruthy();
  expect(await create('Intake')).toEqual(first);
  expect(await create('Other')).toEqual({ __typename: 'ConflictError', code: 'IDEMPOTENCY_KEY_REUSED' });
  expect(await app.platform.db.workflow.count({ where: { name: { in: ['Intake', 'Other'] } } })).toBe(1);
});

test('a token is made once for a key, and its secret told once', async () => {
  const { id } = await app.platform.db.account.create({ data: { name: 'Somebody', role: 'viewer' } });
  const make = async (name: string) => {
    const { data } = await app.gql(
      `mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) {
        ... on CreatedApiToken { secret token { id } } ... on Error { code } } }`,
      { input: { accountId: encodeGlobalId('Account', id), name, idempotencyKey: 'my-token' } },
    );
    return data.createApiToken;
  };
  const first = await make('PIM');
  expect(first.secret).toMatch(/^hm_/);
  expect(await make('PIM')).toEqual({ secret: null, token: first.token });
  expect(await make('ERP')).toEqual({ code: 'IDEMPOTENCY_KEY_REUSED' });
  expect(await app.platform.db.apiToken.count()).toBe(1);
});
