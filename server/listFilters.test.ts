import { getNamedType, isInputObjectType } from 'graphql';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Platform } from '../runtime/platform.js';
import { encodeGlobalId, type NodeType } from '../schema/globalId.js';
import { schema } from '../schema/index.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { createVariedCatalogue, day, STATES, type VariedCatalogue } from '../tests/support/variedCatalogue.js';

interface Filter {
  /** What is asked for, once the catalogue is there. */
  value: unknown | ((catalogue: VariedCatalogue) => unknown);
  /** Whether a row of the database is meant by it. */
  holds(row: any, catalogue: VariedCatalogue): boolean;
  /** Whether a row is in the list while it is left out; when left out itself, all are. */
  otherwise?: (row: any) => boolean;
  /** It asks about what partners may not read. */
  isStudios?: boolean;
}
interface List {
  /** What its rows are, or are about. */
  type: NodeType;
  /** Where a row says the id of that; when left out, `id`. */
  id?: string;
  rows(db: Platform['db']): Promise<{ id: string }[]>;
  /** By their place in the arguments. */
  filters: Record<string, Filter>;
}

const has = (text: string, ...columns: string[]): Filter['holds'] => {
  return (row) => columns.some((column) => row[column].toLowerCase().includes(text));
};
const text = (...columns: string[]): Filter => ({ value: 'DEEP', holds: has('deep', ...columns) });
const oneOf = (column: string, value: readonly unknown[]): Filter => ({
  value,
  holds: (row) => value.includes(row[column]),
});
const between = (column: string, prefix = 'filter.'): Record<string, Filter> => ({
  [`${prefix}from`]: { value: day(10), holds: (row) => row[column] >= day(10) },
  [`${prefix}to`]: { value: day(30), holds: (row) => row[column] < day(30) },
});
const byId = (type: NodeType, idOf: (catalogue: VariedCatalogue) => string, actual: (row: any) => unknown): Filter => ({
  value: (catalogue: VariedCatalogue) => encodeGlobalId(type, idOf(catalogue)),
  holds: (row, catalogue) => actual(row) === idOf(catalogue),
});
const isOffered = (row: any) => row.archivedAt === null;
const withArchived: Filter = { value: true, holds: () => true, otherwise: isOffered };
const isUsable = (token: any) =>
  !token.revokedAt && !token.account.disabledAt && (!token.expiresAt || token.expiresAt > new Date());

/** Every list of the root that can be chosen from, and what each of its filters means. */
const LISTS: Record<string, List> = {
  accounts: {
    type: 'Account',
    rows: (db) => db.account.findMany(),
    filters: {
      text: { value: 'TNER', holds: has('tner', 'name') },
      role: oneOf('role', ['partner', 'artist']),
      isDisabled: { value: true, holds: ({ disabledAt }) => disabledAt !== null },
    },
  },
  apiTokens: {
    type: 'ApiToken',
    rows: (db) => db.apiToken.findMany({ include: { account: true } }),
    filters: {
      text: text('name'),
      accountId: byId(
        'Account',
        ({ accounts }) => accounts[0]!.id,
        ({ accountId }) => accountId,
      ),
      usableOnly: { value: true, holds: isUsable },
    },
  },
  assets: {
    type: 'Asset',
    rows: (db) => db.asset.findMany({ include: { orderLine: true } }),
    filters: {
      'filter.text': { value: 'bLUE', holds: has('blue', 'name') },
      'filter.name': { value: 'Red.png', holds: ({ name }) => name === 'Red.png' },
      'filter.kind': oneOf('kind', ['still_image']),
      'filter.latestOnly': { value: true, holds: ({ supersededAt }) => supersededAt === null },
      'filter.productId': byId(
        'Product',
        ({ products }) => products[0]!.id,
        ({ productId }) => productId,
      ),
      'filter.outputTypeId': byId(
        'OutputType',
        ({ outputTypes }) => outputTypes[1]!.id,
        (row) => row.outputTypeId,
      ),
      'filter.orderLineId': byId(
        'OrderLine',
        ({ lines }) => lines[3]!,
        ({ orderLineId }) => orderLineId,
      ),
      'filter.orderId': {
        value: ({ orders }: VariedCatalogue) => encodeGlobalId('Order', orders[3]!),
        holds: ({ orderLine }, { orders }) => orderLine.orderId === orders[3],
      },
      ...between('publishedAt'),
    },
  },
  auditTrail: {
    type: 'AuditEntry',
    rows: (db) => db.auditEntry.findMany(),
    filters: {
      'filter.actor': { value: 'ANN', holds: has('ann', 'actor') },
      'filter.accountId': byId(
        'Account',
        ({ accounts }) => accounts[1]!.id,
        ({ accountId }) => accountId,
      ),
      'filter.mutation': { value: 'CREATE', holds: has('create', 'mutation') },
      'filter.outcome': oneOf('outcome', ['ok', 'CONFLICT']),
      'filter.failedOnly': { value: true, holds: ({ outcome }) => outcome !== 'ok' },
      ...between('at'),
    },
  },
  cadFiles: {
    type: 'CadFile',
    rows: (db) => db.cadFile.findMany(),
    filters: { 'filter.text': text('name'), ...between('createdAt') },
  },
  categories: {
    type: 'Category',
    rows: (db) => db.category.findMany(),
    filters: { text: text('label', 'key'), includeArchived: withArchived },
  },
  environmentImages: {
    type: 'EnvironmentImage',
    rows: (db) => db.environmentImage.findMany(),
    filters: { text: text('name'), includeArchived: withArchived },
  },
  materials: {
    type: 'Material',
    rows: (db) => db.material.findMany(),
    filters: { text: text('label', 'name'), includeArchived: withArchived },
  },
  notificationDeliveries: {
    type: 'NotificationDelivery',
    rows: (db) => db.notificationDelivery.findMany(),
    filters: {
      status: oneOf('status', ['retrying', 'failed']),
      channel: oneOf('channel', ['webhook', 'email']),
      runId: byId(
        'Run',
        ({ runs }) => runs[5]!,
        ({ runId }) => runId,
      ),
      ...between('createdAt', ''),
    },
  },
  notifications: {
    type: 'Notification',
    rows: (db) => db.notification.findMany(),
    filters: {
      text: text('title', 'body'),
      unreadOnly: { value: true, holds: ({ readAt }) => readAt === null },
      ...between('createdAt', ''),
    },
  },
  orders: {
    type: 'Order',
    rows: (db) => db.order.findMany({ include: { account: true, lines: { include: { runs: true } } } }),
    filters: {
      'filter.text': text('reference'),
      'filter.placedBy': {
        value: ({ accounts }: VariedCatalogue) => accounts[0]!.name.toUpperCase(),
        holds: ({ accountId }, { accounts }) => accountId === accounts[0]!.id,
      },
      'filter.productId': byId(
        'Product',
        ({ products }) => products[0]!.id,
        ({ lines }) => lines[0].productId,
      ),
      'filter.outputTypeId': byId(
        'OutputType',
        (all) => all.outputTypes[0]!.id,
        ({ lines }) => lines[0].outputTypeId,
      ),
      // Each has one line, whose state is its own.
      'filter.state': { value: STATES, holds: ({ lines }) => STATES.includes(lines[0].state) },
      'filter.runStatus': {
        value: ['failed', 'running'],
        holds: ({ lines }) => lines[0].runs.some(({ status }: any) => status === 'failed' || status === 'running'),
      },
      ...between('createdAt'),
    },
  },
  outputTypes: {
    type: 'OutputType',
    rows: (db) => db.outputType.findMany({ include: { categories: true } }),
    filters: {
      text: text('name', 'key'),
      family: { value: 'order_line', holds: ({ family }) => family === 'order_line' },
      subject: { value: 'cadFile', holds: ({ family }) => family === 'cad_file' },
      visibility: oneOf('visibility', ['public', 'internal']),
      rollout: { ...oneOf('rollout', ['shadow', 'graph']), isStudios: true },
      workflowId: {
        ...byId(
          'Workflow',
          ({ workflow }) => workflow.id,
          ({ workflowId }) => workflowId,
        ),
        isStudios: true,
      },
      categoryId: byId(
        'Category',
        (all) => all.categories[0]!.id,
        ({ categories }) => categories[0]?.id,
      ),
      includeArchived: withArchived,
    },
  },
  parityReports: {
    type: 'ParityReport',
    rows: (db) => db.parityReport.findMany(),
    filters: {
      'filter.outputTypeId': byId(
        'OutputType',
        (all) => all.outputTypes[0]!.id,
        ({ outputTypeId }) => outputTypeId,
      ),
      'filter.runId': {
        value: ({ runs }: VariedCatalogue) => encodeGlobalId('Run', runs[1]!),
        holds: ({ legacyRunId, graphRunId }, { runs }) => [legacyRunId, graphRunId].includes(runs[1]),
      },
      'filter.status': oneOf('status', ['waiting', 'passed', 'failed']),
    },
  },
  pricingTiers: {
    type: 'PricingTier',
    rows: (db) => db.pricingTier.findMany(),
    filters: { text: text('label', 'key'), includeArchived: withArchived },
  },
  products: {
    type: 'Product',
    rows: (db) => db.product.findMany(),
    filters: {
      'filter.text': text('name', 'sku'),
      'filter.categoryId': byId(
        'Category',
        (all) => all.categories[0]!.id,
        ({ categoryId }) => categoryId,
      ),
      'filter.cadFileId': {
        ...byId(
          'CadFile',
          ({ cadFiles }) => cadFiles[0]!.id,
          ({ cadFileId }) => cadFileId,
        ),
        isStudios: true,
      },
    },
  },
  renderTemplates: {
    type: 'RenderTemplate',
    rows: (db) => db.renderTemplate.findMany(),
    filters: { text: text('label', 'name'), includeArchived: withArchived },
  },
  runs: {
    type: 'Run',
    rows: (db) =>
      db.run.findMany({
        include: { cadFile: true, orderLine: { include: { product: true, outputType: true } } },
      }),
    filters: {
      'filter.status': oneOf('status', ['queued', 'failed', 'succeeded']),
      'filter.family': { value: 'order_line', holds: ({ family }) => family === 'order_line' },
      'filter.mode': { ...oneOf('mode', ['legacy', 'shadow']), isStudios: true },
      'filter.workflowId': {
        ...byId(
          'Workflow',
          ({ workflow }) => workflow.id,
          ({ workflowId }) => workflowId,
        ),
        isStudios: true,
      },
      'filter.cadFileId': {
        ...byId(
          'CadFile',
          ({ cadFiles }) => cadFiles[0]!.id,
          ({ cadFileId }) => cadFileId,
        ),
        isStudios: true,
      },
      'filter.orderLineId': byId(
        'OrderLine',
        ({ lines }) => lines[2]!,
        ({ orderLineId }) => orderLineId,
      ),
      'filter.orderId': {
        value: ({ orders }: VariedCatalogue) => encodeGlobalId('Order', orders[2]!),
        holds: ({ orderLine }, { orders }) => orderLine?.orderId === orders[2],
      },
      'filter.productId': byId(
        'Product',
        ({ products }) => products[0]!.id,
        ({ orderLine }) => orderLine?.productId,
      ),
      'filter.outputTypeId': byId(
        'OutputType',
        ({ outputTypes }) => outputTypes[0]!.id,
        ({ orderLine }) => orderLine?.outputTypeId,
      ),
      'filter.text': {
        value: 'DEEP',
        holds: ({ cadFile, orderLine }) =>
          [cadFile, orderLine?.product, orderLine?.outputType].some((subject) => /deep/i.test(subject?.name ?? '')),
      },
      ...between('createdAt'),
    },
  },
  staleAssets: {
    type: 'Asset',
    id: 'about: asset { id }',
    // Every output type changed since the runs of its lines.
    rows: (db) =>
      db.asset.findMany({
        where: { supersededAt: null },
        include: { orderLine: true, run: { include: { templateChoices: true } } },
      }),
    filters: {
      'filter.productId': {
        value: ({ products }: VariedCatalogue) => encodeGlobalId('Product', products[0]!.id),
        holds: ({ orderLine, run }, { products: [product] }) =>
          orderLine.productId === product!.id ||
          (run.orderLineId === null && run.cadFileId !== null && run.cadFileId === product!.cadFileId),
      },
      'filter.outputTypeId': byId(
        'OutputType',
        ({ outputTypes }) => outputTypes[1]!.id,
        ({ orderLine }) => orderLine.outputTypeId,
      ),
      'filter.reason': { value: 'template', holds: ({ run }) => run.templateChoices.length > 0 },
    },
  },
  webhookDeliveries: {
    type: 'WebhookDelivery',
    rows: (db) => db.webhookDelivery.findMany(),
    filters: {
      'filter.webhookId': byId(
        'Webhook',
        ({ webhooks }) => webhooks[0]!.id,
        ({ webhookId }) => webhookId,
      ),
      'filter.eventType': {
        value: ['run_queued', 'run_failed'],
        holds: ({ eventType }) => eventType === 'run.queued' || eventType === 'run.failed',
      },
      'filter.status': oneOf('status', ['pending', 'failed']),
      ...between('createdAt'),
    },
  },
  webhooks: {
    type: 'Webhook',
    rows: (db) => db.webhook.findMany(),
    filters: {
      text: { value: 'DEEP', holds: has('deep', 'name', 'url') },
      isEnabled: { value: true, holds: ({ disabledAt }) => disabledAt === null },
    },
  },
  workflows: {
    type: 'Workflow',
    rows: (db) => db.workflow.findMany(),
    filters: {
      text: text('name', 'key'),
      family: { value: 'order_line', holds: ({ family }) => family === 'order_line' },
      subject: { value: 'cadFile', holds: ({ family }) => family === 'cad_file' },
      archived: { value: true, holds: (row) => !isOffered(row), otherwise: isOffered },
    },
  },
};

const PAGING = ['first', 'last', 'after', 'before', 'orderBy'];
const connections = Object.values(schema.getQueryType()!.getFields()).filter(({ type }) =>
  getNamedType(type).name.endsWith('Connection'),
);
const listed = Object.entries(LISTS);

test('every filter of every list says what it means', () => {
  const all = connections.flatMap(({ name, args }) =>
    args
      .filter((arg) => !PAGING.includes(arg.name))
      .flatMap((arg) => {
        const type = getNamedType(arg.type);
        const inner = isInputObjectType(type) ? Object.keys(type.getFields()) : null;
        return inner ? inner.map((field) => `${name} ${arg.name}.${field}`) : `${name} ${arg.name}`;
      }),
  );
  expect(all.sort()).toEqual(
    listed.flatMap(([name, { filters }]) => Object.keys(filters).map((filter) => `${name} ${filter}`)).sort(),
  );
});

let app: TestApp;
let catalogue: VariedCatalogue;
beforeAll(async () => {
  app = await startTestApp();
  catalogue = await createVariedCatalogue(app.platform);
});
afterAll(() => app?.close());

type Chosen = readonly (readonly [string, unknown])[];

/** What a list gives for some of its filters. */
async function ask(name: string, chosen: Chosen, headers?: Record<string, string>) {
  const args: Record<string, any> = {};
  for (const [place, value] of chosen) {
    const [outer, inner] = place.split('.') as [string, string?];
    if (inner) args[outer] = { ...args[outer], [inner]: value };
    else args[outer] = value;
  }
  const field = connections.find((one) => one.name === name)!;
  const given = field.args.filter((arg) => arg.name in args);
  const variables = given.map((arg) => `, $${arg.name}: ${arg.type}`).join('');
  const passed = given.map((arg) => `, ${arg.name}: $${arg.name}`).join('');
  const query = `query ($first: Int${variables}) { list: ${name}(first: $first${passed}) { totalCount edges { node { ${LISTS[name]!.id ?? 'id'} } } } }`;
  const statements = vi.spyOn(pg.Client.prototype, 'query');
  const { data, errors } = await app.gql(query, { first: 100, ...args }, headers);
  // Prisma's own run on when nobody waits for them any more.
  const byPrisma = statements.mock.calls.filter(([sent]) => JSON.stringify(sent)?.includes('\\"public\\".'));
  statements.mockRestore();
  // Who sent a token is looked up before.
  if (!headers) expect(byPrisma, query).toEqual([]);
  return {
    ids: data?.list.edges.map(({ node }: any) => node.id ?? node.about.id).sort(),
    total: data?.list.totalCount,
    errors,
  };
}

const valueFor = ({ value }: Filter) => (typeof value === 'function' ? value(catalogue) : value);
/** Each filter, each two, and all of them. */
function choices(filters: List['filters']): string[][] {
  const all = Object.keys(filters);
  const pairs = all.flatMap((one, at) => all.slice(at + 1).map((other) => [one, other]));
  return [...all.map((one) => [one]), ...pairs, all];
}
const idsOf = (type: NodeType, rows: readonly { id: string }[]) =>
  rows.map(({ id }) => encodeGlobalId(type, id)).sort();

describe.each(listed)('%s', (name, { type, rows, filters }) => {
  const meant = async (places: readonly string[]) => {
    const all = await rows(app.platform.db);
    return idsOf(
      type,
      all.filter((row) =>
        Object.entries(filters).every(([place, { holds, otherwise = () => true }]) =>
          places.includes(place) ? holds(row, catalogue) : otherwise(row),
        ),
      ),
    );
  };
  const given = (places: readonly string[]): Chosen => places.map((place) => [place, valueFor(filters[place]!)]);

  test('gives what each filter means, and of several what all of them mean', async () => {
    const whole = await meant([]);
    expect(whole.length).toBeLessThanOrEqual(100);
    for (const place of Object.keys(filters)) {
      const ids = await meant([place]);
      // One that chooses nothing or everything here would not be tried.
      expect(ids.length, place).toBeGreaterThan(0);
      expect(ids, place).not.toEqual(whole);
    }
    for (const places of [[], ...choices(filters)]) {
      const expected = await meant(places);
      const { ids, total, errors } = await ask(name, given(places));
      expect(errors, places.join()).toBeUndefined();
      expect(ids, places.join()).toEqual(expected);
      expect(total, places.join()).toBe(expected.length);
    }
  });

  test('takes null for left out', async () => {
    const field = connections.find((one) => one.name === name)!;
    const nullable = Object.keys(filters).filter(
      (place) => !`${field.args.find((arg) => arg.name === place)?.type}`.endsWith('!'),
    );
    const expected = await meant([]);
    for (const place of nullable) expect((await ask(name, [[place, null]])).ids, place).toEqual(expected);
  });

  test('shows partners of what is chosen what they see anyway, and takes no questions about the rest', async () => {
    const { headers } = catalogue.partners[0]!;
    const all = await ask(name, [], headers);
    if (all.errors) return expect(all.errors[0]?.extensions.code).toBe('FORBIDDEN');
    const visible = filters.includeArchived ? (await ask(name, [['includeArchived', true]], headers)).ids : all.ids;
    for (const places of choices(filters)) {
      const { ids, total, errors } = await ask(name, given(places), headers);
      if (places.some((place) => filters[place]!.isStudios)) {
        expect(errors?.[0]?.extensions.code, places.join()).toBe('FORBIDDEN');
        continue;
      }
      const expected = (await meant(places)).filter((id) => visible.includes(id));
      expect(ids, places.join()).toEqual(expected);
      expect(total, places.join()).toBe(expected.length);
    }
  });
});

test('text is looked for as it stands, numbers of orders as a whole, and nothing among none', async () => {
  const count = async (name: string, chosen: Chosen) => (await ask(name, chosen)).total;
  const { number } = await app.platform.db.order.findFirstOrThrow({ where: { id: catalogue.orders[0]! } });
  expect(await count('runs', [['filter.text', '%']])).toBe(0);
  expect(await count('materials', [['text', 'm_']])).toBe(0);
  expect(await count('orders', [['filter.text', `${number}`]])).toBe(1);
  expect(await count('orders', [['filter.text', '99999999999']])).toBe(0);
  expect(await count('orders', [['filter.state', []]])).toBe(0);
  expect(await count('assets', [['filter.kind', []]])).toBe(0);
  const { errors } = await ask('runs', [['filter.text', 'x'.repeat(201)]]);
  expect(errors?.[0]?.message).toContain('at most 200 characters');
});
