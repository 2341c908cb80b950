import { randomUUID } from 'node:crypto';
import { readdir, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Seeded, seed } from '../prisma/seed.js';
import { createOrder } from '../runtime/orders/orders.js';
import { encodeGlobalId as id, localId } from '../schema/globalId.js';
import { createMember } from '../tests/support/members.js';
import { preflightCalls, statesOf } from '../tests/support/preflightCalls.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { nodeDefinition } from '../workflow/nodeDefinitions.js';

let app: TestApp;
let seeded: Seeded;
let calls: ReturnType<typeof preflightCalls>;
const line = (...given: Parameters<typeof calls.line>) => calls.line(...given);
const ask = (input: object) => calls.ask(input);
const problems = (input: object) => calls.problems(input);
beforeAll(async () => {
  app = await startTestApp({ definition: nodeDefinition });
  seeded = await seed(app.platform);
  calls = preflightCalls(app, seeded);
});
afterAll(() => app?.close());

/** Everything that could be stored: rows, and files. */
async function stored() {
  const { db, settings } = app.platform;
  const files = await readdir(settings.artifactDir, { recursive: true });
  return [await db.artifact.count(), await db.resultCache.count(), await db.run.count(), files.length];
}

describe('a preflight', () => {
  it('says without a trace what is missing before anything was ever run', async () => {
    const orderLineId = await line();
    const before = await stored();
    const found = await ask({ orderLineId });
    expect(found).toMatchObject({ isReady: false, mode: 'graph', price: { amount: '29.00' }, duration: null });
    expect(found.findings.filter(({ code }: any) => code === 'NO_WORKER')).toHaveLength(4);
    expect(found.findings).toContainEqual(expect.objectContaining({ code: 'PARTS_UNKNOWN', nodeId: 'map' }));
    expect(found.nodes.every(({ isCached }: any) => !isCached)).toBe(true);
    expect(statesOf(found)).toEqual(
      'line passed, graph passed, files passed, materials open, template passed, contract passed, workers failed',
    );
    expect(await stored()).toEqual(before);
  });

  it('says how to get Blender where no worker has one, and that one of them lacks it', async () => {
    const { db } = app.platform;
    const worker = (blender: object) =>
      db.worker.create({
        data: { ...{ id: randomUUID(), host: 'studio-3', pid: 1, capabilities: ['blender'] }, tools: { blender } },
      });
    const found = async () => {
      const { findings } = await ask({ orderLineId: await line() });
      return findings.filter(({ code, message }: any) => code.startsWith('BLENDER_') || message.includes('renders'));
    };
    const install = 'apt-get install blender python3-numpy libegl1 libgl1-mesa-dri';
    const says = (text: string) => expect.stringContaining(text);
    expect(await found()).toMatchObject([{ code: 'NO_WORKER', message: says(install) }]);
    const problem = 'Rendering needs Blender, but it is not installed.';
    const without = await worker({ problem });
    expect(await found()).toMatchObject([
      { code: 'BLENDER_UNUSABLE', severity: 'error', message: `On studio-3: ${problem}` },
    ]);
    const having = await worker({ version: '4.2', numpyVersion: '1', hasOpenImageDenoise: true, gpuDevices: [] });
    expect(await found()).toMatchObject([
      { code: 'BLENDER_ON_SOME_WORKERS', severity: 'warning', message: says(`On studio-3: ${problem}`) },
    ]);
    await db.worker.delete({ where: { id: without.id } });
    expect(await found()).toEqual([]);
    await db.worker.delete({ where: { id: having.id } });
  });

  it('says how many of those that render have a graphics card, where nothing else may render', async () => {
    const { db } = app.platform;
    const where = { id: seeded.outputTypeId };
    const { overrides } = await db.outputType.findUniqueOrThrow({ where });
    const worker = (...gpuDevices: object[]) =>
      db.worker.create({
        data: {
          ...{ id: randomUUID(), host: 'studio-3', pid: 1, capabilities: ['blender'] },
          tools: { blender: { version: '4.2', numpyVersion: '1', hasOpenImageDenoise: true, gpuDevices } },
        },
      });
    const found = async (device: string) => {
      await db.outputType.update({ where, data: { overrides: { ...(overrides as object), device } } });
      const { findings } = await ask({ orderLineId: await line() });
      return findings.filter(({ code }: any) => code.startsWith('GPU_'));
    };
    const without = await worker();
    expect(await found('gpu_only')).toMatchObject([{ code: 'GPU_UNUSABLE', severity: 'error', nodeId: 'still' }]);
    expect(await found('gpu')).toEqual([]);
    const having = await worker({ type: 'CUDA', name: 'Card' });
    expect(await found('gpu_only')).toMatchObject([{ code: 'GPU_ON_SOME_WORKERS', severity: 'warning' }]);
    await db.worker.delete({ where: { id: without.id } });
    expect(await found('gpu_only')).toEqual([]);
    await db.worker.delete({ where: { id: having.id } });
    await db.outputType.update({ where, data: { overrides: overrides as object } });
  });

  it('misses ffmpeg before a film is begun, and not for single frames', async () => {
    const { db } = app.platform;
    const problem = 'Films need ffmpeg, but it is not installed.';
    const { id: workerId } = await db.worker.create({
      data: { id: randomUUID(), host: 'farm-3', pid: 1, capabilities: ['blender'], tools: { ffmpeg: { problem } } },
    });
    const { id: outputTypeId } = await db.outputType.findUniqueOrThrow({ where: { key: 'turntable_360' } });
    await db.outputType.update({ where: { id: outputTypeId }, data: { callerParams: { format: {} }, contract: {} } });
    const found = async (format: string) => {
      const order = await createOrder(app.platform, {
        lines: [{ productId: seeded.product.id, outputTypeId, options: { format } }],
      });
      const { id: lineId } = await db.orderLine.findFirstOrThrow({ where: { orderId: order.id } });
      const { findings } = await ask({ orderLineId: id('OrderLine', lineId) });
      return findings.filter(({ code }: any) => code === 'FFMPEG_UNUSABLE');
    };
    expect(await found('mp4')).toMatchObject([
      { severity: 'error', nodeId: 'turntable', message: `On farm-3: ${problem}` },
    ]);
    expect(await found('frames')).toEqual([]);
    await db.outputType.update({ where: { id: outputTypeId }, data: { rollout: 'legacy' } });
    expect(await found('mp4')).toMatchObject([{ severity: 'error', nodeId: 'blender_turntable' }]);
    expect(await found('frames')).toEqual([]);
    await db.outputType.update({ where: { id: outputTypeId }, data: { rollout: 'graph' } });
    await db.worker.delete({ where: { id: workerId } });
  });

  it('names every obstacle: template, contract, files, the line itself', async () => {
    const { db, store } = app.platform;
    expect(await problems({ orderLineId: await line({ template: 'studio_sof' }) })).toEqual([
      ['TEMPLATE_UNKNOWN', 'template'],
    ]);
    const cancelled = await line();
    await db.orderLine.update({ where: { id: localId('OrderLine', cancelled) }, data: { cancelledAt: new Date() } });
    expect(await problems({ orderLineId: cancelled })).toEqual([['ORDER_LINE_CANCELLED', null]]);
    expect(statesOf(await ask({ orderLineId: cancelled }))).toMatch(/^line failed, graph passed/);

    const outputType = await db.outputType.findUniqueOrThrow({ where: { id: seeded.outputTypeId } });
    const orderLineId = await line();
    const change = (contract: object) => db.outputType.update({ where: { id: outputType.id }, data: { contract } });
    await change({ widthPx: { max: 32 } });
    expect(await problems({ orderLineId })).toEqual([['CONTRACT_UNMET', null]]);
    await change(outputType.contract as object);

    const { artifact } = await db.cadFile.findUniqueOrThrow({
      where: { id: seeded.cadFileId! },
      include: { artifact: true },
    });
    const file = await store.localFile(artifact.sha256, tmpdir());
    await rename(file, `${file}.away`);
    expect(await problems({ orderLineId })).toEqual([['FILE_UNREADABLE', null]]);
    await rename(`${file}.away`, file);
    expect(await problems({ orderLineId })).toEqual([]);
  });

  it('misses the environment image that a template is lit by: in the library, and in the artifact store', async () => {
    const { db, store } = app.platform;
    const where = { id: seeded.outputTypeId };
    const { overrides } = await db.outputType.findUniqueOrThrow({ where });
    const lit = (image: string) =>
      db.outputType.update({ where, data: { overrides: { ...(overrides as object), environment: { image } } } });
    const orderLineId = await line();
    await lit('nowhere.hdr');
    expect(await problems({ orderLineId })).toEqual([['ENVIRONMENT_UNKNOWN', 'template']]);
    expect(statesOf(await ask({ orderLineId }))).toContain('template failed');
    const stored = await store.put(Readable.from([Buffer.from('light')]));
    const file = { role: 'environment_image', mediaType: 'image/vnd.radiance', fileName: 'sky.hdr', metadata: {} };
    await db.environmentImage.create({
      data: { name: 'sky.hdr', artifact: { create: { id: randomUUID(), ...file, ...stored } } },
    });
    await lit('sky.hdr');
    expect(await problems({ orderLineId })).toEqual([]);
    const there = await store.localFile(stored.sha256, tmpdir());
    await rename(there, `${there}.away`);
    expect(await problems({ orderLineId })).toEqual([['FILE_UNREADABLE', 'template']]);
    await rename(`${there}.away`, there);
    await db.outputType.update({ where, data: { overrides: overrides as object } });
  });

  it('says of the legacy pipeline what it would run, and what is wrong with its settings', async () => {
    const { db } = app.platform;
    const where = { id: seeded.outputTypeId };
    await db.outputType.update({ where, data: { rollout: 'legacy' } });
    const found = await ask({ orderLineId: await line() });
    expect(found).toMatchObject({ mode: 'legacy', nodes: [{ label: 'Legacy pipeline', isCached: false }] });
    expect(found).toMatchObject({ shadow: null, fallback: null });
    expect(statesOf(found)).toContain('contract passed');
    const steps = ({ legacySteps }: any) => legacySteps.map(({ step, forecast }: any) => `${step} ${forecast}`);
    expect(steps(found)).toEqual([
      ...['resolve_step_path runs', 'extract_objects runs', 'export_glb runs', 'compute_bbox runs'],
      ...[
        'resolve_material_map runs',
        'resolve_template runs',
        'blender_still runs',
        'publish_asset runs',
        'notify runs',
      ],
    ]);
    const untold = await ask({ orderLineId: await line({ template: 'nowhere' }) });
    expect(steps(untold).slice(5)).toEqual([
      ...['resolve_template runs', 'blender_still skipped', 'publish_asset skipped', 'notify skipped'],
    ]);
    const { contract } = await db.outputType.findUniqueOrThrow({ where });
    const ordered = await line();
    await db.outputType.update({ where, data: { contract: { widthPx: { max: 32 } } } });
    expect(await problems({ orderLineId: ordered })).toEqual([['CONTRACT_UNMET', null]]);
    await db.outputType.update({ where, data: { contract: contract as object } });
    expect(await problems({ orderLineId: await line({ template: 'nowhere' }) })).toEqual([
      ['TEMPLATE_UNKNOWN', 'resolve_template'],
    ]);
    // What is set for one node of the workflow reaches the step of its kind.
    const overrides = (await db.outputType.findUniqueOrThrow({ where })).overrides as object;
    await db.outputType.update({ where, data: { overrides: { ...overrides, 'template.template': 'elsewhere' } } });
    expect(await problems({ orderLineId: await line() })).toEqual([['TEMPLATE_UNKNOWN', 'resolve_template']]);
    await db.outputType.update({ where, data: { overrides } });
    await db.outputType.update({ where, data: { rollout: 'graph' } });
  });

  it('names the run by graph beside a legacy run, which nothing in it stands in the way of', async () => {
    const { db } = app.platform;
    const where = { id: seeded.outputTypeId };
    await db.outputType.update({ where, data: { rollout: 'shadow', shadowRate: 1 } });
    const orderLineId = await line();
    const { nodes, shadow } = await ask({ orderLineId });
    expect(nodes).toMatchObject([{ nodeId: 'pipeline' }]);
    expect(shadow).toMatchObject({ mode: 'shadow' });
    // Nobody is told of it.
    const names = shadow.nodes.map(({ nodeId }: any) => nodeId);
    expect(names).toEqual(expect.arrayContaining(['still', 'publish']));
    expect(names).not.toContain('notify');
    const { workflowId } = await db.outputType.findUniqueOrThrow({ where });
    const broken = await db.workflow.create({
      data: { key: 'unpublished', name: 'Unpublished', family: 'order_line', draft: {} },
    });
    await db.outputType.update({ where, data: { workflowId: broken.id } });
    const legacyOnly = await ask({ orderLineId });
    expect(legacyOnly.shadow).toMatchObject({ isReady: false, findings: [{ code: 'WORKFLOW_NOT_PUBLISHED' }] });
    expect(legacyOnly.findings.map(({ code }: any) => code)).not.toContain('WORKFLOW_NOT_PUBLISHED');
    await db.outputType.update({ where, data: { workflowId, shadowRate: 0 } });
    expect(await ask({ orderLineId })).toMatchObject({ mode: 'legacy', shadow: null });
    await db.outputType.update({ where, data: { rollout: 'graph', shadowRate: 1 } });
  });

  it('says of a run that the legacy pipeline would take over from whether it could', async () => {
    const { db } = app.platform;
    const where = { id: seeded.outputTypeId };
    await db.outputType.update({ where, data: { fallsBack: true } });
    const orderLineId = await line();
    const found = await ask({ orderLineId });
    expect(found).toMatchObject({ mode: 'graph', fallback: { mode: 'legacy', price: { amount: '29.00' } } });
    expect(found.fallback.legacySteps).toHaveLength(9);
    const unready = ({ findings }: any) => findings.filter(({ code }: any) => code === 'FALLBACK_NOT_READY');
    // What stands in the way of both is said once.
    expect(unready(found)).toEqual([]);
    const { artifactKind } = await db.outputType.findUniqueOrThrow({ where });
    await db.outputType.update({ where, data: { artifactKind: 'material_map' } });
    const alone = await ask({ orderLineId });
    expect(alone.fallback).toMatchObject({ isReady: false, findings: [{ code: 'LEGACY_KIND_UNSUPPORTED' }] });
    expect(unready(alone)).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('could not take over: The legacy pipeline cannot make') },
    ]);
    expect(statesOf(alone)).toContain('graph warned');
    await db.outputType.update({ where, data: { artifactKind, fallsBack: false } });
    expect(await ask({ orderLineId })).toMatchObject({ fallback: null });
  });

  it('of an order says what lines may find of each other’s work', async () => {
    const wanted = { productId: seeded.product.id, outputTypeId: seeded.outputTypeId };
    const { id: orderId } = await createOrder(app.platform, {
      lines: [wanted, wanted, { ...wanted, options: { samples: 3 } }],
    });
    const query = `{ preflightOrder(orderId: "${id('Order', orderId)}") { ... on OrderPreflight { lines { nodes { nodeId outcomes dependsOn { code } } } } } }`;
    const { lines } = (await app.gql(query)).data.preflightOrder;
    const ofLine = (at: number) =>
      Object.fromEntries(lines[at].nodes.map(({ nodeId, ...node }: any) => [nodeId, node]));
    const shared = { outcomes: ['cached', 'runs'], dependsOn: [{ code: 'other_line' }] };
    const own = { outcomes: ['runs'], dependsOn: [] };
    expect(ofLine(0)).toMatchObject({ glb: shared, still: shared, publish: own, notify: own });
    expect(ofLine(1)).toEqual(ofLine(0));
    expect(ofLine(2)).toMatchObject({ glb: shared, still: own });
  });

  it('of an order is about the lines that would be started, and is a partner’s only for their own', async () => {
    const { account, headers: own } = await createMember(app.platform, 'partner');
    const wanted = { productId: seeded.product.id, outputTypeId: seeded.outputTypeId, quantity: 2 };
    const order = await createOrder(
      app.platform,
      { lines: [wanted, wanted, wanted] },
      { accountId: account.id, scopes: new Set(['order']) },
    );
    await app.platform.db.orderLine.updateMany({
      where: { orderId: order.id, lineNumber: 3 },
      data: { cancelledAt: new Date() },
    });
    const query = `{ preflightOrder(orderId: "${id('Order', order.id)}") { ... on Error { code }
      ... on OrderPreflight { isReady total { amount } duration { minMs } lines { isReady price { amount } orderLine { lineNumber } findings { message } } } } }`;
    const { data } = await app.gql(query, {}, own);
    expect(data.preflightOrder).toMatchObject({
      isReady: false,
      total: [{ amount: '116.00' }],
      lines: [
        { orderLine: { lineNumber: 1 }, price: { amount: '58.00' } },
        { orderLine: { lineNumber: 2 }, price: { amount: '58.00' } },
      ],
    });
    const nodes = await app.gql(query.replace('price { amount } orderLine', 'nodes { nodeId } orderLine'), {}, own);
    expect(nodes.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    const others = id(
      'OrderLine',
      (await app.platform.db.orderLine.findFirstOrThrow({ where: { order: { accountId: null } } })).id,
    );
    const refused = await app.gql(
      'query ($input: PreflightInput!) { preflight(input: $input) { ... on Error { code } } }',
      { input: { orderLineId: others } },
      own,
    );
    expect(refused.data.preflight).toEqual({ code: 'NOT_FOUND' });
  });

  it('tells a partner that a line can be made or not, and nothing of how the studio makes it', async () => {
    const { db } = app.platform;
    const where = { id: seeded.outputTypeId };
    const { account, headers } = await createMember(app.platform, 'partner');
    const before = await db.outputType.findUniqueOrThrow({ where });
    const wanted = { productId: seeded.product.id, outputTypeId: seeded.outputTypeId };
    const { id: orderId } = await createOrder(
      app.platform,
      { lines: [wanted] },
      { accountId: account.id, scopes: new Set(['order']) },
    );
    const seen = async (headers?: Record<string, string>) => {
      const query = `{ preflightOrder(orderId: "${id('Order', orderId)}") { ... on OrderPreflight { lines { isReady
        checks { check state } findings { code severity message } } } } }`;
      return (await app.gql(query, {}, headers)).data.preflightOrder.lines[0];
    };
    const partner = () => seen(headers);
    const nobody = { code: 'NO_WORKER', severity: 'error', message: expect.stringContaining('Nobody is there') };
    const ways = [
      { rollout: 'legacy', legacySettings: { samples: 16, axis: 'x' }, overrides: { nobodyTakesThis: 1 } },
      { rollout: 'graph', fallsBack: true, artifactKind: 'material_map' },
      { rollout: 'legacy', contract: { widthPx: { max: 32 } } },
      { rollout: 'legacy', artifactKind: 'material_map' },
    ] as const;
    for (const data of ways) {
      await db.outputType.update({ where, data });
      const [studio, told] = [await seen(), await partner()];
      expect(JSON.stringify(studio)).toMatch(/legacy|workflow|npm/i);
      expect(JSON.stringify(told)).not.toMatch(/legacy|workflow|npm|pipeline|fallback|shadow/i);
      expect(told.isReady).toBe(studio.isReady);
      const { rollout, fallsBack, artifactKind, contract, legacySettings, overrides } = before;
      await db.outputType.update({
        where,
        data: {
          ...{ rollout, fallsBack, artifactKind },
          ...({ contract, legacySettings, overrides } as Record<string, object>),
        },
      });
    }
    expect((await partner()).findings).toContainEqual(expect.objectContaining(nobody));
  });
});
