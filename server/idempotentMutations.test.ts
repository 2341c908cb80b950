import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type GraphQLField, getNamedType, isInputObjectType, isObjectType, isUnionType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runBlender } from '../modules/render/blender.js';
import { OWNER } from '../runtime/access/ownership.js';
import { createWebhook, pingWebhook } from '../runtime/webhooks/webhooks.js';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { schema } from '../schema/index.js';
import { makeBlendStudio } from '../tests/support/blendStudio.js';
import { radiancePicture } from '../tests/support/environmentPictures.js';
import { passingOn } from '../tests/support/inputValues.js';
import { createTestContext } from '../tests/support/moduleContext.js';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';
import { CAD_GRAPH, type Catalogue, createCatalogue, createEndedRun, STEP_FILE } from '../tests/support/testData.js';
import { describeWith } from '../tests/support/tools.js';

/** Mutations that take no key, and why sending one again does no harm. */
const KEYLESS: Record<string, string> = {
  'put something into a state, in which it then is':
    'archiveCategory archiveEnvironmentImage archiveMaterial archiveOutputType archivePricingTier archiveRenderTemplate archiveWorkflow cancelOrder cancelOrderLine cancelRun deleteMaterialRule deleteWebhook removeMaterialBlend removeMaterialTexture removeOrderLine reorderMaterialRules revokeApiToken setParityPolicy setProductMaterials setRollout updateAccount updateCategory updateMaterial updateMaterialRule updateOutputType updatePricingTier updateProduct updateRenderTemplate updateWebhook updateWorkflow',
  'go by the revision that was seen': 'publishWorkflow restoreWorkflowVersion saveWorkflowDraft splitWorkflow',
  'make the one report of two runs anew': 'compareRuns rerunParity',
  'tell by what is there what they did before': 'importLegacyOutputTypes redeliverFailedWebhookEvents',
};

type Mutation = GraphQLField<unknown, unknown>;
const mutations: Mutation[] = Object.values(schema.getMutationType()!.getFields());
const inputOf = ({ args }: Mutation) => {
  const type = args.find(({ name }) => name === 'input')?.type;
  const named = type && getNamedType(type);
  return isInputObjectType(named) ? named : null;
};
const keyInInput = (mutation: Mutation) => 'idempotencyKey' in (inputOf(mutation)?.getFields() ?? {});
const isKeyed = (mutation: Mutation) =>
  keyInInput(mutation) || mutation.args.some(({ name }) => name === 'idempotencyKey');

let app: TestApp;
let catalogue: Catalogue;
let count = 0;
beforeAll(async () => {
  app = await startTestApp();
  catalogue = await createCatalogue(app.platform);
});
afterAll(() => app?.close());

const product = () => id('Product', catalogue.product.id);
const outputType = () => id('OutputType', catalogue.outputType.id);
const aLine = (more: object = {}) => ({ productId: product(), outputTypeId: outputType(), ...more });
const cadFile = () => id('CadFile', catalogue.cadFile.id);

async function order() {
  const line = { productId: catalogue.product.id, outputTypeId: catalogue.outputType.id };
  const lines = { create: [1, 2].map((lineNumber) => ({ ...line, lineNumber })) };
  const made = await app.platform.db.order.create({ data: { lines }, include: { lines: true } });
  return { id: id('Order', made.id), lineIds: made.lines.map((each) => id('OrderLine', each.id)) };
}
async function run(status: 'succeeded' | 'failed' = 'succeeded') {
  const { runId } = await createEndedRun(app.platform, catalogue);
  if (status === 'failed') {
    await app.platform.db.run.update({ where: { id: runId }, data: { status } });
    await app.platform.db.nodeRun.updateMany({ where: { runId, idx: 1 }, data: { status } });
  }
  return id('Run', runId);
}
async function webhook(): Promise<string> {
  const content = { name: 'Shop', url: 'https://shop.example', eventTypes: ['run.failed'] };
  return (await createWebhook(app.platform, OWNER, content)).id;
}
async function delivery() {
  const deliveryId = await pingWebhook(app.platform, OWNER, await webhook());
  await app.platform.db.webhookDelivery.update({ where: { id: deliveryId }, data: { status: 'delivered' } });
  return id('WebhookDelivery', deliveryId);
}
async function account() {
  const { id: accountId } = await app.platform.db.account.create({ data: { name: `A ${++count}`, role: 'viewer' } });
  return id('Account', accountId);
}
async function material() {
  const name = `material ${++count}`;
  return id('Material', (await app.platform.db.material.create({ data: { name, label: name, spec: {} } })).id);
}
/** An asset whose product has another CAD file since. */
async function staleAsset() {
  const { db } = app.platform;
  const { id: lineId } = (await db.orderLine.findFirstOrThrow({ where: { orderId: catalogue.order.id } }))!;
  const { runId } = await createEndedRun(app.platform, catalogue);
  await db.run.update({ where: { id: runId }, data: { orderLineId: lineId } });
  const revised = await db.cadFile.create({ data: { name: 'revised.step', artifactId: catalogue.cadFile.artifactId } });
  await db.product.update({ where: { id: catalogue.product.id }, data: { cadFileId: revised.id } });
  return id('Asset', (await db.asset.findFirstOrThrow({ where: { runId } })).id);
}

interface Sent {
  content: Uint8Array;
  name: string;
}
interface Request {
  /** Arguments; where a mutation has `input`, what is in it. */
  args: object;
  file?: Sent;
}
/** A request, and one that is not the same. */
type Pair = () => Promise<[Request, Request]>;

const pair = (args: object, other: object): [Request, Request] => [{ args }, { args: { ...args, ...other } }];
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
  'base64',
);

const REQUESTS: Record<string, Pair> = {
  addOrderLines: async () => pair({ orderId: (await order()).id, lines: [aLine()] }, { lines: [aLine(), aLine()] }),
  createAccount: async () => pair({ name: 'Somebody', role: 'viewer' }, { role: 'artist' }),
  createApiToken: async () => pair({ accountId: await account(), name: 'PIM' }, { name: 'ERP' }),
  createCategory: async () => pair({ key: 'gears', label: 'Gears' }, { label: 'Wheels' }),
  createMaterial: async () => pair({ name: 'brass', label: 'Brass' }, { label: 'Bronze' }),
  createMaterialRule: async () => pair({ materialId: await material(), cadColor: '#ff0000' }, { cadColor: '#00ff00' }),
  createOrder: async () => pair({ lines: [aLine()], reference: 'PO-1' }, { reference: 'PO-2' }),
  createOrderLine: async () => pair({ ...aLine(), orderId: (await order()).id }, { orderId: (await order()).id }),
  createOutputType: async () =>
    pair({ name: 'New', family: 'order_line', artifactKind: 'still_image' }, { name: 'Other' }),
  createPricingTier: async () =>
    pair({ key: 'more', label: 'More', currency: 'EUR', unitPriceCents: 100 }, { unitPriceCents: 200 }),
  createProduct: async () => pair({ sku: 'NEW', name: 'New', cadFileId: cadFile() }, { name: 'Other' }),
  createRenderTemplate: async () => pair({ name: 'light', label: 'Light' }, { label: 'Dark' }),
  createSignInLink: async () => pair({ accountId: await account() }, { accountId: await account() }),
  createWebhook: async () =>
    pair({ name: 'Shop', url: 'https://shop.example', eventTypes: ['run_failed'] }, { url: 'https://other.example' }),
  createWorkflow: async () => pair({ name: 'New', family: 'cad_file' }, { name: 'Other' }),
  dispatch: async () =>
    pair({ cadFileId: cadFile(), workflowId: id('Workflow', catalogue.workflow.id) }, { useDraft: true }),
  dispatchOrder: async () => pair({ orderId: (await order()).id }, { orderId: (await order()).id }),
  dispatchOrderLines: async () => {
    const { lineIds } = await order();
    return pair({ orderLineIds: [lineIds[0]] }, { orderLineIds: lineIds });
  },
  duplicateOutputType: async () => pair({ outputTypeId: outputType(), name: 'Copy' }, { name: 'Other copy' }),
  pingWebhook: async () => pair({ id: id('Webhook', await webhook()) }, { id: id('Webhook', await webhook()) }),
  redeliverWebhookEvent: async () => pair({ deliveryId: await delivery() }, { deliveryId: await delivery() }),
  requeueStaleAssets: async () => pair({ filter: { productId: product() } }, { assetIds: [await staleAsset()] }),
  rerunFromNode: async () => pair({ runId: await run(), nodeId: 'mesh' }, { nodeId: 'source' }),
  retryRun: async () => pair({ id: await run('failed') }, { id: await run('failed') }),
  rotateWebhookSecret: async () => pair({ id: id('Webhook', await webhook()), overlapHours: 24 }, { overlapHours: 0 }),
  uploadCadFile: async () => {
    const content = await readFile(STEP_FILE);
    // As long, and something else.
    const changed = Buffer.from(
      content.toString('latin1').replace(/\d(?=\D*$)/, (last) => (last === '1' ? '2' : '1')),
      'latin1',
    );
    return [
      { args: {}, file: { content, name: 'part.step' } },
      { args: {}, file: { content: changed, name: 'part.step' } },
    ];
  },
  uploadEnvironmentImage: async () => {
    const picture = (brightness: number) => radiancePicture(64, 32, () => [brightness, brightness, brightness]);
    return [
      { args: {}, file: { content: picture(0.5), name: 'sky.hdr' } },
      { args: {}, file: { content: picture(0.6), name: 'sky.hdr' } },
    ];
  },
  uploadMaterialTexture: async () => {
    const args = { materialId: await material(), channel: 'baseColor' };
    return [
      { args, file: { content: PNG, name: 'a.png' } },
      { args: { ...args, channel: 'roughness' }, file: { content: PNG, name: 'a.png' } },
    ];
  },
};

const WITH_BLENDER: Record<string, Pair> = {
  uploadRenderTemplate: async () => {
    const context = await createTestContext();
    try {
      const content = await readFile((await makeBlendStudio(context.ctx)).file);
      const args = { name: 'studio_file', label: 'Studio' };
      return [
        { args, file: { content, name: 'studio.blend' } },
        { args: { ...args, label: 'Other' }, file: { content, name: 'studio.blend' } },
      ];
    } finally {
      await context.cleanup();
    }
  },
  uploadMaterialBlend: async () => {
    const context = await createTestContext();
    const folder = await mkdtemp(path.join(tmpdir(), 'hartomat-blend-'));
    try {
      await runBlender(context.ctx, { script: '../../../tests/fixtures/blender/make_materials.py', job: { folder } });
      const file = { content: await readFile(path.join(folder, 'good.blend')), name: 'paint.blend' };
      const args = { materialId: await material(), material: 'Signal green' };
      return [
        { args, file },
        { args: { ...args, materialId: await material() }, file },
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
      await context.cleanup();
    }
  },
};

/** What tells the members of the result from each other. */
function selectionOf({ type }: Mutation): string {
  const named = getNamedType(type);
  const special: Record<string, string> = {
    CreatedApiToken: 'token { id }',
    WebhookSecret: 'webhook { id }',
    SignInLink: 'path expiresAt',
    DispatchBatch:
      'lines { orderLineId result { ... on Run { id } ... on Error { code } } } cadFiles { result { ... on Run { id } } }',
    OrderLine: 'id order { id }',
    Order: 'id lines { id }',
  };
  const members = isUnionType(named) ? named.getTypes() : [named];
  const parts = members.flatMap((member) =>
    isObjectType(member) && !member.name.endsWith('Error')
      ? `... on ${member.name} { ${special[member.name] ?? 'id'} }`
      : [],
  );
  return `{ __typename ${parts.join(' ')} ... on Error { code message } }`;
}

async function send(mutation: Mutation, { args, file }: Request, idempotencyKey: string) {
  const isIn = keyInInput(mutation);
  const { input, ...besides } = args as { input?: object };
  const content = { ...besides, ...input };
  const variables = inputOf(mutation)
    ? isIn
      ? { input: { ...content, idempotencyKey } }
      : { input: content, idempotencyKey }
    : { ...content, idempotencyKey };
  const query = passingOn('mutation', mutation.name, mutation.args, selectionOf(mutation));
  const form = new FormData();
  form.set(
    'operations',
    JSON.stringify({ query, variables: file ? { input: { ...variables.input, file: null } } : variables }),
  );
  form.set('map', JSON.stringify(file ? { 0: ['variables.input.file'] } : {}));
  if (file) form.set('0', new Blob([file.content as BlobPart]), file.name);
  const response = await app.fetch('/graphql', {
    method: 'POST',
    body: form,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  const { data, errors } = (await response.json()) as { data: any; errors?: unknown };
  expect(errors).toBeUndefined();
  return data.it;
}

/** What each table holds, but for those that keep a record of requests. */
async function state(): Promise<Record<string, string>> {
  const { rows: tables } = await app.platform.pool.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name NOT IN ('request', 'audit_entry')`,
  );
  const hashes = tables.map(
    ({ name }) => `SELECT '${name}' AS name, md5(string_agg(t::text, '' ORDER BY t::text)) AS hash FROM "${name}" t`,
  );
  const { rows } = await app.platform.pool.query<{ name: string; hash: string }>(hashes.join(' UNION ALL '));
  return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]));
}

/** Things that a request does not say and that go on changing. */
async function timePasses() {
  const { db } = app.platform;
  const name = `Name ${++count}`;
  const graph = structuredClone(CAD_GRAPH);
  graph.nodes[1]!.ui = { x: count, y: 0 };
  await db.workflowVersion.create({
    data: { workflowId: catalogue.workflow.id, number: count + 1, graph: graph as object },
  });
  await db.material.updateMany({ data: { label: name } });
  await db.product.update({ where: { id: catalogue.product.id }, data: { name } });
  await db.pricingTier.updateMany({ data: { unitPriceCents: count } });
  await db.outputType.updateMany({ data: { visibility: 'hidden' } });
  await db.webhookDelivery.updateMany({ data: { status: 'delivered' } });
  await db.run.updateMany({
    where: { status: 'queued' },
    data: { status: 'failed', openNodes: 0, finishedAt: new Date() },
  });
}

async function happensOnce(name: string, requests: Pair) {
  await app.platform.db.outputType.updateMany({ data: { visibility: 'public' } });
  const mutation = mutations.find((each) => each.name === name)!;
  const key = `key of ${name}`;
  const [request, other] = await requests();
  const first = await send(mutation, request, key);
  expect(first).not.toHaveProperty('code');
  await timePasses();
  const before = await state();
  expect(await send(mutation, request, key)).toEqual(first);
  expect(await state()).toEqual(before);
  expect(await send(mutation, other, key)).toMatchObject({
    __typename: 'ConflictError',
    code: 'IDEMPOTENCY_KEY_REUSED',
  });
  expect(await state()).toEqual(before);
}

test('whatever makes or starts something takes a key, and the rest says why it needs none', () => {
  const keyless = Object.values(KEYLESS).flatMap((names) => names.split(' '));
  expect(keyless.sort()).toEqual(
    mutations
      .filter((each) => !isKeyed(each))
      .map(({ name }) => name)
      .sort(),
  );
  expect(
    mutations
      .filter(isKeyed)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(Object.keys({ ...REQUESTS, ...WITH_BLENDER }).sort());
});

test.each(Object.entries(REQUESTS))(
  '%s: the same key is one effect, whatever else changes, and something else is a conflict',
  happensOnce,
);

describeWith('blender', 'what Blender looks at first', () => {
  test.each(Object.entries(WITH_BLENDER))(
    '%s: the same key is one effect, and something else is a conflict',
    happensOnce,
  );
});
