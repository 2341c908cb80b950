import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { getDatamodel } from '../../generated/pothos-types.js';
import { Prisma, type PrismaClient } from '../../generated/prisma/client.js';
import { startTestApp, type TestApp } from '../../tests/support/testApp.js';
import { type Catalogue, createCatalogue, createEndedRun } from '../../tests/support/testData.js';
import { readingInOneStatement } from './client.js';
import { ReadRow } from './readRow.js';

let app: TestApp;
let db: PrismaClient;
let reader: PrismaClient;
let catalogue: Catalogue;
const runIds: string[] = [];

beforeAll(async () => {
  app = await startTestApp();
  db = app.platform.db;
  reader = readingInOneStatement(db, app.platform.pool, getDatamodel())();
  catalogue = await createCatalogue(app.platform);
  // Two of the same moment: only the id tells them apart.
  for (const minute of [1, 2, 3, 3, 4]) {
    const { runId } = await createEndedRun(app.platform, catalogue, new Date(Date.UTC(2026, 0, 1, 0, minute)));
    runIds.push(runId);
  }
  await db.run.update({
    where: { id: runIds[0]! },
    data: { status: 'failed', failure: { code: 'X' }, startedAt: null },
  });
});
afterAll(() => app.close());

/** With the members of each row as its own. */
function asPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asPlain);
  if (!(value instanceof ReadRow)) return value;
  return Object.fromEntries(Object.entries(value.toJSON()).map(([name, member]) => [name, asPlain(member)]));
}

const newest = [{ createdAt: 'desc' }, { id: 'asc' }] as const;
const where = (condition: object) => ({ where: condition, orderBy: [...newest] });

const READS: Record<string, [keyof PrismaClient & string, Record<string, unknown>]> = {
  'whole rows, with dates, big numbers and JSON': ['artifact', { orderBy: { id: 'asc' } }],
  'columns of a key of two': [
    'nodeRun',
    { orderBy: [{ runId: 'asc' }, { idx: 'desc' }], select: { nodeId: true, successors: true } },
  ],
  'relations within relations, to one and to many': [
    'run',
    {
      orderBy: [...newest],
      take: 3,
      select: {
        id: true,
        workflow: { select: { name: true, versions: { orderBy: { number: 'desc' }, take: 1 } } },
        cadFile: { include: { artifact: true } },
        orderLine: { select: { id: true } },
        nodeRuns: { orderBy: { idx: 'asc' }, select: { idx: true, startedAt: true, outputs: true } },
        assets: { where: { kind: 'glb_model' }, include: { product: true, artifact: { select: { byteSize: true } } } },
      },
    },
  ],
  'a view beside the table it is made of': [
    'run',
    {
      orderBy: [...newest],
      select: {
        progress: { select: { share: true } },
        nodeRuns: { orderBy: { idx: 'asc' }, select: { progress: true } },
      },
    },
  ],
  'a model that points to itself': [
    'asset',
    {
      orderBy: { id: 'asc' },
      select: { version: true, supersedes: { select: { version: true } }, supersededBy: { select: { version: true } } },
    },
  ],
  'counts of relations': [
    'run',
    {
      orderBy: [...newest],
      select: { id: true, _count: { select: { nodeRuns: true, assets: { where: { kind: 'none' } } } } },
    },
  ],
  'rows in any of several states': ['run', where({ status: { in: ['failed', 'queued'] } })],
  'nothing in an empty set': ['run', where({ status: { in: [] } })],
  'comparisons of dates': [
    'run',
    where({ createdAt: { gt: new Date(Date.UTC(2026, 0, 1, 0, 1)), lte: new Date(Date.UTC(2026, 0, 1, 0, 3)) } }),
  ],
  'nulls and their opposite': ['run', where({ startedAt: null, finishedAt: { not: null } })],
  'AND, OR and NOT': [
    'run',
    where({
      AND: [{ family: 'cad_file' }],
      OR: [{ status: 'failed' }, { openNodes: 0 }],
      NOT: { id: { in: ['00000000-0000-7000-8000-000000000000'] } },
    }),
  ],
  'JSON that is there': [
    'nodeRun',
    { where: { outputs: { not: Prisma.DbNull } }, orderBy: [{ runId: 'asc' }, { idx: 'asc' }] },
  ],
  'nothing where JSON is missing': ['run', { where: { entry: { equals: Prisma.DbNull } }, orderBy: { id: 'asc' } }],
  'an OR of nothing': ['run', where({ OR: [] })],
  'conditions on relations': [
    'run',
    where({
      nodeRuns: { some: { isCached: true }, none: { status: 'failed' }, every: { attempt: 1 } },
      workflow: { key: 'cad_intake' },
      orderLine: null,
    }),
  ],
  'text in any case, with signs that mean something in SQL': [
    'product',
    { where: { name: { contains: 'BEARING', mode: 'insensitive' }, sku: { not: "%_'" } }, orderBy: { id: 'asc' } },
  ],
  'signs that stand for any text': ['product', { where: { name: { contains: 'B%g_6205' } }, orderBy: { id: 'asc' } }],
  'a many-to-many relation, from either side': [
    'outputType',
    {
      orderBy: { id: 'asc' },
      include: { categories: { orderBy: { key: 'desc' }, include: { outputTypes: { select: { id: true } } } } },
    },
  ],
  'a condition on a many-to-many relation': [
    'category',
    {
      where: { outputTypes: { some: { name: { not: 'x' } } } },
      orderBy: { key: 'asc' },
      select: { key: true, _count: { select: { outputTypes: true } } },
    },
  ],
  'distinct rows, which go the usual way': [
    'nodeRun',
    { distinct: ['nodeId'], orderBy: { nodeId: 'asc' }, select: { nodeId: true } },
  ],
};

test.each(Object.entries(READS))('%s read the same as by Prisma', async (_name, [model, args]) => {
  const [expected, got] = await Promise.all(
    [db, reader].map((client) =>
      (client[model] as unknown as { findMany(args: object): Promise<unknown[]> }).findMany(args),
    ),
  );
  expect(asPlain(got)).toEqual(expected);
  if (!_name.startsWith('nothing') && !_name.startsWith('an OR')) expect(expected!.length).toBeGreaterThan(0);
});

test.each([1, 2, -1, -2])('pages of %i rows begin at any cursor where Prisma begins them', async (take) => {
  for (const id of runIds)
    for (const skip of [0, 1]) {
      const page = { orderBy: [...newest], cursor: { id }, take, skip, select: { id: true } };
      expect(asPlain(await reader.run.findMany(page))).toEqual(await db.run.findMany(page));
    }
});

test('rows are found by key, many in one statement, and missing ones are told as Prisma tells them', async () => {
  const [first, second] = runIds;
  const select = { status: true, workflow: { select: { name: true } } } as const;
  const expected = await db.run.findUnique({ where: { id: first! }, select });
  const query = vi.spyOn(pg.Client.prototype, 'query');
  const [one, other, none] = await Promise.all(
    [first!, second!, catalogue.line.id].map((id) => reader.run.findUnique({ where: { id }, select })),
  );
  const statements = query.mock.calls.length;
  query.mockRestore();
  expect(statements).toBe(1);
  expect(one).toMatchObject(expected!);
  expect(other).toMatchObject({ status: 'succeeded' });
  expect(none).toBeNull();
  const key = { runId_idx: { runId: first!, idx: 1 } };
  expect(asPlain(await reader.nodeRun.findUnique({ where: key }))).toEqual(await db.nodeRun.findUnique({ where: key }));
  await expect(reader.run.findUniqueOrThrow({ where: { id: catalogue.line.id } })).rejects.toMatchObject({
    code: 'P2025',
  });
});

test.each(Object.values(READS).filter(([, args]) => 'where' in args))(
  '%s are counted as by Prisma',
  async (model, args) => {
    const [expected, got] = await Promise.all(
      [db, reader].map((client) =>
        (client[model] as unknown as { count(args: object): Promise<number> }).count({ where: args.where }),
      ),
    );
    expect(got).toBe(expected);
  },
);

test('a deep selection takes one statement', async () => {
  const query = vi.spyOn(pg.Client.prototype, 'query');
  await reader.run.findMany({ include: { nodeRuns: true, workflow: { include: { versions: true } } } });
  expect(query.mock.calls.length).toBe(1);
  query.mockRestore();
});

test('within a transaction its own writes are seen, and nobody else sees them', async () => {
  const { id } = catalogue.line;
  await reader.$transaction(async (tx) => {
    await tx.orderLine.update({ where: { id }, data: { quantity: 7 } });
    expect(await tx.orderLine.findUnique({ where: { id }, select: { quantity: true } })).toEqual({ quantity: 7 });
    expect(await tx.orderLine.findMany({ where: { id }, select: { quantity: true } })).toEqual([{ quantity: 7 }]);
    expect(asPlain(await reader.orderLine.findMany({ where: { id }, select: { quantity: true } }))).toEqual([
      { quantity: 1 },
    ]);
  });
});

test('what is read alike under load goes in few statements, and everybody gets rows of their own list', async () => {
  const ALIKE = 12;
  const where = { id: { in: runIds } };
  const expected = await db.run.findMany({ where, orderBy: { id: 'asc' }, take: 3, select: { id: true } });
  const query = vi.spyOn(pg.Client.prototype, 'query');
  const lists: Promise<{ id: string }[]>[] = [];
  const rows: Promise<{ id: string } | null>[] = [];
  // One a turn of the event loop, as requests come: none of them is answered before the last has asked.
  const holder = await app.platform.pool.connect();
  await holder.query('BEGIN');
  await holder.query('LOCK TABLE run IN ACCESS EXCLUSIVE MODE');
  query.mockClear();
  for (let n = 0; n < ALIKE; n++) {
    lists.push(reader.run.findMany({ where, orderBy: { id: 'asc' }, take: 3, select: { id: true } }));
    rows.push(reader.run.findUnique({ where: { id: runIds[n % runIds.length]! }, select: { id: true } }));
    await setImmediate();
  }
  const sentWhileHeld = query.mock.calls.length;
  await holder.query('ROLLBACK');
  holder.release();
  const [gotLists, gotRows] = await Promise.all([Promise.all(lists), Promise.all(rows)]);
  const statements = query.mock.calls.length - 1;
  query.mockRestore();
  expect([sentWhileHeld, statements]).toEqual([4, 6]);
  for (const list of gotLists) expect(asPlain(list)).toEqual(expected);
  expect(gotRows.map((row) => row?.id)).toEqual(lists.map((_, n) => runIds[n % runIds.length]));
  gotLists[5]!.length = 0;
  expect(gotLists[6]).toHaveLength(expected.length);
});

test('a page from the end and one from the beginning of the opposite order are one statement and two lists', async () => {
  const select = { id: true };
  const [fromEnd, fromStart] = await Promise.all([
    reader.run.findMany({ orderBy: { id: 'asc' }, take: -3, select }),
    reader.run.findMany({ orderBy: { id: 'desc' }, take: 3, select }),
  ]);
  expect(asPlain(fromEnd)).toEqual(await db.run.findMany({ orderBy: { id: 'asc' }, take: -3, select }));
  expect(asPlain(fromStart)).toEqual(await db.run.findMany({ orderBy: { id: 'desc' }, take: 3, select }));
});
