import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Prisma } from '../generated/prisma/client.js';
import { seed } from '../prisma/seed.js';
import { encodeGlobalId as id, localId } from '../schema/globalId.js';
import { createMember } from '../tests/support/members.js';
import { dispatchRun } from '../tests/support/mutationCalls.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { endOf } from '../tests/support/testRuns.js';
import { describeWith } from '../tests/support/tools.js';
import { type RunningWorker, startWorker } from '../worker/worker.js';
import { nodeDefinition } from '../workflow/nodeDefinitions.js';

const RUN = `query ($id: ID!) { run(id: $id) { id mode status failure { code message } shadowOf { id } fallbackOf { id } shadow { id status failure { code message } } fallback { id }
  assets { name kind artifact { mediaType metadata } files { artifact { role } } } nodeRuns { nodeId label status outputs { port artifact { role } } }
  legacySteps { step label status durationMs } events(after: 0, first: 2000) { type data } } }`;
const SMALL = {
  resolution: '64x48',
  samples: 2,
  denoise: false,
  shadow_catcher: 'no',
  engine: 'workbench',
  watermark: 'yes',
};
const FAST = { resolution: { width: 64, height: 48 }, samples: 2, denoise: false, shadow: false };

describeWith('blender', 'an order line of an output type', () => {
  let app: TestApp;
  let worker: RunningWorker;
  let seeded: Awaited<ReturnType<typeof seed>>;
  beforeAll(async () => {
    app = await startTestApp({ definition: nodeDefinition });
    seeded = await seed(app.platform);
    worker = await startWorker(app.platform);
  });
  afterAll(async () => {
    await worker?.stop(0);
    await app?.close();
  });

  let number = 0;
  async function orderLine(data: Partial<Prisma.OutputTypeUncheckedCreateInput>, options: object = {}) {
    number += 1;
    const { db } = app.platform;
    const outputType = await db.outputType.create({
      data: {
        key: `legacy_${number}`,
        name: `Old type ${number}`,
        family: 'order_line',
        artifactKind: 'still_image',
        legacySettings: SMALL,
        ...data,
      },
    });
    const order = await db.order.create({
      data: {
        lines: { create: { lineNumber: 1, productId: seeded.product.id, outputTypeId: outputType.id, options } },
      },
      include: { lines: true },
    });
    return { outputType, orderId: order.id, lineId: order.lines[0]!.id };
  }

  const readRun = async (runId: string) => (await app.gql(RUN, { id: runId })).data.run;
  const dispatch = (lineId: string) => dispatchRun(app, { orderLineId: id('OrderLine', lineId) });
  async function ended(runId: string) {
    await endOf(app.platform, localId('Run', runId));
    return readRun(runId);
  }
  /** The starter for stills, published with a template that is not there; found out when it runs. */
  async function brokenWorkflow(onFailure: 'halt' | 'fallback_legacy' = 'halt') {
    const { db } = app.platform;
    const published = await db.workflowVersion.findFirstOrThrow({ where: { workflow: { key: 'order_still' } } });
    const graph = structuredClone(published.graph) as { nodes: { step: string }[] };
    const template = graph.nodes.find(({ step }) => step === 'resolve_template')!;
    Object.assign(template, { params: { template: 'gone' }, onFailure });
    number += 1;
    return db.workflow.create({
      data: {
        key: `broken_${number}`,
        name: `Broken ${number}`,
        family: 'order_line',
        draft: graph,
        versions: { create: { number: 1, graph } },
      },
    });
  }
  const workflowOf = (key: string) => app.platform.db.workflow.findUniqueOrThrow({ where: { key } });

  it('without a workflow is made by the legacy pipeline, step by step, and delivered', async () => {
    const { lineId } = await orderLine({});
    const run = await ended((await dispatch(lineId)).id);
    expect(run.failure).toBeNull();
    expect(run).toMatchObject({ mode: 'legacy', status: 'succeeded', shadow: null });
    expect(run.legacySteps.map(({ step, status }: { step: string; status: string }) => [step, status])).toEqual(
      [
        'resolve_step_path',
        'extract_objects',
        'export_glb',
        'compute_bbox',
        'resolve_material_map',
        'resolve_template',
        'blender_still',
        'publish_asset',
        'notify',
      ].map((step) => [step, 'succeeded']),
    );
    expect(run.nodeRuns).toHaveLength(1);
    expect(run.nodeRuns[0].outputs.map(({ port }: { port: string }) => port)).toEqual(
      expect.arrayContaining(['objects', 'glb', 'bbox', 'map', 'template', 'still', 'asset', 'steps']),
    );
    expect(run.assets).toMatchObject([
      { kind: 'still_image', artifact: { mediaType: 'image/png', metadata: { widthPx: 64, heightPx: 48 } }, files: [] },
    ]);
    const { db } = app.platform;
    expect(await db.notification.count({ where: { runId: localId('Run', run.id)! } })).toBe(1);
  });

  it.each([
    [
      'turntable_video',
      { ...SMALL, resolution: '64x64', frames: 3, fps: 6 },
      { mediaType: 'video/mp4', metadata: { frameCount: 3, fps: 6 } },
    ],
    ['blend_file', { samples: 4 }, { mediaType: 'application/x-blender' }],
    ['preview_thumbnail', {}, { mediaType: 'image/png' }],
  ])('that sells a %s is made by the legacy pipeline', async (artifactKind, legacySettings, artifact) => {
    const { lineId } = await orderLine({ artifactKind, legacySettings });
    const run = await ended((await dispatch(lineId)).id);
    expect(run.failure).toBeNull();
    expect(run.assets).toMatchObject([{ kind: artifactKind, artifact }]);
  });

  it('in shadow delivers once, by legacy; the run by graph beside it delivers nothing and tells nobody', async () => {
    const { lineId, outputType } = await orderLine({
      workflowId: (await workflowOf('order_still')).id,
      rollout: 'shadow',
    });
    const run = await ended((await dispatch(lineId)).id);
    expect(run).toMatchObject({ mode: 'legacy', status: 'succeeded', assets: [{ kind: 'still_image' }] });
    const { db } = app.platform;
    await expect.poll(async () => (await readRun(run.id)).shadow.status).toBe('succeeded');
    const shadow = await readRun(run.shadow.id);
    expect(shadow).toMatchObject({ mode: 'shadow', shadowOf: { id: run.id }, assets: [] });
    const nodes = shadow.nodeRuns.map(({ nodeId }: { nodeId: string }) => nodeId);
    expect(nodes).toContain('publish');
    expect(nodes).not.toContain('notify');
    const shadowId = localId('Run', shadow.id)!;
    expect(await db.notification.count({ where: { runId: shadowId } })).toBe(0);
    expect(await db.asset.count({ where: { orderLineId: lineId } })).toBe(1);
    expect(await db.parityReport.findMany({ where: { outputTypeId: outputType.id } })).toMatchObject([
      { legacyRunId: localId('Run', run.id), graphRunId: shadowId },
    ]);
    const [legacy, graph] = await Promise.all(
      [run.id, shadow.id].map((runId) => db.run.findUniqueOrThrow({ where: { id: localId('Run', runId)! } })),
    );
    expect(graph!.startedAt!.getTime()).toBeGreaterThanOrEqual(legacy!.finishedAt!.getTime());
  });

  it('whose shadow cannot even be compiled is delivered all the same, and the report has a run that says why', async () => {
    const workflow = await app.platform.db.workflow.create({
      data: { key: 'unpublished', name: 'Unpublished', family: 'order_line', draft: {} },
    });
    const { lineId } = await orderLine({
      workflowId: workflow.id,
      rollout: 'shadow',
      artifactKind: 'preview_thumbnail',
      legacySettings: {},
    });
    const run = await ended((await dispatch(lineId)).id);
    expect(run).toMatchObject({ status: 'succeeded', assets: [{ kind: 'preview_thumbnail' }] });
    expect(run.shadow).toMatchObject({ status: 'failed', failure: { code: 'WORKFLOW_NOT_PUBLISHED' } });
    const retried = await app.gql('mutation ($id: ID!) { retryRun(id: $id) { ... on Error { code } } }', {
      id: run.shadow.id,
    });
    expect(retried.data.retryRun).toEqual({ code: 'RUN_NOT_RETRYABLE' });
  });

  it('whose shadow crashes is delivered all the same, and whoever ordered hears nothing of the shadow', async () => {
    const { db } = app.platform;
    const partner = await createMember(app.platform, 'partner');
    const broken = await brokenWorkflow();
    const { lineId, orderId } = await orderLine({
      workflowId: broken.id,
      rollout: 'shadow',
      artifactKind: 'preview_thumbnail',
      legacySettings: {},
    });
    await db.order.update({ where: { id: orderId }, data: { accountId: partner.account.id } });
    const run = await ended((await dispatch(lineId)).id);
    await worker.sweeper.sweep();
    await expect.poll(async () => (await readRun(run.id)).shadow.status).toBe('failed');
    await worker.sweeper.sweep();
    expect((await readRun(run.id)).shadow).toMatchObject({ failure: { code: 'TEMPLATE_UNKNOWN' } });
    expect(await readRun(run.shadow.id)).toMatchObject({ fallback: null, assets: [] });
    const { data, errors } = await app.gql(
      `query ($order: ID!, $shadow: ID!) { node(id: $order) { ... on Order { state lines { state runs { id status } assets { kind } } } } run(id: $shadow) { id } }`,
      { order: id('Order', orderId), shadow: run.shadow.id },
      partner.headers,
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      node: {
        state: 'delivered',
        lines: [
          {
            state: 'delivered',
            runs: [{ id: run.id, status: 'succeeded' }],
            assets: [{ kind: 'preview_thumbnail' }],
          },
        ],
      },
      run: null,
    });
    expect(await db.notification.count({ where: { run: { orderLineId: lineId } } })).toBe(1);
  });

  it('of a type that is sampled at none gets no shadow', async () => {
    const { lineId } = await orderLine({
      workflowId: (await workflowOf('order_still')).id,
      rollout: 'shadow',
      shadowRate: 0,
      artifactKind: 'preview_thumbnail',
      legacySettings: {},
    });
    const run = await ended((await dispatch(lineId)).id);
    expect(run).toMatchObject({ mode: 'legacy', status: 'succeeded', shadow: null });
  });

  it('of a type that falls back is delivered by legacy when the graph fails, whatever its nodes say', async () => {
    const broken = await brokenWorkflow();
    const { lineId, outputType } = await orderLine({
      workflowId: broken.id,
      rollout: 'shadow',
      artifactKind: 'preview_thumbnail',
      legacySettings: {},
    });
    const { data } = await app.gql(
      'mutation ($input: SetRolloutInput!) { setRollout(input: $input) { ... on OutputType { rollout fallsBack } ... on Error { code message } } }',
      {
        input: { outputTypeId: id('OutputType', outputType.id), rollout: 'graph', force: true, reason: 'A test' },
      },
    );
    expect(data.setRollout).toEqual({ rollout: 'graph', fallsBack: true });
    const failed = await ended((await dispatch(lineId)).id);
    expect(failed).toMatchObject({ mode: 'graph', status: 'failed' });
    await worker.sweeper.sweep();
    await expect.poll(async () => (await readRun(failed.id)).fallback).not.toBeNull();
    const run = await ended((await readRun(failed.id)).fallback.id);
    expect(run).toMatchObject({ mode: 'legacy', status: 'succeeded', assets: [{ kind: 'preview_thumbnail' }] });
  });

  it('whose run by graph fails is taken over by the legacy pipeline, once, with a trace in both runs', async () => {
    const broken = await brokenWorkflow('fallback_legacy');
    const { lineId } = await orderLine({
      workflowId: broken.id,
      rollout: 'graph',
      overrides: { ...FAST, engine: 'workbench' },
    });
    const failed = await ended((await dispatch(lineId)).id);
    expect(failed).toMatchObject({
      mode: 'graph',
      status: 'failed',
      failure: { code: 'TEMPLATE_UNKNOWN' },
      assets: [],
    });
    await expect.poll(async () => (await readRun(failed.id)).fallback).not.toBeNull();
    await Promise.all([worker.sweeper.sweep(), worker.sweeper.sweep()]);
    const { fallback, events } = await readRun(failed.id);
    expect(events.at(-1)).toMatchObject({ type: 'run.fallback' });
    const run = await ended(fallback.id);
    expect(run).toMatchObject({ mode: 'legacy', status: 'succeeded', fallbackOf: { id: failed.id } });
    const { db } = app.platform;
    expect(await db.run.count({ where: { orderLineId: lineId } })).toBe(2);
    expect(await db.asset.count({ where: { orderLineId: lineId } })).toBe(1);
    const retried = await app.gql('mutation ($id: ID!) { retryRun(id: $id) { ... on Error { code } } }', {
      id: failed.id,
    });
    expect(retried.data.retryRun).toEqual({ code: 'RUN_TAKEN_OVER' });
  });

  it('whose old settings no step can take is refused with where', async () => {
    const { lineId } = await orderLine({}, { transparent: true, format: 'jpeg' });
    expect(await dispatch(lineId)).toMatchObject({
      code: 'LEGACY_SETTINGS_INVALID',
      message: expect.stringContaining('JPEG cannot be transparent'),
    });
  });
});
