import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Seeded, seed } from '../prisma/seed.js';
import { importCadFile } from '../runtime/library/cadFiles.js';
import { createOrder } from '../runtime/orders/orders.js';
import { artifactsIn } from '../runtime/runs/nodeInputs.js';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { becameOf, forecasts, preflightCalls, statesOf } from '../tests/support/preflightCalls.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { describeWith } from '../tests/support/tools.js';
import { type RunningWorker, startWorker } from '../worker/worker.js';
import { nodeDefinition } from '../workflow/nodeDefinitions.js';

const fixture = (name: string) => fileURLToPath(new URL(`../tests/fixtures/step/${name}.step`, import.meta.url));

describeWith('blender', 'on unchanged state', () => {
  let app: TestApp;
  let seeded: Seeded;
  let worker: RunningWorker;
  let calls: ReturnType<typeof preflightCalls>;
  const line = (...given: Parameters<typeof calls.line>) => calls.line(...given);
  const agrees = (...given: Parameters<typeof calls.agrees>) => calls.agrees(...given);

  beforeAll(async () => {
    app = await startTestApp({ definition: nodeDefinition });
    seeded = await seed(app.platform);
    calls = preflightCalls(app, seeded);
    worker = await startWorker(app.platform);
  });
  afterAll(async () => {
    await worker?.stop(0);
    await app?.close();
  });

  /** The files a module made, and the entries of the result cache that know of them. */
  async function madeBy(moduleKey: string) {
    const rows = await app.platform.db.resultCache.findMany({ where: { moduleKey } });
    return {
      artifacts: rows.flatMap(({ outputs }) => artifactsIn(outputs as never)),
      entries: rows.map(({ key }) => key),
    };
  }
  /** A CAD file with changes, and a product of it. */
  async function product(sku: string, name: string, change: (text: string) => string = (text) => text) {
    const text = change(await readFile(fixture(name), 'latin1'));
    const content = Readable.from([Buffer.from(text, 'latin1')]);
    const cadFile = await importCadFile(app.platform, { name: `${name}.step`, content });
    const { id: productId } = await app.platform.db.product.create({
      data: { sku, name: sku, cadFileId: cadFile.id, categoryId: seeded.product.categoryId },
    });
    return { productId, cadFileId: cadFile.id };
  }
  const intakeOf = (cadFileId: string) => ({
    cadFileId: id('CadFile', cadFileId),
    workflowId: id('Workflow', seeded.cadIntake.id),
  });

  it('the plan is what the run then does, from the first run to one with a single new material', async () => {
    const { db } = app.platform;
    const orderLineId = await line();
    const all = (await calls.ask({ orderLineId })).nodes.map(({ nodeId }: any) => nodeId);
    expect(await agrees({ orderLineId })).toEqual(all);
    expect(await agrees({ orderLineId })).toEqual(['publish', 'notify']);
    // A material that no part has: the map is made anew, is the same, and so the picture is there already.
    await db.material.create({ data: { name: 'unused_pink', label: 'Unused pink', spec: { baseColor: '#ff00aa' } } });
    expect(await agrees({ orderLineId })).toEqual(['map', 'publish', 'notify']);
    const again = await calls.ask({ orderLineId });
    expect(again.duration.maxMs).toBeGreaterThan(0);
    expect(again.duration.minMs).toBeLessThanOrEqual(again.duration.maxMs);
    // Another line: its materials are its own, but come out the same.
    expect(await agrees({ orderLineId: await line() })).toEqual(['map', 'publish', 'notify']);

    // Files that are gone are made again, and come out the same: what is behind them is there.
    const { artifacts, entries } = await madeBy('cad.export_glb');
    for (const { sha256 } of artifacts) await rm(await app.platform.store.localFile(sha256, tmpdir()));
    expect(await agrees({ orderLineId })).toEqual(['glb', 'publish', 'notify']);
    const { artifacts: trees } = await madeBy('cad.extract_objects');
    for (const { sha256 } of trees) await rm(await app.platform.store.localFile(sha256, tmpdir()));
    expect(await agrees({ orderLineId })).toEqual(['objects', 'publish', 'notify']);
    // Of a result that nobody remembers only the run can tell whether it comes out the same.
    await db.resultCache.deleteMany({ where: { key: { in: entries } } });
    const unsure = await calls.ask({ orderLineId });
    expect(forecasts(unsure)).toMatchObject({ glb: 'runs', map: 'cached', still: 'depends', publish: 'runs' });
    expect(unsure.nodes.find(({ nodeId }: any) => nodeId === 'still').dependsOn).toEqual([
      { code: 'inputs', nodeIds: ['glb'], message: 'Cached if “Export GLB” makes the same as for an earlier run.' },
    ]);
    // With params that nobody had, there is nothing that it could depend on.
    expect(forecasts(await calls.ask({ orderLineId: await line({ samples: 3 }) }))).toMatchObject({ still: 'runs' });
    expect((await calls.run({ orderLineId })).find(({ nodeId }) => nodeId === 'still')).toMatchObject({
      isCached: true,
    });
    expect(await agrees({ orderLineId })).toEqual(['publish', 'notify']);

    const wrong = await line({}, { materialOverrides: { 'No such part': 'unused_pink' } });
    expect(await calls.problems({ orderLineId: wrong })).toEqual([['PART_UNKNOWN', 'map']]);
    expect(statesOf(await calls.ask({ orderLineId: wrong }))).toContain('materials failed, template passed');
    const intake = { ...intakeOf(seeded.cadFileId!), useDraft: true };
    expect(statesOf(await calls.ask(intake))).toBe('graph passed, files passed, workers passed');
    expect(await agrees(intake)).toContain('thumbnail');
  });

  it('the plan is what the run then does after one thing changed: a param, a material, the template, the way it is made', async () => {
    const { db } = app.platform;
    const part = 'Inner Ring';
    const { name: material } = await db.material.findFirstOrThrow({ where: { name: { contains: 'brass' } } });
    const always = ['publish', 'notify'];
    expect(await agrees({ orderLineId: await line({ samples: 2 }) })).toEqual(['map', 'still', ...always]);
    const brass = await line({}, { materialOverrides: { [part]: material } });
    expect(await agrees({ orderLineId: brass })).toEqual(['map', 'still', ...always]);
    await db.product.update({
      where: { id: seeded.product.id },
      data: { materialAssignments: { [part]: material } },
    });
    // Decided by somebody else, but it looks the same.
    expect(await agrees({ orderLineId: await line() })).toEqual(expect.arrayContaining(['map', ...always]));
    await db.product.update({ where: { id: seeded.product.id }, data: { materialAssignments: {} } });
    await db.renderTemplate.updateMany({ data: { version: { increment: 1 } } });
    expect(await agrees({ orderLineId: await line() })).toEqual(['template', 'map', 'still', ...always]);
    for (const rollout of ['legacy', 'shadow', 'graph'] as const) {
      await db.outputType.update({ where: { id: seeded.outputTypeId }, data: { rollout } });
      const ran = await agrees({ orderLineId: await line() });
      expect(ran).toEqual(rollout === 'graph' ? ['map', ...always] : ['pipeline']);
    }
    await db.outputType.update({ where: { id: seeded.outputTypeId }, data: { rollout: 'legacy' } });
    const again = await calls.ask({ orderLineId: await line() });
    const sum = again.legacySteps.reduce((ms: number, { duration }: any) => ms + duration.minMs, 0);
    expect(again.duration.minMs).toBe(sum);
    await agrees(
      { orderLineId: await line({}, { materialOverrides: { 'No such part': material } }) },
      { isReady: false, status: 'failed' },
    );
    await db.outputType.update({ where: { id: seeded.outputTypeId }, data: { rollout: 'graph' } });
  }, 120_000);

  it('the plan of an order says which lines may find each other’s work, and they do', async () => {
    const wanted = {
      ...{ productId: seeded.product.id, outputTypeId: seeded.outputTypeId },
      // Of a picture that nobody has made yet.
      options: { samples: 7, resolution: { width: 64, height: 64 } },
    };
    const order = await createOrder(app.platform, { lines: [wanted, wanted] });
    const orderId = id('Order', order.id);
    const plan = await app.gql(`{ preflightOrder(orderId: "${orderId}") { ... on OrderPreflight { isReady
      lines { orderLine { id } nodes { nodeId outcomes dependsOn { code } } } } } }`);
    const { isReady, lines } = plan.data.preflightOrder;
    expect(isReady).toBe(true);
    const shared = lines.map(({ nodes }: any) =>
      nodes.filter(({ dependsOn }: any) => dependsOn.some(({ code }: any) => code === 'other_line')),
    );
    for (const nodes of shared) expect(nodes.map(({ nodeId }: any) => nodeId)).toEqual(['still']);

    const sent = await app.gql(
      `mutation ($input: DispatchOrderInput!) { dispatchOrder(input: $input) { ... on DispatchBatch { started
        lines { orderLineId result { ... on Run { id } } } } } }`,
      { input: { orderId } },
    );
    expect(sent.data.dispatchOrder.started).toBe(2);
    const became = await Promise.all(
      sent.data.dispatchOrder.lines.map(async ({ orderLineId, result }: any) => {
        const nodes = (await calls.ended(result.id, 'succeeded')).nodeRuns;
        const foreseen = lines.find(({ orderLine }: any) => orderLine.id === orderLineId).nodes;
        expect(nodes.map(({ nodeId }: any) => nodeId)).toEqual(foreseen.map(({ nodeId }: any) => nodeId));
        for (const [i, node] of nodes.entries()) expect(foreseen[i].outcomes).toContain(becameOf(node));
        return becameOf(nodes.find(({ nodeId }: any) => nodeId === 'still')!);
      }),
    );
    // Which of them rendered is a matter of pace; nobody else can have.
    expect(became).toContain('runs');
    const again = await app.gql(`{ order(id: "${orderId}") { state } }`);
    expect(again.data.order.state).toBe('delivered');
  });

  it.each([
    ['written anew depends on its 3D model, which is the same', 'bearing-6205', /FILE_NAME\s*\(\s*'[^']*'/, 'cached'],
    ['of something else depends on its 3D model, which is another', 'conveyor-48', /^$/, 'runs'],
  ])('a picture of a CAD file %s', async (sku, file, stamp, became) => {
    const { productId } = await product(sku, file, (text) => text.replace(stamp, "FILE_NAME('another'"));
    const orderLineId = await line({}, { productId });
    expect(forecasts(await calls.ask({ orderLineId }))).toMatchObject({ glb: 'runs', still: 'depends' });
    const ran = Object.fromEntries((await calls.run({ orderLineId })).map((node) => [node.nodeId, becameOf(node)]));
    expect(ran).toMatchObject({ glb: 'runs', still: became });
    expect(await agrees({ orderLineId })).toEqual(['publish', 'notify']);
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
    const all = expect.arrayContaining(['turntable', 'turntable/1', 'publish']);
    expect(await agrees(ordered)).toEqual(all);
    expect(await agrees(ordered)).toEqual(['publish', 'notify']);
    // Another product with everything else the same: once its model is known, so is that nobody has made its film.
    const { productId, cadFileId } = await product('FILMED', 'conveyor-48');
    await calls.run(intakeOf(cadFileId));
    expect(await agrees({ orderLineId: await line({}, { outputTypeId: film.id, productId }) })).toEqual(all);

    const { graph } = await db.workflowVersion.findFirstOrThrow({ where: { workflow: { key: 'order_still' } } });
    const workflowThat = async (onFailure: string) => {
      const nodes = (graph as any).nodes.map((node: { id: string }) =>
        node.id === 'map' ? { ...node, onFailure } : node,
      );
      const versions = { create: { number: 1, graph: { ...(graph as object), nodes } } };
      const { id: workflowId } = await db.workflow.create({
        data: { ...{ key: onFailure, name: onFailure, family: 'order_line', draft: {} }, versions },
      });
      return id('Workflow', workflowId);
    };
    const orderLineId = await line({}, { materialOverrides: { 'No such part': 'unused_pink' } });
    const goingOn = { orderLineId, workflowId: await workflowThat('continue') };
    const found = await calls.ask(goingOn);
    expect(found).toMatchObject({ isReady: true, findings: [{ code: 'PART_UNKNOWN', severity: 'warning' }] });
    expect(forecasts(found)).toMatchObject({ map: 'runs', still: 'skipped', publish: 'skipped' });
    await agrees(goingOn, { status: 'partial' });
    // A run that ends with it, at whatever else it was by then.
    const halted = { orderLineId, workflowId: await workflowThat('halt') };
    expect(await calls.problems(halted)).toEqual([['PART_UNKNOWN', 'map']]);
    const behind = { map: 'runs', still: 'skipped', publish: 'skipped', notify: 'skipped' };
    expect(forecasts(await calls.ask(halted))).toMatchObject(behind);
    expect(
      Object.fromEntries((await calls.run(halted, 'failed')).map((node) => [node.nodeId, becameOf(node)])),
    ).toMatchObject(behind);
  }, 180_000);
});
