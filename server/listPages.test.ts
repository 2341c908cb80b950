import { randomUUID } from 'node:crypto';
import {
  type GraphQLEnumType,
  type GraphQLInputObjectType,
  type GraphQLObjectType,
  getNamedType,
  isObjectType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { PrismaClient } from '../generated/prisma/client.js';
import { encodeGlobalId, localId, type NodeType } from '../schema/globalId.js';
import { schema } from '../schema/index.js';
import { cursorOf, ROW_TYPE } from '../schema/pageCursors.js';
import { createMember } from '../tests/support/members.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { CAD_GRAPH, type Catalogue, createCatalogue, createEndedRun } from '../tests/support/testData.js';

interface List {
  /** Field of the root, or `Type.field`. */
  name: string;
  /** What its rows are. */
  of: NodeType;
  /** Where a row says its id. */
  id: string;
  orders: { by: string; direction: 'asc' | 'desc' }[];
}

/** Rows that have no id of their own are about something that has. */
function rowsLike({ name, extensions }: GraphQLObjectType): Pick<List, 'of' | 'id'> {
  const of = extensions[ROW_TYPE] as NodeType | undefined;
  return of ? { of, id: `about: ${of.toLowerCase()} { id }` } : { of: name as NodeType, id: 'id' };
}

/** Every list that comes in pages. */
const LISTS: List[] = Object.values(schema.getTypeMap())
  .filter((type): type is GraphQLObjectType => isObjectType(type))
  .flatMap((type) =>
    Object.values(type.getFields())
      .filter((field) => getNamedType(field.type).name.endsWith('Connection'))
      .map((field) => {
        const inside = (of: unknown, name: string) =>
          getNamedType((of as GraphQLObjectType).getFields()[name]!.type) as GraphQLObjectType;
        const arg = field.args.find(({ name }) => name === 'orderBy');
        const by = arg && (getNamedType(arg.type) as GraphQLInputObjectType).getFields().by!;
        const columns = by ? (getNamedType(by.type) as GraphQLEnumType).getValues().map(({ name }) => name) : [];
        const row = inside(inside(getNamedType(field.type), 'edges'), 'node');
        return {
          name: type === schema.getQueryType() ? field.name : `${type.name}.${field.name}`,
          ...rowsLike(row),
          orders: columns.flatMap((by) => (['asc', 'desc'] as const).map((direction) => ({ by, direction }))),
        };
      }),
  );
const IDS = new Map(LISTS.map(({ name, id }) => [name, id]));
const given = (order: List['orders'][number]) => `orderBy: { by: ${order.by}, direction: ${order.direction} }`;
/** Each list in each order. */
const SORTED = LISTS.flatMap(({ name, of, orders }) => orders.map((order) => [name, given(order), of, order] as const));
const ALL: [list: string, orderBy: string, of: NodeType][] = [
  ...SORTED.map(([name, orderBy, of]): [string, string, NodeType] => [name, orderBy, of]),
  ...LISTS.filter(({ orders }) => orders.length === 0).map(({ name, of }): [string, string, NodeType] => [
    name,
    '',
    of,
  ]),
];

let app: TestApp;
let db: PrismaClient;
let catalogue: Catalogue;

const same = new Date('2026-01-02T03:04:05Z');
const FIVE = [1, 2, 3, 4, 5];

beforeAll(async () => {
  app = await startTestApp();
  db = app.platform.db;
  catalogue = await createCatalogue(app.platform);
  parents = { Workflow: catalogue.workflow.id, OutputType: catalogue.outputType.id };
  // Equal values, values that are not there, and names that differ only in case: where pages go wrong, if they do.
  const { artifactId } = catalogue.cadFile;
  await db.cadFile.createMany({ data: FIVE.map((n) => ({ name: n % 2 ? 'A' : 'a', artifactId, createdAt: same })) });
  await db.product.createMany({ data: FIVE.map((n) => ({ sku: `p-${n}`, name: 'Product', createdAt: same })) });
  await db.material.createMany({ data: FIVE.map((n) => ({ name: `m${n}`, label: 'Steel', spec: {} })) });
  await db.environmentImage.createMany({ data: FIVE.map((n) => ({ name: `${n}.hdr`, artifactId, createdAt: same })) });
  await db.renderTemplate.createMany({ data: FIVE.map((n) => ({ name: `t${n}`, label: 'Studio', spec: {} })) });
  await db.category.createMany({ data: FIVE.map((n) => ({ key: `c${n}`, label: 'Bearings' })) });
  const price = { label: 'Standard', currency: 'EUR', unitPriceCents: 1900 };
  await db.pricingTier.createMany({ data: FIVE.map((n) => ({ ...price, key: `p${n}` })) });
  await db.order.createMany({ data: FIVE.map((n) => ({ reference: n % 2 ? '' : 'PO' })) });
  await db.account.createMany({ data: FIVE.map((n) => ({ name: `Account ${n}`, role: 'viewer', createdAt: same })) });
  const { id: accountId } = await db.account.findFirstOrThrow();
  const token = { name: 'Token', accountId, prefix: 'hm_', scopes: [], createdAt: same };
  await db.apiToken.createMany({ data: FIVE.map((n) => ({ ...token, tokenHash: `${n}` })) });
  const entry = { at: same, actor: 'x', mutation: 'x', input: {}, outcome: 'ok', tookMs: 1 };
  await db.auditEntry.createMany({ data: FIVE.map(() => entry) });
  const made: string[] = [];
  for (const n of FIVE) {
    const { runId } = await createEndedRun(app.platform, catalogue, same);
    if (n > 3) await db.run.update({ where: { id: runId }, data: { finishedAt: null } });
    made.push(runId);
  }
  // As many pairs to compare as copies of reports are made.
  for (const _ of FIVE) await createEndedRun(app.platform, catalogue, same);
  // Each of a name of its own, so that all of them are the newest, and out of date by the versions that come below.
  await app.platform.pool.query('UPDATE asset SET published_at = $1, name = id, superseded_at = NULL', [same]);
  await db.notification.updateMany({ data: { createdAt: same } });
  await db.notificationDelivery.createMany({
    data: made.map((runId) => ({
      runId,
      nodeId: 'mesh',
      channel: 'inbox',
      target: 'inbox',
      status: 'accepted',
      attempts: 1,
    })),
  });
  await db.webhook.createMany({
    data: FIVE.map(() => ({ name: 'Hook', url: 'https://x.example', eventTypes: [], ownOnly: false, createdAt: same })),
  });
  const { id: webhookId } = await db.webhook.findFirstOrThrow();
  const delivery = { webhookId, eventType: 'run.failed', body: '{}', createdAt: same };
  await db.webhookDelivery.createMany({ data: made.map((eventId) => ({ ...delivery, eventId })) });
  await db.rolloutChange.createMany({
    data: FIVE.map(() => ({
      ...({ outputTypeId: catalogue.outputType.id, by: 'x', before: 'legacy', after: 'shadow', at: same } as const),
      ...{ shadowRate: 1, fallsBack: false },
    })),
  });
  await db.workflowVersion.createMany({
    data: FIVE.map((n) => ({ workflowId: catalogue.workflow.id, number: n + 1, graph: CAD_GRAPH as object })),
  });
  const workflow = { name: 'Workflow', family: 'cad_file', draft: CAD_GRAPH as object, createdAt: same } as const;
  await db.workflow.createMany({ data: FIVE.map((n) => ({ ...workflow, key: `w${n}` })) });
  const type = { name: 'Type', family: 'cad_file', artifactKind: 'glb_model', createdAt: same } as const;
  await db.outputType.createMany({ data: FIVE.map((n) => ({ ...type, key: `o${n}` })) });
  await db.parityReport.createMany({
    data: made.map((runId, n) => ({
      outputTypeId: catalogue.outputType.id,
      legacyRunId: runId,
      graphRunId: made.at(n - 1)!,
      createdAt: same,
      finishedAt: n % 2 ? same : null,
    })),
  });
});
afterAll(() => app.close());

/** Of what lists of one thing are read. */
let parents: Partial<Record<NodeType, string>>;

async function page(list: string, args: string, headers?: Record<string, string>) {
  const [field, type] = list.split('.').reverse() as [string, NodeType?];
  const asked = `page: ${field}(${args}) {
    edges { node { ${IDS.get(list)} } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`;
  const query = type
    ? `{ node(id: "${encodeGlobalId(type, parents[type]!)}") { ... on ${type} { ${asked} } } }`
    : `{ ${asked} }`;
  const { data, errors } = await app.gql(query, {}, headers);
  const { edges, pageInfo } = (type ? data?.node?.page : data?.page) ?? {};
  return { ids: (edges ?? []).map(({ node }: any) => node.id ?? node.about.id) as string[], info: pageInfo, errors };
}

async function whole(list: string, orderBy: string): Promise<string[]> {
  const { ids, info, errors } = await page(list, `${orderBy} first: 100`);
  expect(errors).toBeUndefined();
  expect(info.hasNextPage).toBe(false);
  expect(ids.length).toBeGreaterThanOrEqual(5);
  return ids;
}

async function pages(list: string, orderBy: string, backwards = false, between = async () => {}): Promise<string[]> {
  const found: string[] = [];
  for (let cursor = ''; ; ) {
    const at = backwards ? `last: 3 ${cursor && `before: "${cursor}"`}` : `first: 3 ${cursor && `after: "${cursor}"`}`;
    const { ids, info, errors } = await page(list, `${orderBy} ${at}`);
    expect(errors).toBeUndefined();
    if (backwards) found.unshift(...ids);
    else found.push(...ids);
    if (!(backwards ? info.hasPreviousPage : info.hasNextPage)) return found;
    cursor = backwards ? info.startCursor : info.endCursor;
    await between();
  }
}

/** What copies of a row must have for themselves, by column. */
const OWN: Partial<Record<NodeType, () => Promise<object> | object>> = {
  Account: () => ({ name: randomUUID() }),
  ApiToken: () => ({ token_hash: randomUUID() }),
  Asset: () => ({ node_id: randomUUID(), name: randomUUID() }),
  Category: () => ({ key: randomUUID() }),
  EnvironmentImage: () => ({ name: randomUUID() }),
  Material: () => ({ name: randomUUID() }),
  Notification: () => ({ node_id: randomUUID() }),
  NotificationDelivery: () => ({ node_id: randomUUID() }),
  Order: async () => ({ number: (await db.order.count()) + 1_000 }),
  OutputType: () => ({ key: randomUUID() }),
  ParityReport: async () => {
    const { rows } = await app.platform.pool.query(`
      select l.id as legacy_run_id, g.id as graph_run_id from run l cross join run g
      where not exists (select from parity_report p where p.legacy_run_id = l.id and p.graph_run_id = g.id) limit 1`);
    return rows[0];
  },
  PricingTier: () => ({ key: randomUUID() }),
  Product: () => ({ sku: randomUUID() }),
  RenderTemplate: () => ({ name: randomUUID() }),
  WebhookDelivery: () => ({ event_id: randomUUID() }),
  Workflow: () => ({ key: randomUUID() }),
  WorkflowVersion: async () => ({ number: (await db.workflowVersion.count()) + 1_000 }),
};

/** Adds a row that equals another one in whatever may be equal. It goes when the test has ended: lists that grew with every test would
 * make each slower than the one before. */
async function addCopy(of: NodeType, id: string): Promise<void> {
  const table = of.replace(/(?<!^)[A-Z]/g, '_$&').toLowerCase();
  const own = { id: randomUUID(), ...(await OWN[of]?.()) };
  const copy = `insert into "${table}" select (jsonb_populate_record(t, $2)).* from "${table}" t where id = $1`;
  await app.platform.pool.query(copy, [localId(of, id), own]);
  // Without the triggers that keep history.
  onTestFinished(() =>
    db
      .$transaction([
        db.$executeRaw`SET LOCAL session_replication_role = replica`,
        db.$executeRawUnsafe(`DELETE FROM "${table}" WHERE id = $1::uuid`, own.id),
      ])
      .then(() => undefined),
  );
}

test('lists that grow with use can be sorted; those of one thing come newest first', () => {
  const unsorted = LISTS.filter(({ orders }) => orders.length === 0).map(({ name }) => name);
  expect(unsorted).toEqual(['OutputType.parityReports', 'OutputType.rolloutHistory', 'Workflow.versions']);
});

describe.each(ALL)('%s %s', (list, orderBy, of) => {
  test('its pages put together are the whole list, forward and back', async () => {
    const ids = await whole(list, orderBy);
    expect(await pages(list, orderBy)).toEqual(ids);
    expect(await pages(list, orderBy, true)).toEqual(ids);
  });

  test.each([
    ['forward', false],
    ['back', true],
  ])(
    'what comes in between pages (%s), equal to the first and to the last row, shifts nothing',
    async (_, backwards) => {
      const ids = await whole(list, orderBy);
      let pagesWithNews = 3;
      const found = await pages(list, orderBy, backwards, async () => {
        if (pagesWithNews-- <= 0) return;
        await addCopy(of, ids[0]!);
        await addCopy(of, ids.at(-1)!);
      });
      expect(found.filter((id) => ids.includes(id))).toEqual(ids);
      expect(new Set(found).size).toBe(found.length);
      const later = await whole(list, orderBy);
      expect(later.filter((id) => found.includes(id))).toEqual(found);
      expect(later.length).toBeGreaterThan(ids.length);
    },
  );
});

test.each(SORTED)('%s %s is in that order, equal ones by their ids', async (list, orderBy, of, { by, direction }) => {
  const ids = await whole(list, orderBy);
  // Prisma's own reading, which is not what answers.
  const delegate = (db as any)[of[0]!.toLowerCase() + of.slice(1)];
  const rows: any[] = await delegate.findMany({ orderBy: [{ [by]: direction }, { id: direction }] });
  const listed = rows.filter(({ id }) => ids.includes(encodeGlobalId(of, id)));
  expect(listed.map(({ id }) => encodeGlobalId(of, id))).toEqual(ids);
  const values = listed.map((row) => row[by] ?? Number.POSITIVE_INFINITY);
  const isRising = (value: any, at: number) => at === 0 || typeof value === 'string' || values[at - 1] <= value;
  if (direction === 'desc') values.reverse();
  expect(values.every(isRising)).toBe(true);
});

describe.each(LISTS)('a cursor of $name', ({ name, of }) => {
  test.each(['x', Buffer.from('GPC:N:5').toString('base64'), Buffer.from("GPC:S:' or 1=1").toString('base64')])(
    'that is made up (%j) is refused',
    async (cursor) => {
      for (const at of [`first: 1 after: "${cursor}"`, `last: 1 before: "${cursor}"`]) {
        const { errors } = await page(name, at);
        expect(errors?.[0]?.extensions.code).toBe('VALIDATION_FAILED');
      }
    },
  );

  test('that marks a row of another list, or one that is no more, is told and not taken for the end', async () => {
    const other = of === 'Run' ? catalogue.cadFile.id : (await db.run.findFirstOrThrow()).id;
    for (const id of [other, randomUUID()])
      for (const at of [`first: 1 after: "${cursorOf(id)}"`, `last: 1 before: "${cursorOf(id)}"`])
        expect((await page(name, at)).errors?.[0]).toMatchObject({
          message: expect.stringContaining('Begin'),
          extensions: { code: 'CURSOR_GONE' },
        });
  });

  test('that marks a row a partner does not see is not one to them', async () => {
    const { headers } = await createMember(app.platform, 'partner');
    const own = await page(name, 'first: 1', headers);
    if (own.errors || !own.info) return;
    const seen = await page(name, 'first: 100', headers);
    for (const id of await whole(name, '')) {
      const { errors } = await page(name, `first: 1 after: "${cursorOf(localId(of, id))}"`, headers);
      expect(errors?.[0]?.extensions.code).toBe(seen.ids.includes(id) ? undefined : 'CURSOR_GONE');
    }
  });
});
