import { randomUUID } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Seeded, seed } from '../prisma/seed.js';
import { artifactsIn } from '../runtime/nodeInputs.js';
import { createOrder } from '../runtime/orders.js';
import { encodeGlobalId as id, localId } from '../schema/globalId.js';
import { createMember } from '../tests/support/members.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { endOf } from '../tests/support/testRuns.js';
import { describeWith } from '../tests/support/tools.js';
import { type RunningWorker, startWorker } from '../worker/worker.js';
import { nodeDefinition } from '../workflow/nodeDefinitions.js';

let app: TestApp;
let seeded: Seeded;
let worker: RunningWorker | undefined;
beforeAll(async () => {
  app = await startTestApp({ definition: nodeDefinition });
  seeded = await seed(app.platform);
});
afterAll(async () => {
  await worker?.stop(0);
  await app?.close();
});

const SMALL = { samples: 1, resolution: { width: 64, height: 64 } };
async function line(options: object = {}, more: object = {}): Promise<string> {
  const { id: orderId } = await createOrder(app.platform, {
    lines: [
      {
        productId: seeded.product.id,
        outputTypeId: seeded.outputTypeId,
        options: { ...SMALL, ...options },
        ...more,
      },
    ],
  });
  const { lines } = await app.platform.db.order.findUniqueOrThrow({
    where: { id: orderId },
    include: { lines: true },
  });
  return id('OrderLine', lines[0]!.id);
}

const PREFLIGHT = `__typename ... on Error { code message } ... on Preflight { isReady mode price { amount currency }
  duration { minMs maxMs } checks { check state } findings { code severity message nodeId path } nodes { nodeId label forecast isCached duration { maxMs } } }`;
async function ask(input: object) {
  const { data, errors } = await app.gql(
    `query ($input: PreflightInput!) { preflight(input: $input) { ${PREFLIGHT} } }`,
    { input },
  );
  expect(errors).toBeUndefined();
  return data.preflight;
}
const problems = async (input: object) =>
  (await ask(input)).findings
    .filter(({ severity, code }: any) => severity === 'error' && code !== 'NO_WORKER')
    .map(({ code, nodeId }: any) => [code, nodeId]);

const statesOf = ({ checks }: { checks: { check: string; state: string }[] }) =>
  checks.map(({ check, state }) => `${check} ${state}`).join(', ');

/** Everything that could be stored: rows, and files. */
async function stored() {
  const { db, settings } = app.platform;
  const files = await readdir(settings.artifactDir, { recursive: true });
  return [await db.artifact.count(), await db.resultCache.count(), await db.run.count(), files.length];
}

async function run(input: object, status = 'succeeded') {
  const { data } = await app.gql(
    'mutation ($input: DispatchInput!) { dispatch(input: $input) { ... on Run { id } ... on Error { code message } } }',
    { input },
  );
  await endOf(app.platform, localId('Run', data.dispatch.id));
  const ended = await app.gql(
    '{ run(id: $id) { status nodeRuns { nodeId label isCached status } } }'.replace(
      '$id',
      JSON.stringify(data.dispatch.id),
    ),
  );
  expect(ended.data.run.status).toBe(status);
  return ended.data.run.nodeRuns;
}
/** What a preflight says of the nodes, and what became of them. */
async function agrees(input: object) {
  const found = await ask(input);
  expect(found.isReady, JSON.stringify(found.findings)).toBe(true);
  expect(Object.values(forecasts(found))).not.toContain('depends');
  const ran = (await run(input)).map(({ nodeId, label, isCached }: any) => ({ nodeId, label, isCached }));
  expect(planOf(found)).toEqual(ran);
  return found.nodes.filter(({ isCached }: any) => !isCached).map(({ nodeId }: any) => nodeId);
}
const planOf = ({ nodes }: { nodes: { nodeId: string; label: string; isCached: boolean }[] }) =>
  nodes.map(({ nodeId, label, isCached }) => ({ nodeId, label, isCached }));
const forecasts = ({ nodes }: { nodes: { nodeId: string; forecast: string }[] }) =>
  Object.fromEntries(nodes.map(({ nodeId, forecast }) => [nodeId, forecast]));

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

  it('says of the legacy pipeline what it would run, and what is wrong with its settings', async () => {
    const { db } = app.platform;
    const where = { id: seeded.outputTypeId };
    await db.outputType.update({ where, data: { rollout: 'legacy' } });
    const found = await ask({ orderLineId: await line() });
    expect(found).toMatchObject({ mode: 'legacy', nodes: [{ label: 'Legacy pipeline', isCached: false }] });
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
});

/** The files a module made, and the entries of the result cache that know of them. */
async function madeBy(moduleKey: string) {
  const rows = await app.platform.db.resultCache.findMany({ where: { moduleKey } });
  return {
    artifacts: rows.flatMap(({ outputs }) => artifactsIn(outputs as never)),
    entries: rows.map(({ key }) => key),
  };
}

describeWith('blender', 'on unchanged state', () => {
  it('the plan is what the run then does, from the first run to one with a single new material', async () => {
    worker = await startWorker(app.platform);
    const { db } = app.platform;
    const orderLineId = await line();
    const all = (await ask({ orderLineId })).nodes.map(({ nodeId }: any) => nodeId);
    expect(await agrees({ orderLineId })).toEqual(all);
    expect(await agrees({ orderLineId })).toEqual(['publish', 'notify']);
    // A material that no part has: the map is made anew, is the same, and so the picture is there already.
    await db.material.create({ data: { name: 'unused_pink', label: 'Unused pink', spec: { baseColor: '#ff00aa' } } });
    expect(await agrees({ orderLineId })).toEqual(['map', 'publish', 'notify']);
    const again = await ask({ orderLineId });
    expect(again.duration.maxMs).toBeGreaterThan(0);
    expect(again.duration.minMs).toBeLessThanOrEqual(again.duration.maxMs);
    // Another line: its materials are its own, but come out the same.
    expect(await agrees({ orderLineId: await line() })).toEqual(['map', 'publish', 'notify']);
    expect(await agrees({ orderLineId: await line({ samples: 2 }) })).toEqual(['map', 'still', 'publish', 'notify']);

    // Files that are gone are made again, and come out the same: what is behind them is there.
    const { artifacts, entries } = await madeBy('cad.export_glb');
    for (const { sha256 } of artifacts) await rm(await app.platform.store.localFile(sha256, tmpdir()));
    expect(await agrees({ orderLineId })).toEqual(['glb', 'publish', 'notify']);
    const { artifacts: trees } = await madeBy('cad.extract_objects');
    for (const { sha256 } of trees) await rm(await app.platform.store.localFile(sha256, tmpdir()));
    expect(await agrees({ orderLineId })).toEqual(['objects', 'publish', 'notify']);
    // Of a result that nobody remembers only the run can tell whether it comes out the same.
    await db.resultCache.deleteMany({ where: { key: { in: entries } } });
    const unsure = await ask({ orderLineId });
    expect(forecasts(unsure)).toMatchObject({ glb: 'runs', map: 'cached', still: 'depends', publish: 'runs' });
    expect((await run({ orderLineId })).find(({ nodeId }: any) => nodeId === 'still')).toMatchObject({
      isCached: true,
    });
    expect(await agrees({ orderLineId })).toEqual(['publish', 'notify']);

    const wrong = await line({}, { materialOverrides: { 'No such part': 'unused_pink' } });
    expect(await problems({ orderLineId: wrong })).toEqual([['PART_UNKNOWN', 'map']]);
    expect(statesOf(await ask({ orderLineId: wrong }))).toContain('materials failed, template passed');
    const intake = { cadFileId: id('CadFile', seeded.cadFileId!), workflowId: id('Workflow', seeded.cadIntake.id) };
    expect(statesOf(await ask({ ...intake, useDraft: true }))).toBe('graph passed, files passed, workers passed');
    expect(await agrees({ ...intake, useDraft: true })).toContain('thumbnail');
  });

  it('says of a film, whose frames are shared out, and of what is skipped behind a node that may fail, what becomes of it', async () => {
    const { db } = app.platform;
    const { id: turntableId } = await db.workflow.findUniqueOrThrow({ where: { key: 'order_turntable' } });
    const film = await db.outputType.create({
      data: {
        ...{ key: 'film', name: 'Film', family: 'order_line', artifactKind: 'turntable_video', rollout: 'graph' },
        ...{ workflowId: turntableId, callerParams: { samples: {}, resolution: {} } },
        overrides: { denoise: false, shadow: false, animation: { frames: 5, fps: 5 } },
      },
    });
    const ordered = { orderLineId: await line({}, { outputTypeId: film.id }) };
    expect(await agrees(ordered)).toEqual(expect.arrayContaining(['turntable', 'turntable/1', 'publish']));
    expect(await agrees(ordered)).toEqual(['publish', 'notify']);

    const { graph } = await db.workflowVersion.findFirstOrThrow({ where: { workflow: { key: 'order_still' } } });
    const nodes = (graph as any).nodes.map((node: { id: string }) =>
      node.id === 'map' ? { ...node, onFailure: 'continue' } : node,
    );
    const versions = { create: { number: 1, graph: { ...(graph as object), nodes } } };
    const { id: workflowId } = await db.workflow.create({
      data: { ...{ key: 'going_on', name: 'Going on', family: 'order_line', draft: {} }, versions },
    });
    const orderLineId = await line({}, { materialOverrides: { 'No such part': 'unused_pink' } });
    const input = { orderLineId, workflowId: id('Workflow', workflowId) };
    const found = await ask(input);
    expect(found).toMatchObject({ isReady: true, findings: [{ code: 'PART_UNKNOWN', severity: 'warning' }] });
    const ran = await run(input, 'partial');
    const becomes = ({ status, isCached }: { status: string; isCached: boolean }) =>
      status === 'skipped' ? 'skipped' : isCached ? 'cached' : 'runs';
    expect(forecasts(found)).toEqual(Object.fromEntries(ran.map((node: any) => [node.nodeId, becomes(node)])));
    expect(forecasts(found)).toMatchObject({ map: 'runs', still: 'skipped', publish: 'skipped' });
  }, 180_000);
});
