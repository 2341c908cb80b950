import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { type Catalogue, createCatalogue, createEndedRun } from '../tests/support/testData.js';

let app: TestApp;
let catalogue: Catalogue;
let run: Awaited<ReturnType<typeof createEndedRun>>;

beforeAll(async () => {
  app = await startTestApp();
  catalogue = await createCatalogue(app.platform);
  run = await createEndedRun(app.platform, catalogue);
});
afterAll(() => app.close());

/** Data of a query that must not fail. */
async function read(query: string, variables?: object) {
  const { data, errors } = await app.gql(query, variables);
  expect(errors).toBeUndefined();
  return data;
}

test('the viewer is told who they are', async () => {
  expect(await read('{ viewer { name role } }')).toEqual({ viewer: { name: 'Admin token', role: 'admin' } });
});

test('node definitions come whole, over GraphQL and over REST alike', async () => {
  const { nodeDefinitions } = await read(`{ nodeDefinitions(family: order_line) {
    step moduleKey version etag families label description category icon paramSchema uiSchema defaults
    artifactRolesConsumed artifactRolesProduced legacySource capability
    inputContract { name kind description isRequired takesMany givesMany roles mediaTypes schema entrySlot }
    outputContract { name kind description isRequired takesMany givesMany roles mediaTypes schema entrySlot }
    execution { timeoutMs retryAttempts retryBackoffMs determinism } } }`);
  const rest = await app.fetch('/api/workflows/node-definitions?family=order_line', {
    headers: { authorization: 'Bearer test-admin-token-0123456789' },
  });
  expect(await rest.json()).toEqual({ nodeDefinitions });
  const etag = rest.headers.get('etag')!;
  expect(etag).toMatch(/^"[0-9a-f]{64}"$/);
  const again = await app.fetch('/api/workflows/node-definitions?family=order_line', {
    headers: { authorization: 'Bearer test-admin-token-0123456789', 'if-none-match': etag },
  });
  expect([again.status, await again.text()]).toEqual([304, '']);
  const others = await app.fetch('/api/workflows/node-definitions?family=cad_file', {
    headers: { authorization: 'Bearer test-admin-token-0123456789', 'if-none-match': etag },
  });
  expect(others.status).toBe(200);
  expect(nodeDefinitions.map(({ step }: { step: string }) => step)).toContain('blender_still');
  expect(
    (await read('{ nodeDefinition(step: "blender_still") { paramSchema } }')).nodeDefinition.paramSchema,
  ).toMatchObject({
    type: 'object',
  });
  expect(
    (
      await app.fetch('/api/workflows/node-definitions?family=nonsense', {
        headers: { authorization: 'Bearer test-admin-token-0123456789' },
      })
    ).status,
  ).toBe(400);
  expect(await read('{ nodeDefinition(step: "no_such_step") { step } }')).toEqual({ nodeDefinition: null });
});

test('lists that params choose from are found by name, and an unknown name says which there are', async () => {
  expect(await read('{ lookup(name: "materials") { value label description } }')).toEqual({
    lookup: [{ value: 'steel', label: 'Steel', description: null }],
  });
  expect(await read('{ lookup(name: "renderTemplates") { value description } }')).toEqual({
    lookup: [{ value: 'studio', description: null }],
  });
  expect(await read('{ lookup(name: "categories") { value label } }')).toEqual({
    lookup: [{ value: 'bearings', label: 'Bearings' }],
  });
  const { errors } = await app.gql('{ lookup(name: "constructor") { value } }');
  expect(errors?.[0]?.extensions.code).toBe('UNKNOWN_LOOKUP');
});

test('the catalogue can be read', async () => {
  const data = await read(
    `query ($product: ID!, $outputType: ID!, $cadFile: ID!) {
      products { totalCount edges { cursor node { sku name materialAssignments category { key label } cadFile { name artifact { role byteSize url } } } } }
      outputTypes(family: order_line) { totalCount edges { node { key rollout visibility overrides workflow { key } pricingTier { currency unitPriceCents } categories { label } } } }
      cadFiles { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
      product(id: $product) { name } outputType(id: $outputType) { name } cadFile(id: $cadFile) { name }
    }`,
    {
      product: id('Product', catalogue.product.id),
      outputType: id('OutputType', catalogue.outputType.id),
      cadFile: id('CadFile', catalogue.cadFile.id),
    },
  );
  expect(data).toMatchObject({
    products: {
      totalCount: 1,
      edges: [{ node: { sku: '6205', category: { key: 'bearings' }, cadFile: { artifact: { role: 'step_source' } } } }],
    },
    outputTypes: {
      totalCount: 1,
      edges: [{ node: { rollout: 'legacy', workflow: null, categories: [{ label: 'Bearings' }] } }],
    },
    cadFiles: { totalCount: 1, pageInfo: { hasNextPage: false } },
    product: { name: 'Bearing 6205' },
    outputType: { name: 'Still 1K, transparent' },
    cadFile: { name: 'bearing-6205.step' },
  });
});

test('a workflow shows its draft, what is wrong with it and its versions', async () => {
  const { workflow, workflows } = await read(
    `query ($id: ID!) {
      workflow(id: $id) { key draft draftRevision hasUnpublishedChanges findings { code severity message nodeId path fix }
        latestVersion { number graph note } versions { totalCount edges { node { number } } } createdAt updatedAt }
      workflows(family: cad_file) { totalCount edges { node { name hasUnpublishedChanges latestVersion { number } findings { code } } } }
    }`,
    { id: id('Workflow', catalogue.workflow.id) },
  );
  expect(workflow).toMatchObject({
    hasUnpublishedChanges: false,
    latestVersion: { number: 1, note: 'First' },
    versions: { totalCount: 1 },
  });
  expect(workflow.findings.every((finding: { severity: string }) => finding.severity !== 'error')).toBe(true);
  expect(workflows.totalCount).toBe(1);
});

test('a run shows its nodes with what went in and came out', async () => {
  const { run: found } = await read(
    `query ($id: ID!) { run(id: $id) {
      title status family progress lastSeq graph failure { code } workflow { key } workflowVersion { number } cadFile { name } orderLine { lineNumber }
      nodeRuns { id nodeId label step moduleKey capability status attempt maxAttempts progress message isCached params failure { code }
        inputs { port artifact { role fileName } data } outputs { port artifact { role byteSize metadata } data } log { seq data } readyAt startedAt finishedAt }
      artifacts { role fileName } assets { name artifact { url } product { name } } events(after: 1) { seq type nodeId data at } } }`,
    { id: id('Run', run.runId) },
  );
  expect(found).toMatchObject({
    title: 'bearing-6205.step',
    status: 'succeeded',
    progress: 1,
    workflowVersion: { number: 1 },
    nodeRuns: [
      {
        label: 'The file',
        params: {},
        inputs: [{ port: 'source', artifact: { role: 'step_source', fileName: 'bearing-6205.step' }, data: null }],
        outputs: [{ port: 'step', artifact: { role: 'step_source' } }],
        log: [],
      },
      {
        label: 'Mesh',
        isCached: true,
        params: { quality: 'fine', deflectionMm: 0.1 },
        inputs: [{ port: 'step', artifact: { role: 'step_source' } }],
        outputs: [
          { port: 'glb', artifact: { role: 'glb_model', byteSize: 5_000_000_000, metadata: { triangleCount: 12 } } },
        ],
        log: [{ seq: 2, data: { message: 'Meshed 12 triangles.' } }],
      },
    ],
    artifacts: [{ role: 'step_source' }, { role: 'glb_model' }],
    assets: [{ name: 'bearing.glb', product: { name: 'Bearing 6205' } }],
    events: [{ seq: 2 }, { seq: 3, type: 'run.finished' }],
  });
});

test('runs can be filtered, and their order line, assets and messages be reached', async () => {
  const data = await read(
    `query ($cadFile: ID!, $workflow: ID!, $line: ID!) {
      about: runs(filter: { cadFileId: $cadFile, workflowId: $workflow, status: [succeeded, failed], family: cad_file }) { totalCount }
      none: runs(filter: { status: [] }) { totalCount edges { cursor } }
      other: runs(filter: { orderLineId: $line }) { totalCount }
      assets { totalCount edges { node { name kind run { title } orderLine { lineNumber order { number lines { quantity } } runs { id } assets { name } } } } }
      notifications { edges { node { title body readAt run { id } } } }
      workers { id host isAlive capabilities }
    }`,
    {
      cadFile: id('CadFile', catalogue.cadFile.id),
      workflow: id('Workflow', catalogue.workflow.id),
      line: id('OrderLine', catalogue.line.id),
    },
  );
  expect(data).toMatchObject({
    about: { totalCount: 1 },
    none: { totalCount: 0 },
    other: { totalCount: 0 },
    assets: { edges: [{ node: { orderLine: { lineNumber: 1, order: { lines: [{ quantity: 1 }] } } } }] },
    notifications: { edges: [{ node: { title: 'Ready', readAt: null } }] },
    workers: [],
  });
});

describe('ids', () => {
  test('every kind of object can be found again by its id, alone and among others', async () => {
    const ids = [
      id('Artifact', catalogue.cadFile.artifactId),
      id('CadFile', catalogue.cadFile.id),
      id('Category', catalogue.category.id),
      id('NodeRun', `${run.runId}:1`),
      id('Order', catalogue.order.id),
      id('OrderLine', catalogue.line.id),
      id('OutputType', catalogue.outputType.id),
      id('PricingTier', catalogue.tier.id),
      id('Product', catalogue.product.id),
      id('Run', run.runId),
      id('Workflow', catalogue.workflow.id),
      id('WorkflowVersion', catalogue.version.id),
    ];
    const { nodes } = await read('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids });
    expect(nodes.map((node: { id: string }) => node.id)).toEqual(ids);
    const { node } = await read('query ($id: ID!) { node(id: $id) { ... on NodeRun { nodeId label } } }', {
      id: ids[3],
    });
    expect(node).toEqual({ nodeId: 'mesh', label: 'Mesh' });
  });

  test('an id of something that is not there gives null', async () => {
    const nobody = '00000000-0000-7000-8000-000000000000';
    const data = await read(
      'query ($run: ID!, $node: ID!) { run(id: $run) { id } node(id: $node) { id } nodes(ids: [$run]) { id } }',
      {
        run: id('Run', nobody),
        node: id('NodeRun', `${nobody}:0`),
      },
    );
    expect(data).toEqual({ run: null, node: null, nodes: [null] });
  });

  test.each([
    ['nonsense', 'nonsense'],
    ['an empty text', ''],
    ['a raw uuid', '0198c0de-0000-7000-8000-000000000000'],
    ['a type that does not exist', Buffer.from('Secret:0198c0de-0000-7000-8000-000000000000').toString('base64url')],
    ['a local id that is none', Buffer.from("Run:1' or true --").toString('base64url')],
    ['an id of another type', id('Workflow', '0198c0de-0000-7000-8000-000000000000')],
  ])('%s is refused with a code, without touching the database', async (_what, wrong) => {
    const { data, errors } = await app.gql('query ($id: ID!) { run(id: $id) { id } }', { id: wrong });
    expect(data).toEqual({ run: null });
    expect(errors?.[0]?.extensions.code).toBe('BAD_ID');
  });

  test('more than a hundred at a time are refused', async () => {
    const ids = Array.from({ length: 101 }, () => id('Run', run.runId));
    const { errors } = await app.gql('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
    expect(errors?.[0]?.extensions.code).toBe('TOO_MANY_IDS');
  });
});

describe('lists', () => {
  const PAGE =
    'query ($first: Int, $after: String, $last: Int, $before: String) { runs(first: $first, after: $after, last: $last, before: $before) { totalCount edges { node { id } } pageInfo { hasNextPage endCursor } } }';

  test('a page stays right when rows come in before the next one is asked for', async () => {
    for (let minute = 1; minute <= 3; minute++)
      await createEndedRun(app.platform, catalogue, new Date(Date.now() - minute * 60_000));
    const first = (await read(PAGE, { first: 2 })).runs;
    await createEndedRun(app.platform, catalogue);
    const second = (await read(PAGE, { first: 2, after: first.pageInfo.endCursor })).runs;
    const seen = [...first.edges, ...second.edges].map((edge: any) => edge.node.id);
    expect(new Set(seen).size).toBe(4);
    expect(second.pageInfo.hasNextPage).toBe(false);
  });

  test('products are found by article number, name and category', async () => {
    const query = 'query ($filter: ProductFilter) { products(filter: $filter) { totalCount edges { node { sku } } } }';
    const find = async (filter: object) => {
      const { totalCount, edges } = (await read(query, { filter })).products;
      expect(totalCount).toBe(edges.length);
      return edges.map(({ node }: { node: { sku: string } }) => node.sku);
    };
    const { db } = app.platform;
    await db.product.create({ data: { sku: '100%_X', name: 'Gear wheel', cadFileId: catalogue.cadFile.id } });
    expect(await find({ text: 'gEAR' })).toEqual(['100%_X']);
    expect(await find({ text: '0%_' })).toEqual(['100%_X']);
    expect(await find({ text: '6_0' })).toEqual([]);
    expect(await find({ categoryId: id('Category', catalogue.category.id) })).toEqual(['6205']);
    expect(await find({ categoryId: id('Category', catalogue.category.id), text: 'gear' })).toEqual([]);
  });

  test('no page is longer than a hundred rows, and a made-up cursor is refused in words', async () => {
    const { errors } = await app.gql(PAGE, { first: -1 });
    expect(errors).toHaveLength(1);
    expect((await app.gql(PAGE, { first: 1_000_000 })).data?.runs.edges.length).toBeLessThanOrEqual(100);
    for (const after of ['nonsense', Buffer.from('GPC:S:no-uuid').toString('base64')]) {
      const { errors } = await app.gql(PAGE, { first: 1, after });
      expect(errors?.[0]?.message).toBe('This is not a cursor of this API.');
      expect(errors?.[0]?.extensions.code).toBe('VALIDATION_FAILED');
    }
  });

  test('a list of runs with all their nodes takes as many SQL statements for one run as for five', async () => {
    const everything = `query ($first: Int!) { runs(first: $first) { totalCount edges { node {
      title status progress graph workflow { name latestVersion { number } } workflowVersion { number } cadFile { name artifact { url } }
      nodeRuns { label params status inputs { port artifact { url } } outputs { artifact { role } } log(first: 5) { seq } }
      artifacts { role } assets { name artifact { url } product { name category { label } } } } } } }`;
    // Every statement, Prisma's own included, goes through a connection of this pool.
    const query = vi.spyOn(pg.Client.prototype, 'query');
    const counted = async (first: number) => {
      query.mockClear();
      const { runs } = await read(everything, { first });
      expect(runs.edges).toHaveLength(first);
      return query.mock.calls.length;
    };
    try {
      const forOne = await counted(1);
      expect(forOne).toBeGreaterThan(3);
      expect(await counted(5)).toBe(forOne);
    } finally {
      query.mockRestore();
    }
  });
});
