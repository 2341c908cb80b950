import {
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLInputObjectType,
  type GraphQLObjectType,
  getNamedType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PrismaClient } from '../generated/prisma/client.js';
import { encodeGlobalId } from '../schema/globalId.js';
import { schema } from '../schema/index.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { type Catalogue, createCatalogue, createEndedRun } from '../tests/support/testData.js';

/** Lists that say no number: why they cannot grow with use. */
const SHORT: Record<string, string> = {
  'of the code: scopes, families, starters, modules and their contracts':
    'Account.scopes ApiToken.scopes Viewer.scopes FamilyDefinition.entrySlots FamilyDefinition.expectedRoles FamilyDefinition.paletteGroups FamilyDefinition.starters FamilyDefinition.allowedSteps FamilyDefinition.preflightChecks Preflight.checks Webhook.eventTypes NodeDefinition.artifactRolesConsumed NodeDefinition.artifactRolesProduced NodeDefinition.families NodeDefinition.inputContract NodeDefinition.outputContract Port.mediaTypes Port.roles ArtifactKindChoice.mediaTypes OutputTypeDraft.artifactKinds Query.families Query.legalLinks Query.nodeDefinitions Query.workflowStarters OutputType.rolloutOptions RolloutOption.reasons Material.textures RenderTemplate.engines LegacyImportGuide.columns LegacyImportColumn.names Query.queues WorkerInfo.capabilities',
  'of one graph, which has at most 2,000 nodes and 10,000 edges':
    'FamilySplit.cut WorkflowSplit.cut WorkflowSplit.made GraphDiff.edges GraphDiff.nodes NodeChange.fields Workflow.findings WorkflowVersion.findings Query.graphFindings OutputType.effectiveParams OrderLine.effectiveParams OutputTypeDraft.effectiveParams Preflight.nodes Preflight.findings Preflight.legacySteps PreflightNode.dependsOn PreflightNode.outcomes PreflightDependence.nodeIds NodeRun.inputs NodeRun.outputs Run.legacySteps PublishPreview.affected AffectedOutputType.losses OutputTypeDraft.workflows',
  'of one input, which is bounded itself':
    'DispatchBatch.lines DispatchBatch.cadFiles OrderPreflight.lines OrderPreflight.total Order.total LegacyImport.rows LegacyImportRow.findings LegacyImportRow.issues LegacyImportRow.report LegacySettingsPreview.findings LegacySettingsPreview.report MaterialRuleOrder.rules OutputTypeDraft.issues ValidationError.findings ValidationError.issues Query.nodes',
  'of one CAD file or one comparison, read as a whole anyway':
    'MaterialPreview.parts MaterialPreview.problems MaterialPreview.unmapped MaterialPreviewPart.fittingRuleIds ParityReport.comparisons ParityReport.reasons ParityComparison.figures ParityComparison.reasons ParityComparison.samples ParityGate.reasons StaleAsset.reasons BlenderInfo.gpuDevices',
};

const objects = Object.values(schema.getTypeMap()).filter(
  (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'),
);
const isList = (type: unknown): boolean => (isNonNullType(type) ? isList(type.ofType) : isListType(type));

test('every list is a page, says how many rows it has at most, or cannot grow', () => {
  const short = new Set(Object.values(SHORT).flatMap((names) => names.split(' ')));
  const open: string[] = [];
  for (const type of objects)
    for (const field of Object.values(type.getFields())) {
      if (!isList(field.type) || /(Connection|Edge)$/.test(type.name)) continue;
      const name = `${type.name}.${field.name}`;
      const said = [field, ...field.args].map(({ description }) => description).join(' ');
      const isBounded = /at most [\d,]+/i.test(said);
      if (!isBounded && !short.has(name)) open.push(name);
      if (isBounded) short.delete(name);
    }
  expect(open).toEqual([]);
  const all = new Set(objects.flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)));
  for (const name of short) expect(all, `${name} is no more`).toContain(name);
});

let app: TestApp;
let db: PrismaClient;
let catalogue: Catalogue;

/** The lists of the root that can be sorted, with what they can be sorted by. */
const sorted = Object.values(schema.getQueryType()!.getFields()).flatMap((field) => {
  const arg = field.args.find(({ name }) => name === 'orderBy');
  if (!arg) return [];
  const by = (getNamedType(arg.type) as GraphQLInputObjectType).getFields().by!;
  const columns = (getNamedType(by.type) as GraphQLEnumType).getValues().map(({ name }) => name);
  return columns.flatMap((column) => ['asc', 'desc'].map((direction) => [field.name, column, direction] as const));
});
const same = new Date('2026-01-02T03:04:05Z');
const FIVE = [1, 2, 3, 4, 5];

beforeAll(async () => {
  app = await startTestApp();
  db = app.platform.db;
  catalogue = await createCatalogue(app.platform);
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
  await db.asset.updateMany({ data: { publishedAt: same } });
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

async function page(list: string, args: string): Promise<{ ids: string[]; info: any }> {
  const { data, errors } = await app.gql(
    `{ page: ${list}(${args}) { edges { node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
  );
  expect(errors).toBeUndefined();
  return { ids: data.page.edges.map(({ node }: any) => node.id), info: data.page.pageInfo };
}

async function pages(list: string, orderBy: string, backwards = false, between = async () => {}): Promise<string[]> {
  const found: string[] = [];
  for (let cursor = ''; ; ) {
    const at = backwards ? `last: 2 ${cursor && `before: "${cursor}"`}` : `first: 2 ${cursor && `after: "${cursor}"`}`;
    const { ids, info } = await page(list, `${orderBy} ${at}`);
    if (backwards) found.unshift(...ids);
    else found.push(...ids);
    if (!(backwards ? info.hasPreviousPage : info.hasNextPage)) return found;
    cursor = backwards ? info.startCursor : info.endCursor;
    await between();
  }
}

test('lists that grow with use can be sorted', () => {
  const lists = new Set(sorted.map(([list]) => list));
  const connections = Object.values(schema.getQueryType()!.getFields()).filter(
    (field: GraphQLField<unknown, unknown>) => getNamedType(field.type).name.endsWith('Connection'),
  );
  // What is out of date is worked out as it is read.
  expect(connections.map(({ name }) => name).filter((name) => !lists.has(name))).toEqual(['staleAssets']);
});

test.each(sorted)(
  '%s by %s %s: pages put together are the whole list, forward and back',
  async (list, by, direction) => {
    const orderBy = `orderBy: { by: ${by}, direction: ${direction} }`;
    const { ids } = await page(list, `${orderBy} first: 100`);
    if (list !== 'workflows' && list !== 'outputTypes') expect(ids.length).toBeGreaterThanOrEqual(5);
    expect(await pages(list, orderBy)).toEqual(ids);
    expect(await pages(list, orderBy, true)).toEqual(ids);
    const other = direction === 'asc' ? 'desc' : 'asc';
    expect((await page(list, `orderBy: { by: ${by}, direction: ${other} } first: 100`)).ids).toEqual(
      [...ids].reverse(),
    );
  },
);

test.each([
  ['asc', 'A'],
  ['desc', 'A'],
])('rows that come in between pages (%s, %s) shift nothing', async (direction, name) => {
  const orderBy = `orderBy: { by: name, direction: ${direction} }`;
  const { ids } = await page('cadFiles', `${orderBy} first: 100`);
  const { artifactId } = catalogue.cadFile;
  const found = await pages('cadFiles', orderBy, false, async () => {
    await db.cadFile.create({ data: { name, artifactId } });
  });
  expect(found.filter((id) => ids.includes(id))).toEqual(ids);
  expect(new Set(found).size).toBe(found.length);
  await db.cadFile.deleteMany({ where: { name, createdAt: { not: same } } });
});

test('a cursor whose row is no more is told, and not taken for the end', async () => {
  const { artifactId } = catalogue.cadFile;
  const { id } = await db.cadFile.create({ data: { name: 'Gone', artifactId } });
  const { info } = await page('cadFiles', 'filter: { text: "gone" } first: 1');
  const next = `{ cadFiles(first: 1, after: "${info.endCursor}") { edges { cursor } } }`;
  expect((await app.gql(next)).data.cadFiles.edges).toHaveLength(1);
  await db.cadFile.delete({ where: { id } });
  const { errors } = await app.gql(next);
  expect(errors?.[0]).toMatchObject({ message: expect.stringContaining('Begin'), extensions: { code: 'CURSOR_GONE' } });
});

test('filters choose, alone and together', async () => {
  const count = async (list: string, args: string) => (await page(list, `first: 100 ${args}`)).ids.length;
  const all = await count('runs', '');
  expect(await count('runs', 'filter: { text: "BEARING" }')).toBe(all);
  expect(await count('runs', 'filter: { text: "%" }')).toBe(0);
  expect(await count('runs', `filter: { from: "${same.toISOString()}", to: "2026-01-02T03:04:06Z" }`)).toBe(5);
  expect(await count('runs', `filter: { to: "${same.toISOString()}" }`)).toBe(0);
  expect(await count('runs', 'filter: { mode: [legacy] }')).toBe(0);
  expect(await count('orders', 'filter: { text: "po" }')).toBe(2);
  expect(await count('orders', `filter: { text: "${catalogue.order.number}" }`)).toBe(1);
  expect(await count('orders', 'filter: { text: "99999999999" }')).toBe(0);
  expect(await count('orders', 'filter: { runStatus: [failed] }')).toBe(0);
  expect(await count('orders', 'filter: { state: [draft] }')).toBe(await count('orders', ''));
  expect(await count('orders', 'filter: { state: [delivered, failed] }')).toBe(0);
  expect(await count('assets', 'filter: { kind: ["glb_model"], text: "bear" }')).toBe(5);
  expect(await count('assets', 'filter: { kind: [] }')).toBe(0);
  expect(await count('materials', 'text: "M1"')).toBe(1);
  expect(await count('renderTemplates', 'text: "stud"')).toBe(6);
  expect(await count('workflows', 'text: "intake"')).toBe(1);
  expect(await count('outputTypes', 'text: "nothing"')).toBe(0);
  expect(await count('accounts', 'text: "account 2" role: [viewer]')).toBe(1);
  expect(await count('accounts', 'role: [admin]')).toBe(0);
  expect(await count('notifications', 'unreadOnly: true')).toBe(5);
  expect(await count('auditTrail', 'filter: { outcome: ["FORBIDDEN"] }')).toBe(0);
  expect(await count('cadFiles', 'filter: { text: "a", from: "2026-01-03T00:00:00Z" }')).toBe(1);
  const run = await db.run.findFirstOrThrow();
  await db.run.update({ where: { id: run.id }, data: { orderLineId: catalogue.line.id } });
  for (const text of ['bearing 6205', '1k, TRANSPARENT'])
    expect(await count('runs', `filter: { text: "${text}" }`), text).toBe(1);
  const { errors } = await app.gql(`{ runs(filter: { text: "${'x'.repeat(201)}" }) { totalCount } }`);
  expect(errors?.[0]?.message).toContain('at most 200 characters');
});

test('mapping rules, which come whole, are only taken as long as they do', async () => {
  const { id: materialId } = await db.material.findFirstOrThrow();
  await db.materialRule.createMany({
    data: Array.from({ length: 2_000 }, () => ({ materialId, cadColor: '#00ff00', priority: 1 })),
  });
  const { data } = await app.gql(
    'mutation ($input: MaterialRuleInput!) { createMaterialRule(input: $input) { ... on Error { code } } }',
    { input: { materialId: encodeGlobalId('Material', materialId), cadColor: '#0000ff' } },
  );
  expect(data.createMaterialRule.code).toBe('TOO_MANY_RULES');
  expect((await app.gql('{ materialRules { id } }')).data.materialRules).toHaveLength(2_000);
});
