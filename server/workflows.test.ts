import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { dispatchRun, resultOf } from '../tests/support/mutationCalls.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { CAD_GRAPH, type Catalogue, createCatalogue } from '../tests/support/testData.js';
import { canonicalGraphJson } from '../workflow/canonical.js';
import type { WorkflowGraph } from '../workflow/graph.js';
import { graphOf, orderGraph } from '../workflow/testGraphs.js';

let app: TestApp;
let catalogue: Catalogue;

beforeAll(async () => {
  app = await startTestApp();
  catalogue = await createCatalogue(app.platform);
});
afterAll(() => app.close());

const FIELDS =
  'id key name family draft draftRevision isArchived hasUnpublishedChanges exportFile latestVersion { id number note publishedBy }';

const RESULT = `... on Workflow { ${FIELDS} } ... on Error { code message } ... on ValidationError { issues { path } }`;
const call = (field: string, inputType: string, input: unknown) => resultOf(app, field, inputType, RESULT, input);
const create = (input: object) => call('createWorkflow', 'CreateWorkflowInput', input);
const save = (workflow: { id: string; draftRevision: number }, graph: WorkflowGraph) =>
  call('saveWorkflowDraft', 'SaveWorkflowDraftInput', {
    workflowId: workflow.id,
    graph,
    expectedRevision: workflow.draftRevision,
  });
const publish = (workflow: { id: string; draftRevision: number }, more: object = {}) =>
  call('publishWorkflow', 'PublishWorkflowInput', {
    workflowId: workflow.id,
    expectedRevision: workflow.draftRevision,
    ...more,
  });
const archive = async (workflowId: string, isArchived: boolean) =>
  (
    await app.gql(
      `mutation ($id: ID!, $isArchived: Boolean) { result: archiveWorkflow(id: $id, isArchived: $isArchived) { __typename ... on Workflow { isArchived } ... on Error { code message } } }`,
      { id: workflowId, isArchived },
    )
  ).data.result;

describe('making a workflow', () => {
  test('from nothing, from a starter, from an exported file: the file comes out as it went in', async () => {
    const empty = await create({ name: 'Ärzte & Co', family: 'order_line' });
    expect(empty).toMatchObject({ key: 'aerzte_and_co', draft: { nodes: [], edges: [] }, latestVersion: null });
    const again = await create({ name: 'Ärzte & Co', family: 'order_line' });
    expect(again.key).toBe('aerzte_and_co_2');
    const starters = await app.gql('{ workflowStarters(family: order_line) { key family graph } }');
    const { key } = starters.data.workflowStarters[0];
    expect((await create({ name: 'Still', family: 'order_line', starter: key })).draft.nodes.length).toBeGreaterThan(5);
    const file = canonicalGraphJson(orderGraph());
    expect((await create({ name: 'Copy', family: 'order_line', file })).exportFile).toBe(file);
  });

  test.each([
    ['no name', { name: '  ' }, '/name'],
    ['a file that is not JSON', { file: '{"format":' }, '/file'],
    ['a graph that is none', { graph: { format: 1, family: 'order_line', nodes: 5, edges: [] } }, '/graph/nodes'],
    ['a graph of the other family', { graph: CAD_GRAPH }, '/family'],
    [
      'a file with text that cannot be kept',
      { file: JSON.stringify({ ...CAD_GRAPH, nodes: [{ ...CAD_GRAPH.nodes[0], params: { name: '\0' } }] }) },
      '/graph/nodes/0/params/name',
    ],
    ['a starter nobody knows', { starter: 'nonsense' }, '/starter'],
    ['two beginnings', { starter: 'order_still', graph: orderGraph() }, ''],
  ])('%s is a ValidationError at its place', async (_what, input, path) => {
    const result = await create({ name: 'X', family: 'order_line', ...input });
    expect(result).toMatchObject({ __typename: 'ValidationError', issues: [{ path }] });
  });
});

describe('the history of a workflow', () => {
  const DIFF = 'nodes { nodeId change fields { path before after } } edges { change fromNode toNode } isSame';

  test('compares any two versions, and goes back to one', async () => {
    const made = await create({ name: 'History', family: 'order_line', graph: orderGraph() });
    await publish(made, { note: 'First' });
    const graph = orderGraph();
    graph.nodes.find((node) => node.id === 'still')!.params = { samples: 8 };
    const saved = await save(made, graph);
    const second = await publish(saved, { note: 'Fewer samples' });
    expect(second.latestVersion).toMatchObject({ number: 2, publishedBy: 'Admin token' });
    const query = `query ($id: ID!) { there: workflowDiff(workflowId: $id, from: 1, to: 2) { ${DIFF} } draft: workflowDiff(workflowId: $id, from: 2) { isSame } gone: workflowDiff(workflowId: $id, from: 9) { isSame } workflow(id: $id) { versions { edges { node { id number } } } } }`;
    const { data } = await app.gql(query, { id: made.id });
    expect(data.there.nodes).toEqual([
      { nodeId: 'still', change: 'changed', fields: [{ path: '/params/samples', before: null, after: 8 }] },
    ]);
    expect(data).toMatchObject({ draft: { isSame: true }, gone: null });

    const versionId = data.workflow.versions.edges[1].node.id;
    const restore = (expectedRevision: number) =>
      call('restoreWorkflowVersion', 'RestoreWorkflowVersionInput', {
        workflowId: made.id,
        versionId,
        expectedRevision,
      });
    expect(await restore(1)).toMatchObject({ code: 'DRAFT_CHANGED' });
    const back = await restore(second.draftRevision);
    expect(back).toMatchObject({ hasUnpublishedChanges: true, exportFile: canonicalGraphJson(orderGraph()) });
    expect((await publish(back, { note: 'Back to version 1' })).latestVersion).toMatchObject({ number: 3 });
    const elsewhere = await call('restoreWorkflowVersion', 'RestoreWorkflowVersionInput', {
      workflowId: id('Workflow', catalogue.workflow.id),
      versionId,
      expectedRevision: 1,
    });
    expect(elsewhere).toMatchObject({ __typename: 'NotFoundError' });
  });

  test('what was published, and what a run was started with, is never changed, and stays after all else has', async () => {
    const { db } = app.platform;
    const made = await create({ name: 'Kept', family: 'cad_file', graph: CAD_GRAPH });
    await publish(made, { note: 'As it was' });
    const run = await dispatchRun(app, { cadFileId: id('CadFile', catalogue.cadFile.id), workflowId: made.id });
    const version = await db.workflowVersion.findFirstOrThrow({ where: { workflow: { key: made.key } } });
    for (const data of [{ graph: {} }, { note: 'Other' }, { number: 7 }, { publishedBy: 'Somebody' }])
      await expect(db.workflowVersion.update({ where: { id: version.id }, data })).rejects.toThrow(/never changes/);
    await expect(db.workflowVersion.deleteMany({ where: { id: version.id } })).rejects.toThrow(/never removed/);
    for (const data of [{ graph: {} }, { plan: {} }, { hash: 'other' }])
      await expect(db.runPlan.updateMany({ data })).rejects.toThrow(/never changes/);
    await expect(db.runPlan.deleteMany()).rejects.toThrow(/never removed/);
    const where = { workflowVersionId: version.id };
    for (const data of [{ planHash: 'test-plan' }, { workflowId: null }, { workflowVersionId: null }, { entry: {} }])
      await expect(db.run.updateMany({ where, data })).rejects.toThrow(/never changes/);
    expect(await db.run.updateMany({ where, data: { status: 'running' } })).toEqual({ count: 1 });

    const changed = structuredClone(CAD_GRAPH);
    changed.nodes[1]!.ui = { x: 1, y: 1 };
    const second = await save(made, changed);
    await publish(second);
    expect(await archive(made.id, true)).toMatchObject({ isArchived: true });
    const { data } = await app.gql(
      'query ($id: ID!) { run(id: $id) { graph workflowVersion { number note graph } } }',
      {
        id: run.id,
      },
    );
    expect(data.run.workflowVersion).toMatchObject({ number: 1, note: 'As it was', graph: made.draft });
    expect(data.run.graph).toEqual(made.draft);
  });

  test('says when it or its draft last changed', async () => {
    const { db } = app.platform;
    const {
      id: workflowId,
      key,
      draftRevision,
    } = await create({ name: 'Dated', family: 'cad_file', graph: CAD_GRAPH });
    const published = await publish({ id: workflowId, draftRevision });
    const { versions } = await db.workflow.findUniqueOrThrow({ where: { key }, include: { versions: true } });
    const versionId = id('WorkflowVersion', versions[0]!.id);
    const restore = () =>
      call('restoreWorkflowVersion', 'RestoreWorkflowVersionInput', { workflowId, versionId, expectedRevision: 2 });
    const rename = () => call('updateWorkflow', 'UpdateWorkflowInput', { workflowId, name: 'Dated anew' });
    for (const change of [() => save(published, CAD_GRAPH), restore, rename, () => archive(workflowId, true)]) {
      await db.$executeRaw`UPDATE workflow SET updated_at = '2020-01-01' WHERE key = ${key}`;
      await change();
      const { updatedAt } = await db.workflow.findUniqueOrThrow({ where: { key } });
      expect(updatedAt.getFullYear()).toBeGreaterThan(2020);
    }
  });

  test('no output type loses what it sells without somebody saying so', async () => {
    const made = await create({ name: 'Sold', family: 'order_line', graph: orderGraph() });
    const first = await publish(made);
    const outputType = await app.platform.db.outputType.create({
      data: {
        key: 'sold',
        name: 'Sold still',
        family: 'order_line',
        artifactKind: 'still_image',
        overrides: { format: 'jpeg' },
        workflow: { connect: { key: first.key } },
      },
    });
    const { workflowId, id: pinnedVersionId } = await app.platform.db.workflowVersion.findFirstOrThrow({
      where: { workflow: { key: first.key } },
    });
    await app.platform.db.outputType.create({
      data: {
        ...{ key: 'pinned', name: 'Pinned', family: 'order_line', artifactKind: 'still_image' },
        ...{ workflowId, versionPolicy: 'pinned', pinnedVersionId },
      },
    });
    const graph = orderGraph();
    graph.nodes = graph.nodes.filter((node) => node.id === 'source' || node.id === 'mesh');
    graph.edges = graph.edges.filter(({ to }) => to.node === 'mesh');
    const saved = await save(first, graph);
    const preview = await app.gql(
      `query ($id: ID!) { workflow(id: $id) { publishPreview { diff { isSame nodes { change } } affected { outputType { name } losses { code } } } } }`,
      { id: made.id },
    );
    expect(preview.data.workflow.publishPreview).toMatchObject({
      diff: { isSame: false },
      affected: [
        { outputType: { name: 'Sold still' }, losses: [{ code: 'OUTPUT_ROLE_MISSING' }, { code: 'OVERRIDE_UNUSED' }] },
      ],
    });
    const refused = await publish(saved);
    expect(refused).toMatchObject({ __typename: 'ConflictError', code: 'OUTPUT_TYPES_AFFECTED' });
    expect(refused.message).toContain('Sold still');
    const accepted = await publish(saved, { acceptedLosses: [id('OutputType', outputType.id)] });
    expect(accepted.latestVersion).toMatchObject({ number: 2 });
    expect(await archive(made.id, true)).toMatchObject({ code: 'WORKFLOW_IN_USE' });
  });
});

describe('what somebody does while a workflow is being changed', () => {
  /** Begins `what` while somebody holds the workflow, who changes it before letting go. */
  async function meanwhile<T>(
    workflowId: string,
    change: (tx: Parameters<Parameters<typeof app.platform.db.$transaction>[0]>[0]) => Promise<unknown>,
    what: () => Promise<T>,
  ): Promise<T> {
    const waiting = async () =>
      (await app.platform.pool.query('SELECT 1 FROM pg_locks WHERE NOT granted')).rows.length > 0;
    const { begun } = await app.platform.db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM workflow WHERE id = ${workflowId}::uuid FOR UPDATE`;
      const begun = what();
      await vi.waitFor(async () => expect(await waiting()).toBe(true), { timeout: 4_000 });
      await change(tx);
      return { begun };
    });
    return begun;
  }
  const rowOf = (key: string) => app.platform.db.workflow.findUniqueOrThrow({ where: { key } });

  test('is not written into the draft of one that has been archived', async () => {
    const made = await create({ name: 'Going', family: 'cad_file', graph: CAD_GRAPH });
    const row = await rowOf(made.key);
    const saved = await meanwhile(
      row.id,
      (tx) => tx.workflow.update({ where: { id: row.id }, data: { archivedAt: new Date() } }),
      () => save(made, graphOf('cad_file', { source: 'source' })),
    );
    expect(saved).toMatchObject({ code: 'WORKFLOW_ARCHIVED' });
    expect((await rowOf(made.key)).draftRevision).toBe(made.draftRevision);
  });

  test.each<[string, (workflowId: string) => Parameters<typeof meanwhile>[1]]>([
    [
      'is not made any more',
      (workflowId) => (tx) =>
        tx.workflowVersion.create({
          data: { workflowId, number: 2, note: '', graph: graphOf('order_line', { source: 'source' }) as object },
        }),
    ],
    [
      'has been put away',
      (workflowId) => (tx) => tx.workflow.update({ where: { id: workflowId }, data: { archivedAt: new Date() } }),
    ],
  ])('makes no output type of what %s', async (what, change) => {
    const { key } = await publish(await create({ name: `What ${what}`, family: 'order_line', graph: orderGraph() }));
    const { id: workflowId } = await rowOf(key);
    const input = { family: 'order_line', artifactKind: 'still_image', workflowId: id('Workflow', workflowId) };
    const sold = await meanwhile(workflowId, change(workflowId), () =>
      resultOf(app, 'createOutputType', 'OutputTypeInput', '... on Error { code message }', { ...input, name: what }),
    );
    expect(sold).toMatchObject({ __typename: 'ConflictError', code: 'WORKFLOW_CHANGED' });
    expect(await app.platform.db.outputType.count({ where: { workflowId } })).toBe(0);
  });
});

test('an archived workflow is out of the list, cannot be changed or run, and comes back', async () => {
  const made = await create({ name: 'Old', family: 'cad_file', graph: CAD_GRAPH });
  await publish(made);
  expect(await archive(made.id, true)).toMatchObject({ isArchived: true });
  const names = async (archived: boolean) =>
    (
      await app.gql('query ($archived: Boolean) { workflows(archived: $archived) { edges { node { name } } } }', {
        archived,
      })
    ).data.workflows.edges.map((edge: { node: { name: string } }) => edge.node.name);
  expect(await names(false)).not.toContain('Old');
  expect(await names(true)).toContain('Old');
  expect(await save(made, CAD_GRAPH)).toMatchObject({ code: 'WORKFLOW_ARCHIVED' });
  expect(await publish(made)).toMatchObject({ code: 'WORKFLOW_ARCHIVED' });
  const cadFileId = id('CadFile', catalogue.cadFile.id);
  expect(await dispatchRun(app, { cadFileId, workflowId: made.id })).toMatchObject({ code: 'WORKFLOW_ARCHIVED' });
  expect(await archive(made.id, false)).toMatchObject({ isArchived: false });
  expect(await save(made, CAD_GRAPH)).toMatchObject({ __typename: 'Workflow' });
});

describe('a draft with nodes of both families', () => {
  const SPLIT = `mutation ($input: SplitWorkflowInput!) {
    result: splitWorkflow(input: $input) {
      __typename
      ... on WorkflowSplit { workflow { id draft draftRevision familySplit { cut } } made { id name family draft } cut }
      ... on Error { code message }
    }
  }`;
  const split = async (workflow: { id: string; draftRevision: number }) =>
    (await app.gql(SPLIT, { input: { workflowId: workflow.id, expectedRevision: workflow.draftRevision } })).data
      .result;
  const graph = { ...orderGraph(), family: 'cad_file' as const };

  test('shows why and how it would be divided, and is divided in one step', async () => {
    const nodes = [...graph.nodes, ...graphOf('cad_file', { copy: 'mesh' }).nodes];
    const toCopy = { from: { node: 'source', port: 'step' }, to: { node: 'copy', port: 'step' } };
    const nowhere = { from: { node: 'copy', port: 'glb' }, to: { node: 'gone', port: 'glb' } };
    const edges = [...graph.edges, toCopy, nowhere];
    const made = await create({ name: 'Mixed', family: 'cad_file', graph: { ...graph, nodes, edges } });
    const { data } = await app.gql(
      'query ($id: ID!) { workflow(id: $id) { findings { code nodeId } familySplit { parts { family graph findings { code nodeId path fix } } cut } } }',
      { id: made.id },
    );
    const [cadFile, orderLine] = data.workflow.familySplit.parts;
    expect(orderLine).toMatchObject({ family: 'order_line', graph: { family: 'order_line' }, findings: [] });
    expect(cadFile).toMatchObject({
      family: 'cad_file',
      findings: [
        { code: 'CONNECTION_CUT', nodeId: 'copy', path: '/nodes/0', fix: null },
        { code: 'FAMILY_OUTPUT_MISSING' },
      ],
    });
    expect(data.workflow.findings).toContainEqual({ code: 'ENTRY_NODE_WRONG_FAMILY', nodeId: 'template' });
    expect(await split({ ...made, draftRevision: 7 })).toMatchObject({ code: 'DRAFT_CHANGED' });
    const result = await split(made);
    expect(result).toMatchObject({
      workflow: { id: made.id, draft: cadFile.graph, familySplit: null },
      made: [{ name: 'Mixed (Order rendering)', family: 'order_line', draft: orderLine.graph }],
      cut: [nowhere],
    });
    expect(await split(result.workflow)).toMatchObject({ code: 'NOT_MIXED' });
  });

  test('cannot be saved, nor can one become such a draft', async () => {
    const made = await create({ name: 'Pure', family: 'cad_file', graph: CAD_GRAPH });
    const refused = await save(made, graph);
    expect(refused).toMatchObject({ __typename: 'ValidationError', code: 'MIXED_FAMILY' });
    expect(refused.issues.map(({ path }: { path: string }) => path)).toContain('/graph/nodes/2/step');
    expect(await save(made, orderGraph())).toMatchObject({
      code: 'WRONG_FAMILY',
      message: '"Pure" is of the family “CAD intake”; that cannot be changed.',
    });
    expect(await save(made, CAD_GRAPH)).toMatchObject({ __typename: 'Workflow' });
  });
});
