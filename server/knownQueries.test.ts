import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({
    doors: {
      corsOrigins: [],
      graphiql: 'off',
      introspection: 'off',
      documents: 'all',
      persistedDocuments: [],
    },
  });
});
afterAll(() => app.close());

/** Status, headers and body of the same request sent twice: the second time its document is known. */
async function twice(body: object, headers: Record<string, string> = {}) {
  const send = async () => {
    const response = await app.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_TOKEN}`, ...headers },
      body: JSON.stringify(body),
    });
    const { date: _, ...rest } = Object.fromEntries(response.headers);
    return { status: response.status, headers: rest, body: await response.json() };
  };
  return [await send(), await send()] as const;
}

const RUN = 'query Run($id: ID!) { run(id: $id) { id status } } query Other { viewer { name } }';
const DEAR =
  '{ orders(first: 100) { edges { node { lines { runs { nodeRuns { id step status } } assets { id name } } } } } }';

describe('a query whose document is known is answered as the first time', () => {
  test.each<[string, object, number, string?]>([
    ['with data', { query: '{ viewer { name role scopes } orders(first: 2) { totalCount } }' }, 200],
    ['with one of several operations', { query: RUN, operationName: 'Other' }, 200],
    ['with an operation that is not there', { query: RUN, operationName: 'Third' }, 400],
    ['without saying which operation', { query: RUN }, 400],
    ['with a wrong id', { query: RUN, operationName: 'Run', variables: { id: 'x' } }, 200],
    ['with a variable that is missing', { query: RUN, operationName: 'Run' }, 200, 'BAD_USER_INPUT'],
    ['with too dear an operation', { query: DEAR }, 400, 'TOO_EXPENSIVE'],
    ['with introspection that is off', { query: '{ __schema { queryType { name } } }' }, 403, 'INTROSPECTION_OFF'],
    ['with a member that there is not', { query: '{ viewer { name } }', more: 1 }, 400],
    ['with variables that are none', { query: '{ viewer { name } }', variables: [1] }, 400],
    ['with NUL in a variable', { query: RUN, operationName: 'Run', variables: { id: '\0' } }, 400],
  ])('%s', async (_, body, status, code) => {
    const [first, second] = await twice(body);
    expect(second).toEqual(first);
    expect(second.status).toBe(status);
    if (code) expect(second.body.errors[0].extensions.code).toBe(code);
  });

  test('in the type it is asked for in', async () => {
    const accept = 'application/graphql-response+json';
    const [first, second] = await twice({ query: '{ viewer { name } }' }, { accept });
    expect(second).toEqual(first);
    expect(second.headers['content-type']).toBe(`${accept}; charset=utf-8`);
  });

  test('a wrong variable does not hide what the next one costs', async () => {
    const query = 'query Events($id: ID!, $first: Int!) { run(id: $id) { events(first: $first) { seq } } }';
    const id = Buffer.from('Run:00000008-0000-7000-8000-000000000777').toString('base64url');
    await app.gql(query, { id, first: 'many' });
    const cost = async (first: number) => (await app.gql(query, { id, first })).extensions!.cost.requested;
    expect(await cost(40)).toBeGreaterThan(await cost(4));
    expect(await cost(4)).toBeGreaterThan(1);
  });

  test('a variable that is null does not hide what its default costs', async () => {
    const query = 'query ($first: Int = 100) { orders(first: $first) { edges { node { lines { id } } } } }';
    const cost = async (variables: object) => (await app.gql(query, variables)).extensions!.cost.requested;
    const ofNull = await cost({ first: null });
    expect(await cost({})).toBe(await cost({ first: 100 }));
    expect(await cost({})).toBeGreaterThan(ofNull);
  });
});
