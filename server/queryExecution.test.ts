import { execute, parse, print } from 'graphql';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { scopesOf } from '../runtime/access/access.js';
import { encodeGlobalId } from '../runtime/globalId.js';
import { executeQuery } from '../schema/execution/executeQuery.js';
import { schema } from '../schema/index.js';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';
import { createCatalogue, createEndedRun } from '../tests/support/testData.js';
import { rootLists, wholeSelection } from '../tests/support/wholeSelection.js';
import { ADMIN_VIEWER } from './auth.js';
import { contextFactory } from './context.js';

let app: TestApp;
let contextOf: ReturnType<typeof contextFactory>;
beforeAll(async () => {
  app = await startTestApp();
  const catalogue = await createCatalogue(app.platform);
  for (const minute of [1, 2, 3])
    await createEndedRun(app.platform, catalogue, new Date(Date.UTC(2026, 0, 1, 0, minute)));
  // A run of an order line too, with a time that has no milliseconds and one that ends in a nought.
  const [run] = await app.platform.db.run.findMany({ take: 1 });
  await app.platform.db.run.update({
    where: { id: run!.id },
    data: {
      orderLineId: catalogue.line.id,
      cadFileId: null,
      startedAt: new Date('2026-01-01T00:00:00Z'),
      finishedAt: new Date('2026-01-01T00:00:00.120Z'),
    },
  });
  contextOf = contextFactory(app.platform, 'a key');
});
afterAll(() => app.close());

const QUERIES = [
  ...rootLists(schema).map(({ name, args, type }) => `{ ${name}${args} ${wholeSelection(type, 2)} }`),
  '{ runs { edges { node { title progress orderLine { product { name category { label } } outputType { name } order { number } } } } } }',
  '{ a: runs { edges { node { x: workflow { name } y: workflow { key versions { totalCount } } } } } }',
  '{ runs { edges { node { a: nodeRuns { id startedAt } b: nodeRuns { status } orderLine { runs { progress } assets { id } } } } } }',
  '{ orders { edges { node { lines { runs { nodeRuns { id } progress } product { cadFile { name } } deliveredAssets { id } } } } } }',
  '{ workflows { edges { node { name __typename latestVersion { number } } } } runs { edges { node { __typename workflow { __typename } } } } }',
  '{ assets { edges { node { product { name } again: product { sku cadFile { name artifact { url } } } } } } }',
];

test.each(QUERIES)('%s: as the reference executor answers', async (query) => {
  const document = parse(query);
  const args = () => ({ schema, document, contextValue: contextOf(ADMIN_VIEWER) });
  const expected = await execute(args());
  expect(expected.errors).toBeUndefined();
  // Once with nothing known of the document, then with plans and rows of before.
  for (let time = 0; time < 3; time++)
    expect(JSON.stringify(await executeQuery(args()))).toBe(JSON.stringify(expected));
});

test('the same document with other variables, or from somebody else, is another query', async () => {
  const document = parse(
    `query ($id: ID!, $first: Int, $withRuns: Boolean = true) {
      order(id: $id) { number lines { lineNumber runs @include(if: $withRuns) { status } } }
      orders(first: $first) { edges { node { number } } }
    }`,
  );
  const { db } = app.platform;
  const order = await db.order.findFirstOrThrow({
    include: { lines: true },
    where: { lines: { some: { runs: { some: {} } } } },
  });
  const partner = await db.account.create({ data: { name: 'Partner', role: 'partner' } });
  const shadow = await db.run.findFirstOrThrow({ where: { orderLineId: null } });
  await db.run.update({
    where: { id: shadow.id },
    data: { orderLineId: order.lines[0]!.id, cadFileId: null, mode: 'shadow' },
  });
  await db.order.update({ where: { id: order.id }, data: { accountId: partner.id } });
  const viewers = [
    ADMIN_VIEWER,
    { accountId: partner.id, name: 'Partner', role: 'partner' as const, scopes: scopesOf('partner') },
  ];
  const variables = [{ first: 1 }, { first: 1, withRuns: false }, { first: 2, withRuns: true }];
  const answers = new Set<string>();
  for (let time = 0; time < 2; time++)
    for (const viewer of viewers)
      for (const chosen of variables) {
        const variableValues = { id: encodeGlobalId('Order', order.id), ...chosen };
        const args = () => ({ schema, document, variableValues, contextValue: contextOf(viewer) });
        const expected = await execute({ ...args(), document: parse(print(document)) });
        expect(expected.errors).toBeUndefined();
        expect(JSON.stringify(await executeQuery(args()))).toBe(JSON.stringify(expected));
        answers.add(JSON.stringify(expected));
      }
  // With the shadow run, without, and without any.
  expect(answers.size).toBe(3);
});

test('the progress of runs, the mean over their nodes, is read with them', async () => {
  const { db } = app.platform;
  const { id } = await db.run.findFirstOrThrow({ orderBy: { createdAt: 'asc' } });
  const nodes = await db.nodeRun.findMany({ where: { runId: id }, orderBy: { idx: 'asc' } });
  expect(nodes.length).toBeGreaterThan(1);
  const at = (idx: number) => ({ runId_idx: { runId: id, idx } });
  await db.nodeRun.update({ where: at(0), data: { status: 'running', progress: 0.5 } });
  await db.nodeRun.update({ where: at(1), data: { status: 'skipped', progress: 0 } });
  const query = vi.spyOn(pg.Client.prototype, 'query');
  try {
    const answer = await app.gql('{ runs { edges { node { id progress } } } }');
    expect(query.mock.calls.length).toBe(1);
    const run = answer.data.runs.edges.at(-1).node;
    expect(run).toEqual({ id: encodeGlobalId('Run', id), progress: (nodes.length - 0.5) / nodes.length });
  } finally {
    query.mockRestore();
    for (const { idx, status, progress } of nodes.slice(0, 2))
      await db.nodeRun.update({ where: at(idx), data: { status, progress } });
  }
});

test('what is left to read is not read when the client hangs up', async () => {
  const { pool } = app.platform;
  const query = vi.spyOn(pg.Client.prototype, 'query');
  const asksFor = (text: string) => query.mock.calls.some(([asked]) => JSON.stringify(asked)?.includes(text));
  const lock = await pool.connect();
  try {
    await lock.query('begin; lock table "run" in access exclusive mode');
    const hangUp = new AbortController();
    const answer = app.fetch('/graphql', {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ runs { edges { node { id artifacts { id } } } } }' }),
      signal: hangUp.signal,
    });
    await expect.poll(() => asksFor('from \\"run\\"')).toBe(true);
    hangUp.abort();
    await expect(answer).rejects.toThrow();
    // Its socket was closed before this one opened.
    await app.fetch('/health/live');
    await lock.query('commit');
    await expect.poll(() => app.logged.join('')).toContain('"path":"/health/live"');
    expect((await app.gql('{ runs { edges { node { id } } } }')).errors).toBeUndefined();
    expect(asksFor('from \\"artifact\\"')).toBe(false);
    expect((await app.gql('{ runs { edges { node { artifacts { id } } } } }')).errors).toBeUndefined();
    expect(asksFor('from \\"artifact\\"')).toBe(true);
  } finally {
    lock.release(true);
    query.mockRestore();
  }
});
