import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Seeded, seed } from '../prisma/seed.js';
import { importCadFile } from '../runtime/library/cadFiles.js';
import { encodeGlobalId as id, localId } from '../schema/globalId.js';
import { radiancePicture } from '../tests/support/environmentPictures.js';
import { dispatchRun, resultOf, resultOfUpload } from '../tests/support/mutationCalls.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { endOf } from '../tests/support/testRuns.js';
import { describeWith } from '../tests/support/tools.js';
import { type RunningWorker, startWorker } from '../worker/worker.js';
import { nodeDefinition } from '../workflow/nodeDefinitions.js';

const LIST = `query ($filter: StaleAssetFilter, $first: Int, $after: String) { staleAssets(filter: $filter, first: $first, after: $after) {
  pageInfo { hasNextPage endCursor } edges { node { asset { id orderLine { id } } reasons { code message } } } } }`;
const REQUEUE = `mutation ($input: RequeueStaleAssetsInput!) { requeueStaleAssets(input: $input) { __typename
  ... on DispatchBatch { started lines { orderLineId result { ... on Run { id } ... on Error { code } } }
    cadFiles { cadFileId result { ... on Run { id mode } ... on Error { code } } } } ... on Error { code } ... on ValidationError { issues { path } } } }`;
const another = fileURLToPath(new URL('../tests/fixtures/step/conveyor-48.step', import.meta.url));

/** The tests go on from one another: what one makes stale, a later one renders anew. */
describeWith('blender', 'published assets', () => {
  let app: TestApp;
  let worker: RunningWorker;
  let seeded: Seeded;
  let outputTypeId: string;
  let lineIds: string[];

  const stale = async (variables: object = {}) => {
    const { data, errors } = await app.gql(LIST, variables);
    expect(errors).toBeUndefined();
    return data.staleAssets;
  };
  const codes = async (variables: object = {}) =>
    (await stale(variables)).edges.map(({ node }: any) => node.reasons.map((reason: { code: string }) => reason.code));
  const requeue = async (input: object) => (await app.gql(REQUEUE, { input })).data.requeueStaleAssets;
  /** Gives a template a picture of the surroundings, through the API. */
  async function lightBySky(name: string) {
    const file = { content: radiancePicture(64, 32, () => [1, 1, 1]), name: 'sky.hdr' };
    const IMAGE = '... on EnvironmentImage { name }';
    const uploaded = await resultOfUpload(
      app,
      ['uploadEnvironmentImage', 'UploadEnvironmentImageInput', IMAGE],
      {},
      file,
    );
    const environment = { image: uploaded.name };
    const RESULT = '__typename ... on RenderTemplate { id version setup }';
    const { data } = await app.gql(`{ renderTemplates(first: 50) { edges { node { ${RESULT} name } } } }`);
    const { node } = data.renderTemplates.edges.find((edge: any) => edge.node.name === name);
    const input = { renderTemplateId: node.id, version: node.version, setup: { ...node.setup, environment } };
    const changed = await resultOf(app, 'updateRenderTemplate', 'UpdateRenderTemplateInput', RESULT, input);
    expect(changed).toMatchObject({ version: node.version + 1, setup: { environment: { image: 'sky.hdr' } } });
  }
  async function ended(runIds: string[]) {
    for (const runId of runIds) expect(await endOf(app.platform, localId('Run', runId))).toBe('succeeded');
  }

  beforeAll(async () => {
    app = await startTestApp({ definition: nodeDefinition });
    seeded = await seed(app.platform);
    worker = await startWorker(app.platform);
    const { db } = app.platform;
    const workflow = await db.workflow.findUniqueOrThrow({ where: { key: 'order_still' } });
    const outputType = await db.outputType.create({
      data: {
        ...{ key: 'quick', name: 'Quick', family: 'order_line', artifactKind: 'still_image', workflowId: workflow.id },
        rollout: 'graph',
        overrides: {
          resolution: { width: 64, height: 48 },
          samples: 2,
          denoise: false,
          shadow: false,
          engine: 'workbench',
        },
      },
    });
    outputTypeId = outputType.id;
    const other = await db.product.create({
      data: { sku: 'OTHER', name: 'Other', cadFileId: seeded.product.cadFileId },
    });
    const order = await db.order.create({
      data: {
        lines: {
          create: [seeded.product.id, other.id].map((productId, i) => ({ lineNumber: i + 1, productId, outputTypeId })),
        },
      },
      include: { lines: { orderBy: { lineNumber: 'asc' } } },
    });
    lineIds = order.lines.map((line) => line.id);
    // One after the other, so that the list has them in this order.
    for (const line of lineIds) {
      const run = await dispatchRun(app, { orderLineId: id('OrderLine', line) });
      await ended([run.id]);
    }
  });
  afterAll(async () => {
    await worker?.stop(0);
    await app?.close();
  });

  it('are up to date when they were just made', async () => {
    expect(await codes()).toEqual([]);
    expect(await requeue({})).toMatchObject({ started: 0, lines: [] });
  });

  it('are out of date when a material in use changed, and not for another one or another name', async () => {
    const { db } = app.platform;
    const map = await db.artifact.findFirstOrThrow({ where: { role: 'material_map' } });
    const { assignments } = await (await app.fetch(await urlOf(map.id))).json();
    const used = new Set(assignments.flatMap(({ material }: any) => (material ? [material.name] : [])));
    const materials = await db.material.findMany();
    const change = (name: string, data: object) => db.material.update({ where: { name }, data });
    const unused = materials.find(({ name }) => !used.has(name))!;
    await change(unused.name, { spec: { ...(unused.spec as object), roughness: 0.123 } });
    const inUse = materials.find(({ name }) => used.has(name))!;
    await change(inUse.name, { label: 'Another name' });
    expect(await codes()).toEqual([]);
    await change(inUse.name, { spec: { ...(inUse.spec as object), roughness: 0.321 } });
    expect(await codes()).toEqual([['materials'], ['materials']]);
    const { edges } = await stale({ first: 1 });
    expect(edges[0].node.reasons[0].message).toBe('A material changed: Another name.');
  });

  it('are out of date when a new rule decides otherwise, for those whose parts it decides on', async () => {
    const { db } = app.platform;
    const [first] = (await stale()).edges;
    const { materialMap, parts } = await mapOf(first.node.asset.id);
    const other = await db.material.findFirstOrThrow({
      where: { name: { notIn: materialMap.map(({ material }: any) => material?.name ?? '') } },
    });
    const rule = (partNamePattern: string) =>
      db.materialRule.create({ data: { priority: 900_000, partNamePattern, materialId: other.id } });
    const before = await messages();
    const beside = await rule('no such part*');
    expect(await messages()).toEqual(before);
    const named = await rule(parts[0]);
    const [message] = (await messages()).filter((one: string) => !before.includes(one));
    expect(message).toContain('Other materials are chosen now.');
    expect(message).toContain(`${parts[0]}: ${other.label} instead of `);
    await db.product.update({ where: { sku: 'OTHER' }, data: { materialAssignments: { Nobody: other.name } } });
    expect(await messages()).toContainEqual(expect.stringContaining('cannot be decided any more'));
    await db.product.update({ where: { sku: 'OTHER' }, data: { materialAssignments: {} } });
    await db.materialRule.deleteMany({ where: { id: { in: [beside.id, named.id] } } });
    expect(await messages()).toEqual(before);
  });

  it('say every reason, and are found by it, page by page', async () => {
    const { db } = app.platform;
    await lightBySky('studio_soft');
    const workflow = await db.workflow.findUniqueOrThrow({
      where: { key: 'order_still' },
      include: { versions: true },
    });
    await db.workflowVersion.create({
      data: { workflowId: workflow.id, number: 2, graph: workflow.versions[0]!.graph as object },
    });
    const cadFile = await importCadFile(app.platform, { name: 'other.step', content: createReadStream(another) });
    await revise('OTHER', cadFile.id);
    const all = ['materials', 'template', 'workflow'];
    expect(await codes()).toEqual([all, ['cad_file', ...all]]);
    const outputType = await db.outputType.findUniqueOrThrow({ where: { id: outputTypeId } });
    await db.outputType.update({
      where: { id: outputTypeId },
      data: { overrides: { ...(outputType.overrides as object), samples: 3 } },
    });
    expect(await codes({ filter: { reason: 'cad_file' } })).toEqual([['cad_file', ...all, 'output_type']]);
    expect(await codes({ filter: { productId: id('Product', seeded.product.id) } })).toHaveLength(1);
    const first = await stale({ first: 1 });
    expect(first.pageInfo.hasNextPage).toBe(true);
    const second = await stale({ first: 1, after: first.pageInfo.endCursor });
    expect(second.pageInfo.hasNextPage).toBe(false);
    expect([first, second].map(({ edges }) => edges[0].node.asset.orderLine.id)).toEqual(
      lineIds.map((line) => id('OrderLine', line)),
    );
  });

  it('are made anew by one call, once per key, and are up to date then', async () => {
    await revise('OTHER', seeded.product.cadFileId!);
    const assetIds = (await stale()).edges.map(({ node }: any) => node.asset.id);
    const batch = await requeue({ assetIds, idempotencyKey: 'anew' });
    expect(batch).toMatchObject({ started: 2 });
    const runIds = batch.lines.map(({ result }: any) => result.id);
    await ended(runIds);
    expect(await codes()).toEqual([]);
    expect(await requeue({ assetIds, idempotencyKey: 'anew' })).toEqual(batch);
    expect(await requeue({ assetIds })).toMatchObject({ started: 0 });
    expect(await requeue({ assetIds: [id('Asset', '0192f0c0-0000-7000-8000-000000000000')] })).toMatchObject({
      __typename: 'NotFoundError',
    });
    const latest = await app.platform.db.asset.findMany({ where: { supersededAt: null } });
    expect(latest.map(({ runId }) => id('Run', runId)).sort()).toEqual([...runIds].sort());
  });

  it('of CAD files are out of date when their workflow is published anew, and are taken in once more', async () => {
    const { db } = app.platform;
    const node = (nodeId: string, step: string, params: object = {}) => ({
      ...{ id: nodeId, step, params, onFailure: 'halt' },
    });
    const edge = (from: string, port: string, to: string, toPort: string) => ({
      from: { node: from, port },
      to: { node: to, port: toPort },
    });
    const graph = {
      format: 1,
      family: 'cad_file',
      nodes: [
        node('step', 'resolve_step_path'),
        node('glb', 'export_glb', { quality: 'draft' }),
        node('publish', 'publish_asset'),
      ],
      edges: [edge('step', 'step', 'glb', 'step'), edge('glb', 'glb', 'publish', 'source')],
    };
    const workflow = await db.workflow.create({
      data: {
        ...{ key: 'models', name: 'Models', family: 'cad_file', draft: graph },
        versions: { create: { number: 1, graph } },
      },
    });
    const cadFileId = id('CadFile', seeded.cadFileId!);
    const run = await dispatchRun(app, { cadFileId, workflowId: id('Workflow', workflow.id) });
    await ended([run.id]);
    expect(await codes()).toEqual([]);
    await db.workflowVersion.create({ data: { workflowId: workflow.id, number: 2, graph } });
    const { edges } = await stale();
    expect(edges).toMatchObject([
      { node: { asset: { orderLine: null }, reasons: [{ code: 'workflow', message: expect.stringContaining('2') }] } },
    ]);
    expect(await codes({ filter: { outputTypeId: id('OutputType', outputTypeId) } })).toEqual([]);
    const assetIds = [edges[0].node.asset.id];
    const batch = await requeue({ assetIds, idempotencyKey: 'taken in anew' });
    expect(batch).toMatchObject({
      started: 1,
      lines: [],
      cadFiles: [{ cadFileId: id('CadFile', seeded.cadFileId!), result: { mode: 'graph' } }],
    });
    await ended([batch.cadFiles[0].result.id]);
    expect(await codes()).toEqual([]);
    expect(await requeue({ assetIds, idempotencyKey: 'taken in anew' })).toEqual(batch);
    expect(await requeue({ assetIds })).toMatchObject({ started: 0 });
  });

  it('of CAD files are out of date when no product has the file any more, and what products have now is taken in', async () => {
    const reasons = async () => (await stale()).edges.map(({ node }: any) => node.reasons);
    const files = [];
    for (const name of ['revised.step', 'other.step'])
      files.push((await importCadFile(app.platform, { name, content: createReadStream(another) })).id);
    const [revised, other] = files as [string, string];
    // The lines' own assets are another story: see above.
    await app.platform.db.orderLine.updateMany({ data: { cancelledAt: new Date() } });
    expect(await reasons()).toEqual([]);

    await revise(seeded.product.sku, revised);
    expect(await reasons()).toEqual([]);
    await revise('OTHER', revised);
    expect(await reasons()).toEqual([
      [{ code: 'cad_file', message: '2 products have the CAD file “revised.step” now.' }],
    ]);
    await revise('OTHER', other);
    const [found] = await reasons();
    expect(found).toEqual([
      { code: 'cad_file', message: 'The product “Other” has the CAD file “other.step” now.' },
      { code: 'cad_file', message: `The product “${seeded.product.name}” has the CAD file “revised.step” now.` },
    ]);
    const { edges } = await stale({ filter: { productId: id('Product', seeded.product.id), reason: 'cad_file' } });
    const assetIds = edges.map(({ node }: any) => node.asset.id);
    expect(assetIds).toHaveLength(1);

    const batch = await requeue({ assetIds, idempotencyKey: 'revised' });
    expect(batch.started).toBe(2);
    expect(batch.cadFiles.map(({ cadFileId }: any) => localId('CadFile', cadFileId)).sort()).toEqual([...files].sort());
    await ended(batch.cadFiles.map(({ result }: any) => result.id));
    expect(await reasons()).toEqual([]);
    const again = await requeue({ assetIds, idempotencyKey: 'revised' });
    expect(new Set(again.cadFiles.map(({ result }: any) => result.id))).toEqual(
      new Set(batch.cadFiles.map(({ result }: any) => result.id)),
    );
    expect(await requeue({ assetIds })).toMatchObject({ started: 0 });

    // Back to the file of before: what was made of it counts again.
    for (const sku of ['OTHER', seeded.product.sku]) await revise(sku, seeded.product.cadFileId!);
    expect(await reasons()).toEqual([]);
  }, 60_000);

  /** Gives a product another CAD file, as an artist does. */
  async function revise(sku: string, cadFileId: string) {
    const { id: productId } = await app.platform.db.product.findUniqueOrThrow({ where: { sku } });
    const { data } = await app.gql(
      'mutation ($input: UpdateProductInput!) { updateProduct(input: $input) { ... on Product { cadFile { id } } ... on Error { message } } }',
      { input: { productId: id('Product', productId), cadFileId: id('CadFile', cadFileId) } },
    );
    expect(data.updateProduct).toEqual({ cadFile: { id: id('CadFile', cadFileId) } });
  }

  const messages = async () =>
    (await stale()).edges.flatMap(({ node }: any) => node.reasons.map(({ message }: any) => message));

  async function mapOf(assetId: string) {
    const { runId } = await app.platform.db.asset.findUniqueOrThrow({ where: { id: localId('Asset', assetId) } });
    const { mapSha256 } = await app.platform.db.materialDecision.findFirstOrThrow({ where: { runId } });
    const map = JSON.parse((await app.platform.store.read(mapSha256)).toString());
    return { materialMap: map.assignments, parts: map.assignments.map(({ partName }: any) => partName) };
  }

  async function urlOf(artifactId: string): Promise<string> {
    const { data } = await app.gql('query ($id: ID!) { node(id: $id) { ... on Artifact { url } } }', {
      id: id('Artifact', artifactId),
    });
    return data.node.url;
  }
});
