import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { MAX_COST } from './operationCost.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

async function costOf(query: string, variables = {}): Promise<number> {
  const { data, extensions } = await app.gql(query, variables);
  expect(data, query).toBeTruthy();
  expect(extensions!.cost.limit).toBe(MAX_COST);
  return extensions!.cost.requested;
}

const log = (lines: number) => `log(first: ${lines}) { seq type }`;
const runs = (page: string, lines: number) => `runs(${page}) { edges { node { nodeRuns { ${log(lines)} } } } }`;

test('the rows of lists within lists are multiplied, whichever end of the list they are of', async () => {
  const of = (page: string, lines: number) => costOf(`{ ${runs(page, lines)} }`);
  const [one, moreRuns, moreLines] = [await of('first: 5', 20), await of('first: 10', 20), await of('first: 5', 40)];
  expect(moreRuns / one).toBeCloseTo(2, 1);
  expect(moreLines / one).toBeGreaterThan(1.8);
  expect(await of('last: 5', 20)).toBe(one);
  const ids = (count: number) => Array.from({ length: count }, () => id('Run', crypto.randomUUID()));
  const nodes = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Run { nodeRuns { ${log(20)} } } } }`;
  const [few, many] = [await costOf(nodes, { ids: ids(2) }), await costOf(nodes, { ids: ids(4) })];
  expect(many / few).toBeCloseTo(2, 1);
});

test('neither fragments, aliases nor variables make anything cheaper', async () => {
  const plain = await costOf(`{ ${runs('first: 5', 20)} }`);
  expect(await costOf(`{ ...Runs } fragment Runs on Query { ${runs('first: 5', 20)} }`)).toBe(plain);
  expect(
    await costOf(
      `{ runs(first: 5) { edges { node { ...Nodes } } } } fragment Nodes on Run { nodeRuns { ...Log } } fragment Log on NodeRun { ${log(20)} }`,
    ),
  ).toBe(plain);
  expect(await costOf(`query ($n: Int!, $lines: Int = 20) { ${runs('first: $n', '$lines' as never)} }`, { n: 5 })).toBe(
    plain,
  );
  expect(await costOf(`{ a: ${runs('first: 5', 20)} b: ${runs('first: 5', 20)} }`)).toBe(2 * plain);
});

test('what is too dear is refused before anything is asked of the database', async () => {
  const query = vi.spyOn(pg.Client.prototype, 'query');
  try {
    const dear = `{ products(first: 1) { totalCount } ${runs('first: 100', 1000)} }`;
    const { data, errors, status } = await app.gql(dear);
    expect([status, data, errors?.[0]?.extensions.code]).toEqual([400, undefined, 'TOO_EXPENSIVE']);
    expect(errors?.[0]?.extensions.cost).toBeGreaterThan(MAX_COST);
    expect(query).not.toHaveBeenCalled();
    await app.gql('{ products(first: 1) { totalCount } }');
    expect(query).toHaveBeenCalled();
  } finally {
    query.mockRestore();
  }
});
