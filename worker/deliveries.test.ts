import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { dispatch } from '../runtime/runs/dispatch.js';
import { GlbSales } from '../tests/support/glbSales.js';
import { createTestPlatform, type TestPlatform } from '../tests/support/platform.js';
import { type Catalogue, createCatalogue } from '../tests/support/testData.js';
import { outcomeOf } from '../tests/support/testRuns.js';
import { describeWith } from '../tests/support/tools.js';
import { type RunningWorker, startWorker } from './worker.js';

// From the order to catalogue and partner, with the real modules: a GLB is sold, which needs no Blender.

let test: TestPlatform;
let catalogue: Catalogue;
let sales: GlbSales;
const workers: RunningWorker[] = [];
let partner: Server;
let answers: number[] = [];
let url: string;

beforeAll(async () => {
  partner = createServer((request, response) => {
    request.resume();
    response.writeHead(answers.shift() ?? 204).end();
  });
  await new Promise<void>((resolve) => partner.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(partner.address() as AddressInfo).port}/hook`;
  vi.stubEnv('HARTOMAT_WEBHOOK_ALLOW_HOSTS', '127.0.0.1');
  test = await createTestPlatform();
  catalogue = await createCatalogue(test.platform);
  sales = new GlbSales(test.platform, catalogue);
  for (let i = 0; i < 2; i += 1)
    workers.push(
      await startWorker(await test.another({ maxConnections: 4 }), {
        concurrency: { cpu: 2, io: 4, cad: 1, blender: 1 },
      }),
    );
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all(workers.map((worker) => worker.stop(0)));
  await test?.remove();
  partner?.close();
});

const ended = (runId: string) => outcomeOf(test.platform, runId);

it('numbers the versions of one name however many runs publish at once, and overwrites nothing', async () => {
  const { id, key } = await sales.outputType({});
  // The first fills the cache, so that the others come to publishing at the same moment.
  const first = await ended(await sales.order(id));
  const others = await Promise.all(Array.from({ length: 9 }, () => sales.order(id)));
  const runs = [first, ...(await Promise.all(others.map(ended)))];
  expect(runs.map(({ run }) => run.status)).toEqual(Array(10).fill('succeeded'));
  const versions = await sales.assets(id);
  expect(versions.map(({ name, version }) => `${name} ${version}`)).toEqual(
    Array.from({ length: 10 }, (_, i) => `6205_${key}.glb ${i + 1}`),
  );
  expect(new Set(versions.map(({ runId }) => runId)).size).toBe(10);
  expect(versions.map(({ supersedesId }) => supersedesId)).toEqual([null, ...versions.slice(0, -1).map((v) => v.id)]);
  expect(versions.map(({ supersededAt }) => supersededAt)).toEqual([
    ...versions.slice(1).map(({ publishedAt }) => publishedAt),
    null,
  ]);
});

it('gives a taken name a number, where the policy says so', async () => {
  const { id } = await sales.outputType({ collision: 'suffix', fileName: 'part.v1' });
  for (let i = 0; i < 3; i += 1) await ended(await sales.order(id));
  expect((await sales.assets(id)).map(({ name, version, supersededAt }) => [name, version, supersededAt])).toEqual([
    ['part.v1-2.glb', 1, null],
    ['part.v1-3.glb', 1, null],
    ['part.v1.glb', 1, null],
  ]);
});

it('publishes nothing where the policy is to stop', async () => {
  const { id } = await sales.outputType({ collision: 'fail', fileName: 'only-once' });
  expect((await ended(await sales.order(id))).run.status).toBe('succeeded');
  const { run, nodes } = await ended(await sales.order(id));
  expect(run).toMatchObject({
    status: 'failed',
    failure: { code: 'ASSET_NAME_TAKEN', message: expect.stringContaining('"only-once.glb"') },
  });
  expect(nodes.publish).toBe('failed');
  expect(await sales.assets(id)).toHaveLength(1);
});

it('takes two files of one name in one run for the mistake it is', async () => {
  const { id } = await sales.outputType({}, { second: {} });
  const { run } = await ended(await sales.order(id));
  expect(run).toMatchObject({ status: 'failed', failure: { code: 'ASSET_NAME_TAKEN' } });
  expect(await sales.assets(id)).toHaveLength(1);
});

it('keeps the contract of the output type', async () => {
  const { id } = await sales.outputType({}, { contract: { maxBytes: 100 } });
  expect((await ended(await sales.order(id))).run).toMatchObject({ failure: { code: 'ARTIFACT_CONTRACT_BROKEN' } });
  expect(await sales.assets(id)).toEqual([]);
});

it('keeps a record of a delivery: what went wrong, how often, and that it arrived', async () => {
  answers = [503, 429];
  const { id } = await sales.outputType({}, { notify: { channel: 'webhook', url } });
  const { run } = await ended(await sales.order(id));
  expect(run.status).toBe('succeeded');
  expect(await test.platform.db.notificationDelivery.findMany({ where: { runId: run.id } })).toMatchObject([
    {
      nodeId: 'notify',
      channel: 'webhook',
      target: new URL(url).host,
      status: 'delivered',
      attempts: 3,
      responseCode: 204,
      error: { code: 'WEBHOOK_UNAVAILABLE' },
    },
  ]);
});

it('keeps a record of what never arrived, and of the inbox', async () => {
  answers = [404];
  const refused = await sales.outputType({}, { notify: { channel: 'webhook', url } });
  const inbox = await sales.outputType({}, { notify: {} });
  const runs = await Promise.all([await sales.order(refused.id), await sales.order(inbox.id)].map(ended));
  expect(runs.map(({ run }) => run.status)).toEqual(['failed', 'succeeded']);
  const records = await test.platform.db.notificationDelivery.findMany({
    where: { runId: { in: runs.map(({ run }) => run.id) } },
    orderBy: { channel: 'asc' },
  });
  expect(records).toMatchObject([
    { channel: 'inbox', target: 'inbox', status: 'accepted', attempts: 1, responseCode: null, error: null },
    { channel: 'webhook', status: 'failed', attempts: 1, responseCode: 404, error: { code: 'WEBHOOK_REFUSED' } },
  ]);
});

describeWith('blender', 'a picture', () => {
  it('is delivered with its derivatives as one asset of its CAD file', async () => {
    const chain = ['step', 'glb', 'thumbnail', 'asset'];
    const steps = ['resolve_step_path', 'export_glb', 'render_thumbnail', 'publish_asset'];
    const derivatives = [
      { name: 'web', maxWidthPx: 128 },
      { name: 'mini', maxWidthPx: 32, format: 'jpeg' },
    ];
    const graph = {
      format: 1,
      family: 'cad_file',
      nodes: chain.map((id, i) => ({
        id,
        step: steps[i],
        params: id === 'asset' ? { derivatives } : id === 'thumbnail' ? { sizePx: 256 } : {},
      })),
      edges: [
        { from: { node: 'step', port: 'step' }, to: { node: 'glb', port: 'step' } },
        { from: { node: 'glb', port: 'glb' }, to: { node: 'thumbnail', port: 'glb' } },
        { from: { node: 'thumbnail', port: 'thumbnail' }, to: { node: 'asset', port: 'source' } },
      ],
    };
    const workflow = await test.platform.db.workflow.create({
      data: {
        key: 'thumbs',
        name: 'Thumbs',
        family: 'cad_file',
        draft: graph,
        versions: { create: { number: 1, graph } },
      },
    });
    const { runId } = await dispatch(test.platform, { cadFileId: catalogue.cadFile.id, workflowId: workflow.id });
    expect((await ended(runId)).run.status).toBe('succeeded');
    const [asset] = await test.platform.db.asset.findMany({
      where: { runId },
      include: { files: { include: { artifact: true }, orderBy: { position: 'asc' } } },
    });
    expect(asset).toMatchObject({
      name: 'bearing-6205.png',
      scope: `cad_file/${catalogue.cadFile.id}`,
      version: 1,
      files: [
        {
          position: 1,
          artifact: { role: 'asset_derivative', fileName: 'bearing-6205_web.webp', metadata: { widthPx: 128 } },
        },
        { position: 2, artifact: { fileName: 'bearing-6205_mini.jpg', metadata: { derivative: 'mini', widthPx: 32 } } },
      ],
    });
  });
});
