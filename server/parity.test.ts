import { afterAll, beforeAll, expect, it } from 'vitest';
import { seed } from '../prisma/seed.js';
import { claimReport, finishReport } from '../runtime/parity/reportStates.js';
import { encodeGlobalId as id, localId } from '../schema/globalId.js';
import { dispatchRun } from '../tests/support/mutationCalls.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { endOf } from '../tests/support/testRuns.js';
import { describeWith } from '../tests/support/tools.js';
import { type RunningWorker, startWorker } from '../worker/worker.js';
import { nodeDefinition } from '../workflow/nodeDefinitions.js';

const ARTIFACT = '{ role fileName url }';
const REPORT = `... on ParityReport { id status judgement notCounted reasons finishedAt policy outputType { key } legacyRun { id mode } graphRun { id mode parityReport { id } }
  comparisons { role kind verdict isIdentical reasons figures { key label legacy graph difference limit isLeast verdict }
    samples { label legacy ${ARTIFACT} graph ${ARTIFACT} difference ${ARTIFACT} } } }`;
const ERROR = '... on Error { __typename code message } ... on ValidationError { issues { path } }';
const FAST = { resolution: { width: 96, height: 96 }, samples: 2, denoise: false, shadow: false, engine: 'workbench' };

describeWith('blender', 'parity over GraphQL', () => {
  let app: TestApp;
  let worker: RunningWorker;
  let seeded: Awaited<ReturnType<typeof seed>>;
  let outputTypeId: string;
  let lineId: string;
  beforeAll(async () => {
    app = await startTestApp({ definition: nodeDefinition });
    const { db } = app.platform;
    seeded = await seed(app.platform);
    worker = await startWorker(app.platform);
    const workflow = await db.workflow.findUniqueOrThrow({ where: { key: 'order_still' } });
    const outputType = await db.outputType.create({
      data: {
        ...{ key: 'parity', name: 'Parity', family: 'order_line', artifactKind: 'still_image', rollout: 'shadow' },
        ...{ workflowId: workflow.id, overrides: FAST, parityPolicy: { greensNeeded: 1 } },
      },
    });
    outputTypeId = outputType.id;
    lineId = await line(outputType.id);
  });
  afterAll(async () => {
    await worker?.stop(0);
    await app?.close();
  });

  async function line(typeId: string, options = {}) {
    const order = await app.platform.db.order.create({
      data: { lines: { create: { lineNumber: 1, productId: seeded.product.id, outputTypeId: typeId, options } } },
      include: { lines: true },
    });
    return order.lines[0]!.id;
  }
  async function call(document: string, variables: object = {}) {
    const { data, errors } = await app.gql(document, variables);
    expect(errors).toBeUndefined();
    return data.result;
  }
  /** Dispatches a line by its rollout and waits for the run, and for its shadow where it gets one. */
  async function run(orderLineId: string, input: object = {}): Promise<string> {
    const { id: runId } = await dispatchRun(app, { orderLineId: id('OrderLine', orderLineId), ...input });
    await endOf(app.platform, localId('Run', runId));
    const { shadow } = await app.platform.db.run.findUniqueOrThrow({
      where: { id: localId('Run', runId) },
      include: { shadow: true },
    });
    if (shadow) await endOf(app.platform, shadow.id);
    return runId;
  }
  const compare = (legacyRunId: string, graphRunId: string) =>
    call(`mutation ($i: CompareRunsInput!) { result: compareRuns(input: $i) { ${REPORT} ${ERROR} } }`, {
      i: { legacyRunId, graphRunId },
    });
  async function made(reportId: string) {
    await worker.parity.compare();
    await expect.poll(async () => (await report(reportId)).status).not.toMatch(/waiting|comparing/);
    return report(reportId);
  }
  const report = (reportId: string) =>
    call(`query ($id: ID!) { result: parityReport(id: $id) { ${REPORT} } }`, { id: reportId });
  const gate = async () =>
    (
      await call(
        'query ($id: ID!) { result: outputType(id: $id) { revision parity { gate { streak needed isOpen reasons } policy } } }',
        { id: id('OutputType', outputTypeId) },
      )
    ).parity.gate;
  const rerun = (reportId: string) =>
    call(`mutation ($id: ID!) { result: rerunParity(id: $id) { ${REPORT} ... on Error { __typename code } } }`, {
      id: reportId,
    });

  let shadowed: string;
  let reportId: string;

  it('a shadow run is compared once both runs have ended, and opens the way to graph', async () => {
    expect(await gate()).toMatchObject({ streak: 0, isOpen: false });
    shadowed = await run(lineId);
    const [waiting] = (
      await call(
        'query ($f: ParityReportFilter) { result: parityReports(filter: $f) { nodes: edges { node { id } } } }',
        {
          f: { outputTypeId: id('OutputType', outputTypeId) },
        },
      )
    ).nodes;
    reportId = waiting.node.id;
    const done = await made(reportId);
    expect(done).toMatchObject({
      ...{ status: 'passed', legacyRun: { id: shadowed, mode: 'legacy' }, graphRun: { mode: 'shadow' } },
      graphRun: { parityReport: { id: reportId } },
      policy: { still_image: { maxColorShift: 8 } },
    });
    const roles = done.comparisons.map(({ role, verdict }: { role: string; verdict: string }) => [role, verdict]);
    expect(roles).toEqual(
      ['still_image', 'glb_model', 'bbox', 'material_map', 'durations'].map((role) => [role, 'passed']),
    );
    const durations = done.comparisons.at(-1).figures;
    expect(durations.map(({ key }: { key: string }) => key)).toEqual(
      expect.arrayContaining(['total', 'step:export_glb', 'step:blender_still']),
    );
    expect(await gate()).toMatchObject({ streak: 1, needed: 1, isOpen: true });
    expect(done).toMatchObject({ judgement: 2, notCounted: null });
  });

  it('over a picture from before cameras were noted, it passes and does not count', async () => {
    const { db, pool } = app.platform;
    const run = { shadowOfId: localId('Run', shadowed) };
    const still = await db.nodeRun.findFirstOrThrow({ where: { run, moduleKey: 'render.blender_still' } });
    const set = (outputs: string, ...values: unknown[]) =>
      pool.query(`update node_run set outputs = ${outputs} where run_id = $1 and idx = $2`, [
        still.runId,
        still.idx,
        ...values,
      ]);
    const again = async () => {
      await call(`mutation ($id: ID!) { result: rerunParity(id: $id) { ${REPORT} } }`, { id: reportId });
      return made(reportId);
    };
    await set(`outputs #- '{still,artifact,metadata,camera}'`);
    expect(await again()).toMatchObject({
      ...{ status: 'passed', judgement: 1, notCounted: expect.stringContaining('from where the camera saw') },
    });
    expect(await gate()).toMatchObject({ streak: 0, isOpen: false });
    await set('$3', JSON.stringify(still.outputs));
    expect(await again()).toMatchObject({ status: 'passed', judgement: 2, notCounted: null });
    expect(await gate()).toMatchObject({ streak: 1, isOpen: true });
  });

  it('any two runs of one product and output type can be compared; what differs is said in words and drawn', async () => {
    const changed = await run(await line(outputTypeId, { camera: { elevationDeg: 75 } }), {
      workflowId: id(
        'Workflow',
        (await app.platform.db.workflow.findUniqueOrThrow({ where: { key: 'order_still' } })).id,
      ),
    });
    const asked = await compare(shadowed, changed);
    expect(asked).toMatchObject({ status: 'waiting', comparisons: [] });
    const done = await made(asked.id);
    expect(done).toMatchObject({
      status: 'differs',
      reasons: expect.arrayContaining([expect.stringMatching(/^Still image: /)]),
    });
    const [still] = done.comparisons;
    expect(still).toMatchObject({ role: 'still_image', verdict: 'differs', isIdentical: false });
    const { difference } = still.samples[0];
    expect(difference.role).toBe('parity_difference');
    const picture = await app.fetch(difference.url);
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(await gate()).toMatchObject({
      streak: 0,
      isOpen: false,
      reasons: [expect.stringContaining('one that differed')],
    });

    const again = await rerun(asked.id);
    expect(again).toMatchObject({ id: asked.id, status: 'waiting', reasons: [] });
    const second = await made(asked.id);
    expect(second.comparisons[0].figures).toEqual(still.figures);
    expect((await compare(shadowed, changed)).id).toBe(asked.id);
    await made(asked.id);
  });

  it('thresholds decide, are checked, and do not overwrite what somebody else has set', async () => {
    const set = (policy: object, revision?: number) =>
      call(
        `mutation ($i: SetParityPolicyInput!) { result: setParityPolicy(input: $i) { ... on OutputType { revision parity { policy } } ${ERROR} } }`,
        { i: { outputTypeId: id('OutputType', outputTypeId), policy, revision } },
      );
    expect(await set({ still_image: { minSsim: 2, maxSsim: 1 }, greensNeeded: 0 })).toMatchObject({
      __typename: 'ValidationError',
      issues: expect.arrayContaining([
        { path: '/policy/still_image/minSsim' },
        { path: '/policy/still_image/maxSsim' },
        { path: '/policy/greensNeeded' },
      ]),
    });
    const form = await call('{ result: parityPolicyForm { schema uiSchema defaults } }');
    expect(Object.keys(form.schema.properties)).toEqual(Object.keys(form.defaults));
    const { revision, parity } = await set({ greensNeeded: 1, ignoredRoles: ['bbox'] });
    expect(parity.policy).toEqual({ ...form.defaults, greensNeeded: 1, ignoredRoles: ['bbox'] });
    expect(await set({}, revision - 1)).toMatchObject({ code: 'OUTPUT_TYPE_CHANGED' });
    await rerun(reportId);
    const { comparisons } = await made(reportId);
    expect(comparisons.map(({ role }: { role: string }) => role)).not.toContain('bbox');
  });

  it('runs that have nothing to do with each other, or do not exist, are refused', async () => {
    expect(await compare(shadowed, shadowed)).toMatchObject({ code: 'RUNS_NOT_COMPARABLE' });
    expect(await compare(shadowed, id('Run', '00000000-0000-7000-8000-000000000000'))).toMatchObject({
      __typename: 'NotFoundError',
    });
    expect(await rerun(id('ParityReport', '00000000-0000-7000-8000-000000000000'))).toMatchObject({
      __typename: 'NotFoundError',
    });
  });

  it('a report is made by one worker, survives the loss of another, and is not overwritten by who comes late', async () => {
    const { pool } = app.platform;
    await rerun(reportId);
    const lost = '11111111-1111-4111-8111-111111111111';
    const [first, second] = await Promise.all([
      claimReport(pool, lost, { withBlender: true }),
      claimReport(pool, lost, { withBlender: true }),
    ]);
    const claimed = (first ?? second)!;
    expect([first, second].filter((one) => one !== null)).toHaveLength(1);
    expect((await report(reportId)).status).toBe('comparing');
    expect(await made(reportId)).toMatchObject({ status: 'passed' });
    const late = { status: 'differs' as const, policy: {}, judgement: 1, results: [], reasons: ['Late'], files: [] };
    expect(await finishReport(pool, claimed, late)).toBe(false);
    expect((await report(reportId)).status).toBe('passed');
  });

  it('runs that failed say so: there is nothing to compare with, or the workflow is to blame', async () => {
    const { db } = app.platform;
    const broken = await run(lineId);
    const { shadow } = await db.run.findUniqueOrThrow({
      where: { id: localId('Run', broken)! },
      include: { shadow: true },
    });
    const { id: brokenReport } = await db.parityReport.findFirstOrThrow({ where: { graphRunId: shadow!.id } });
    await made(id('ParityReport', brokenReport));
    const fail = (runId: string, status: 'failed' | 'succeeded') =>
      db.run.update({
        where: { id: runId },
        data: { status, failure: { code: 'X', message: 'The template is gone.' } },
      });
    await fail(shadow!.id, 'failed');
    await rerun(id('ParityReport', brokenReport));
    expect(await made(id('ParityReport', brokenReport))).toMatchObject({
      status: 'differs',
      reasons: ['The legacy run succeeded, the run by workflow failed: The template is gone.'],
    });
    await fail(localId('Run', broken)!, 'failed');
    await rerun(id('ParityReport', brokenReport));
    expect(await made(id('ParityReport', brokenReport))).toMatchObject({ status: 'incomparable' });
  });
});
