import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seed } from '../prisma/seed.js';
import { importCadFile } from '../runtime/library/cadFiles.js';
import { encodeGlobalId as id, localId } from '../schema/globalId.js';
import { addOrderLine, dispatchRun } from '../tests/support/mutationCalls.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { endOf } from '../tests/support/testRuns.js';
import { describeWith } from '../tests/support/tools.js';
import { type RunningWorker, startWorker } from '../worker/worker.js';
import type { WorkflowGraph } from '../workflow/graph.js';
import { nodeDefinition } from '../workflow/nodeDefinitions.js';

const BEARING = fileURLToPath(new URL('../tests/fixtures/step/bearing-6205.step', import.meta.url));
const SMALL = { resolution: { width: 96, height: 96 }, samples: 16, shadow: false };
const REPORT = '... on ParityReport { id status reasons comparisons { role verdict reasons } }';

/** What somebody gets who holds runs by workflow against the legacy pipeline: known noise passes, seeded faults are caught and named. */
describeWith('blender', 'runs by workflow beside a legacy run', () => {
  let app: TestApp;
  let worker: RunningWorker;
  let seeded: Awaited<ReturnType<typeof seed>>;
  let outputTypeId: string;
  let graph: WorkflowGraph;
  let legacyRunId: string;

  async function call(document: string, variables: object): Promise<any> {
    const { data, errors } = await app.gql(document, variables);
    expect(errors).toBeUndefined();
    return data.result;
  }
  /** An order line, dispatched and waited for. */
  async function run(more: { line?: object; options?: object; dispatch?: object } = {}): Promise<string> {
    const { id: orderLineId } = await addOrderLine(app, {
      ...{ productId: id('Product', seeded.product.id), outputTypeId: id('OutputType', outputTypeId) },
      ...more.line,
    });
    const { id: runId } = await dispatchRun(app, { orderLineId, ...more.dispatch });
    expect(await endOf(app.platform, localId('Run', runId))).toBe('succeeded');
    return runId;
  }
  /** The nodes of the still, some of them with other params, as a workflow of their own. */
  async function workflowWith(params: Record<string, object> = {}): Promise<{ workflowId: string }> {
    const nodes = graph.nodes.map((node) => ({ ...node, params: { ...node.params, ...params[node.id] } }));
    const { id: workflowId } = await app.platform.db.workflow.create({
      data: {
        ...{
          key: `pair-${JSON.stringify(params)}`,
          name: 'Pair',
          family: 'order_line',
          draft: { ...graph, nodes } as never,
        },
        versions: { create: { number: 1, graph: { ...graph, nodes } as never } },
      },
    });
    return { workflowId: id('Workflow', workflowId) };
  }
  /** Gives the product another CAD file. */
  async function revise(name: string, change: (text: string) => string) {
    const text = change(await readFile(BEARING, 'latin1'));
    const content = Readable.from([Buffer.from(text, 'latin1')]);
    const { id: cadFileId } = await importCadFile(app.platform, { name, content });
    const product = await call(
      'mutation ($i: UpdateProductInput!) { result: updateProduct(input: $i) { ... on Product { cadFile { name } } } }',
      { i: { productId: id('Product', seeded.product.id), cadFileId: id('CadFile', cadFileId) } },
    );
    expect(product.cadFile.name).toBe(name);
  }
  async function compared(graphRunId: string) {
    const { id: reportId } = await call(
      `mutation ($i: CompareRunsInput!) { result: compareRuns(input: $i) { ${REPORT} ... on Error { message } } }`,
      { i: { legacyRunId, graphRunId } },
    );
    await worker.parity.compare();
    const report = () => call(`query ($id: ID!) { result: parityReport(id: $id) { ${REPORT} } }`, { id: reportId });
    await expect.poll(async () => (await report()).status).not.toMatch(/waiting|comparing/);
    const { status, reasons, comparisons } = await report();
    return {
      ...{ status, reasons: reasons.join(' ') },
      differing: comparisons.flatMap(({ role, verdict }: any) => (verdict === 'differs' ? role : [])),
    };
  }

  beforeAll(async () => {
    app = await startTestApp({ definition: nodeDefinition });
    seeded = await seed(app.platform);
    worker = await startWorker(app.platform);
    const workflow = await app.platform.db.workflow.findUniqueOrThrow({
      where: { key: 'order_still' },
      include: { versions: true },
    });
    graph = workflow.versions[0]!.graph as unknown as WorkflowGraph;
    const outputType = await app.platform.db.outputType.create({
      data: {
        ...{ key: 'pairs', name: 'Pairs', family: 'order_line', artifactKind: 'still_image', rollout: 'legacy' },
        ...{ workflowId: workflow.id, overrides: SMALL, callerParams: { camera: {} } },
      },
    });
    outputTypeId = outputType.id;
    legacyRunId = await run();
  }, 120_000);
  afterAll(async () => {
    await worker?.stop(0);
    await app?.close();
  });

  it('pass with another seed of the grain', async () => {
    const report = await compared(await run({ dispatch: await workflowWith({ still: { seed: 11 } }) }));
    expect(report).toMatchObject({ status: 'passed', differing: [] });
  });

  it.each([
    ['up', { elevationDeg: 26 }],
    ['round a bearing, which looks the same from all sides', { azimuthDeg: 37 }],
  ])('are caught with a camera moved by 2° %s', async (which, camera) => {
    const dispatch = await workflowWith({ map: {}, [which]: {} });
    const report = await compared(await run({ line: { options: { camera } }, dispatch }));
    expect(report).toMatchObject({ status: 'differs', differing: ['still_image'] });
    expect(report.reasons).toContain('The camera stands, looks or zooms differently.');
  });

  it('are caught with one wrong material, which the map says by name', async () => {
    const { name } = await app.platform.db.material.findFirstOrThrow({ where: { name: { contains: 'brass' } } });
    const line = { materialOverrides: { 'Inner Ring': name } };
    const report = await compared(await run({ line, dispatch: await workflowWith({ still: {} }) }));
    expect(report).toMatchObject({ status: 'differs', differing: ['still_image', 'material_map'] });
    expect(report.reasons).toContain('Inner Ring');
  });

  it.each([
    [
      'a part that is missing',
      /only the legacy pipeline has "[^"]*Seal:2"/,
      (text: string) =>
        text.replace(
          /NEXT_ASSEMBLY_USAGE_OCCURRENCE\('14','[^']*','',(#\d+),(#\d+),\$\)/,
          "PRODUCT_DEFINITION_RELATIONSHIP('14','','',$1,$2)",
        ),
    ],
    [
      'a product 5 % larger, although it is framed alike',
      /The size differs/,
      (text: string) =>
        text
          .replace(
            /\( LENGTH_UNIT\(\) NAMED_UNIT\(\*\) SI_UNIT\(\.MILLI\.,\.METRE\.\) \)/g,
            "( CONVERSION_BASED_UNIT('LARGER',#900001) LENGTH_UNIT() NAMED_UNIT(#900002) )",
          )
          .replace(
            /ENDSEC;\s*END-ISO/,
            `#900001=LENGTH_MEASURE_WITH_UNIT(LENGTH_MEASURE(1.05),#900003);
#900002=DIMENSIONAL_EXPONENTS(1.,0.,0.,0.,0.,0.,0.);
#900003=( LENGTH_UNIT() NAMED_UNIT(*) SI_UNIT(.MILLI.,.METRE.) );
$&`,
          ),
    ],
  ])('are caught with %s', async (what, said, change) => {
    await revise(`${what}.step`, change);
    const report = await compared(await run({ dispatch: await workflowWith({ publish: {}, [what]: {} }) }));
    expect(report.status).toBe('differs');
    expect(report.differing).toContain('glb_model');
    expect(report.reasons).toMatch(said);
  });
});
