import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse, print } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccount, createApiToken } from '../../../runtime/access/accounts.js';
import { encodeGlobalId } from '../../../schema/globalId.js';
import { startTestApp, type TestApp } from '../../../tests/support/testApp.js';
import { type Catalogue, createCatalogue } from '../../../tests/support/testData.js';
import { type RunningWorker, startWorker } from '../../../worker/worker.js';
import { nodeDefinition } from '../../../workflow/nodeDefinitions.js';
import { type PartnerClient, partnerClient } from './client.js';
import { placeOrder, produce } from './order.js';

const GRAPH = {
  format: 1,
  family: 'order_line',
  nodes: [
    { id: 'step', step: 'resolve_step_path', params: {} },
    { id: 'glb', step: 'export_glb', params: {} },
    { id: 'publish', step: 'publish_asset', params: {} },
  ],
  edges: [
    { from: { node: 'step', port: 'step' }, to: { node: 'glb', port: 'step' } },
    { from: { node: 'glb', port: 'glb' }, to: { node: 'publish', port: 'source' } },
  ],
};

let app: TestApp;
let worker: RunningWorker;
let catalogue: Catalogue;
let token: string;
let client: PartnerClient;
let into: string;
beforeAll(async () => {
  app = await startTestApp({ definition: nodeDefinition });
  const { db } = app.platform;
  catalogue = await createCatalogue(app.platform);
  worker = await startWorker(app.platform);
  await db.outputType.create({
    data: {
      key: 'glb',
      name: 'Model for the web',
      family: 'order_line',
      artifactKind: 'glb_model',
      rollout: 'graph',
      visibility: 'public',
      workflow: {
        create: {
          key: 'glb',
          name: 'GLB',
          family: 'order_line',
          draft: GRAPH,
          versions: { create: { number: 1, graph: GRAPH } },
        },
      },
    },
  });
  const { id: accountId } = await createAccount(app.platform, { name: 'A shop', role: 'partner' });
  token = (await createApiToken(app.platform, { accountId, name: 'shop' })).secret;
  client = partnerClient(app.url, token);
  into = await mkdtemp(path.join(tmpdir(), 'hartomat-partner-'));
});
afterAll(async () => {
  await worker?.stop(0);
  await app?.close();
  if (into) await rm(into, { recursive: true });
});

const shop = (...more: string[]) =>
  promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('main.ts', import.meta.url)), app.url, ...more],
    { env: { ...process.env, HARTOMAT_TOKEN: token } },
  );

test('the program signs in, looks around, orders, has it produced and fetches the files', async () => {
  const args = ['--sku', '6205', '--output-type', 'glb', '--reference', 'PO-1', '--into', into, '--every', '200'];
  const { stdout } = await shop(...args);
  expect(stdout).toContain('Signed in as A shop, who may order.');
  expect(stdout).toContain('1 started.');
  const [file] = await readdir(into);
  expect(stdout).toContain(`delivered: ${file} in ${into}.`);
  expect((await readFile(path.join(into, file!))).subarray(0, 4).toString()).toBe('glTF');
});

test('without a known product it says what there is', async () => {
  await expect(shop('--sku', 'nothing')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--sku 6205'),
  });
});

test('an order that is placed and produced twice is there once', async () => {
  const type = await app.platform.db.outputType.findUniqueOrThrow({ where: { key: 'glb' } });
  const lines = [
    { productId: encodeGlobalId('Product', catalogue.product.id), outputTypeId: encodeGlobalId('OutputType', type.id) },
  ];
  const [first, again] = [await placeOrder(client, 'PO-2', lines), await placeOrder(client, 'PO-2', lines)];
  expect(again).toEqual(first);
  const order = { id: first.id, reference: 'PO-2' };
  const [batch, same] = [await produce(client, order), await produce(client, order)];
  const runs = (of: typeof batch) => of.lines.map(({ result }) => ('id' in result ? result.id : result.code));
  expect(runs(same)).toEqual(runs(batch));
  expect(await app.platform.db.run.count({ where: { orderLine: { order: { reference: 'PO-2' } } } })).toBe(1);
  await expect(placeOrder(client, 'PO-2', [...lines, ...lines])).rejects.toThrow('used before');
  await expect(placeOrder(client, 'PO-3', [{ ...lines[0]!, quantity: 0 }])).rejects.toThrow('/lines/0/quantity');
});

test('docs/api.md shows the operations as they are', async () => {
  const read = (where: string) => readFile(new URL(where, import.meta.url), 'utf8');
  const [page, operations] = await Promise.all([read('../../api.md'), read('operations.graphql')]);
  const shown = [...page.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, text]) => print(parse(text!)));
  expect(shown).toEqual(parse(operations).definitions.map((definition) => print(definition)));
});
