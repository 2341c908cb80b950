import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { mutationCalls } from '../tests/support/mutationCalls.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { CAD_GRAPH, type Catalogue, createCatalogue, createEndedRun } from '../tests/support/testData.js';

let app: TestApp;
let catalogue: Catalogue;
const NOBODY = '00000000-0000-7000-8000-000000000000';

beforeAll(async () => {
  app = await startTestApp();
  catalogue = await createCatalogue(app.platform);
});
afterAll(() => app.close());

const call = mutationCalls(() => app);

describe('workflows', () => {
  const SELECTION =
    '... on Workflow { draftRevision hasUnpublishedChanges findings { code } latestVersion { number note } }';
  const save = (input: object) =>
    call('saveWorkflowDraft', 'SaveWorkflowDraftInput', SELECTION, {
      workflowId: id('Workflow', catalogue.workflow.id),
      ...input,
    });
  const publish = (input: object) =>
    call('publishWorkflow', 'PublishWorkflowInput', SELECTION, {
      workflowId: id('Workflow', catalogue.workflow.id),
      ...input,
    });

  test('a draft is saved by who saw it last, and published with a note', async () => {
    const graph = structuredClone(CAD_GRAPH);
    graph.nodes[1]!.params = { quality: 'draft' };
    const saved = await save({ graph, expectedRevision: 1 });
    expect(saved).toMatchObject({
      __typename: 'Workflow',
      draftRevision: 2,
      hasUnpublishedChanges: true,
      latestVersion: { number: 1 },
    });
    expect(await save({ graph, expectedRevision: 1 })).toMatchObject({
      __typename: 'ConflictError',
      code: 'DRAFT_CHANGED',
    });
    expect(await publish({ expectedRevision: 1 })).toMatchObject({ __typename: 'ConflictError' });
    expect(await publish({ expectedRevision: 2, note: 'Coarser' })).toMatchObject({
      hasUnpublishedChanges: false,
      latestVersion: { number: 2, note: 'Coarser' },
    });
  });

  test('a draft with params outside the schema is saved with findings, but neither published nor run', async () => {
    const graph = structuredClone(CAD_GRAPH);
    graph.nodes[1]!.params = { quality: 'superb' };
    const { draftRevision, findings } = await save({ graph, expectedRevision: 2 });
    expect(findings.length).toBeGreaterThan(0);
    const refused = await publish({ expectedRevision: draftRevision });
    expect(refused).toMatchObject({ __typename: 'ValidationError', code: 'WORKFLOW_INVALID' });
    expect(refused.findings).toContainEqual({ code: 'PARAM_INVALID', nodeId: 'mesh' });
    const run = await call('dispatch', 'DispatchInput', '', {
      cadFileId: id('CadFile', catalogue.cadFile.id),
      workflowId: id('Workflow', catalogue.workflow.id),
      useDraft: true,
    });
    expect(run).toMatchObject({ __typename: 'ValidationError', code: 'WORKFLOW_INVALID' });
  });

  test('what does not have the form of a graph is a ValidationError, an unknown workflow a NotFoundError', async () => {
    for (const graph of [[], 'graph', 5, { format: 1 }, { ...CAD_GRAPH, nodes: [{ id: 'a b' }] }])
      expect(await save({ graph, expectedRevision: 3 })).toMatchObject({ __typename: 'ValidationError' });
    const workflowId = id('Workflow', NOBODY);
    expect(await save({ workflowId, graph: CAD_GRAPH, expectedRevision: 1 })).toMatchObject({
      __typename: 'NotFoundError',
    });
    expect(await publish({ workflowId, expectedRevision: 1 })).toMatchObject({ __typename: 'NotFoundError' });
    expect(await publish({ expectedRevision: 3, note: 'x'.repeat(2_001) })).toMatchObject({
      __typename: 'ValidationError',
      issues: [{ path: '/note' }],
    });
  });
});

describe('runs', () => {
  const RUN = '... on Run { id status nodeRuns { status } }';
  const dispatch = (input: object) => call('dispatch', 'DispatchInput', RUN, input);

  test('dispatching twice under one key is one run, which can be cancelled and retried', async () => {
    const input = {
      cadFileId: id('CadFile', catalogue.cadFile.id),
      workflowId: id('Workflow', catalogue.workflow.id),
      idempotencyKey: 'run-1',
    };
    const run = await dispatch(input);
    expect(run).toMatchObject({
      __typename: 'Run',
      status: 'queued',
      nodeRuns: [{ status: 'ready' }, { status: 'waiting' }],
    });
    expect((await dispatch(input)).id).toBe(run.id);
    expect(await call('retryRun', 'ID', RUN, run.id, 'id')).toMatchObject({ __typename: 'ConflictError' });
    expect(await call('cancelRun', 'ID', RUN, run.id, 'id')).toMatchObject({
      status: 'cancelled',
      nodeRuns: [{ status: 'cancelled' }, { status: 'cancelled' }],
    });
    expect(await call('cancelRun', 'ID', RUN, run.id, 'id')).toMatchObject({
      __typename: 'ConflictError',
      code: 'RUN_ENDED',
    });
    expect(await call('retryRun', 'ID', RUN, run.id, 'id')).toMatchObject({
      __typename: 'Run',
      nodeRuns: [{ status: 'ready' }, { status: 'waiting' }],
    });
  });

  test('a key is one mutation’s own', async () => {
    const { runId } = await createEndedRun(app.platform, catalogue);
    const idempotencyKey = 'both';
    const input = { runId: id('Run', runId), nodeId: 'mesh', idempotencyKey };
    const again = await call('rerunFromNode', 'RerunFromNodeInput', RUN, input);
    const other = await dispatch({
      cadFileId: id('CadFile', catalogue.cadFile.id),
      workflowId: id('Workflow', catalogue.workflow.id),
      idempotencyKey,
    });
    expect([again, other]).toMatchObject([{ __typename: 'Run' }, { __typename: 'Run' }]);
    expect(other.id).not.toBe(again.id);
    expect((await call('rerunFromNode', 'RerunFromNodeInput', RUN, input)).id).toBe(again.id);
  });

  test('a run that succeeded can be neither cancelled nor retried', async () => {
    const { runId } = await createEndedRun(app.platform, catalogue);
    for (const field of ['cancelRun', 'retryRun'])
      expect(await call(field, 'ID', RUN, id('Run', runId), 'id')).toMatchObject({ __typename: 'ConflictError' });
  });

  test('what cannot be run is refused in words', async () => {
    const cadFileId = id('CadFile', catalogue.cadFile.id);
    const orderLineId = id('OrderLine', catalogue.line.id);
    const workflowId = id('Workflow', catalogue.workflow.id);
    expect(await dispatch({})).toMatchObject({ __typename: 'ValidationError' });
    expect(await dispatch({ cadFileId, orderLineId })).toMatchObject({ __typename: 'ValidationError' });
    expect(await dispatch({ cadFileId })).toMatchObject({ __typename: 'ValidationError' });
    expect(await dispatch({ orderLineId, workflowId })).toMatchObject({
      code: 'WRONG_FAMILY',
      message: expect.stringContaining(
        'is of the family “CAD intake”: each of its runs is about one CAD file, not about one order line',
      ),
    });
    expect(await dispatch({ cadFileId: id('CadFile', NOBODY), workflowId })).toMatchObject({
      __typename: 'NotFoundError',
    });
    expect(await dispatch({ cadFileId, workflowId: cadFileId })).toMatchObject({ __typename: 'NotFoundError' });
    for (const field of ['cancelRun', 'retryRun'])
      for (const wrong of [id('Run', NOBODY), workflowId, 'nonsense'])
        expect(await call(field, 'ID', '', wrong, 'id')).toMatchObject({ __typename: 'NotFoundError' });
  });

  test('a workflow that was never published says so', async () => {
    const { id: raw } = await app.platform.db.workflow.create({
      data: { key: 'fresh', name: 'Fresh', family: 'cad_file', draft: CAD_GRAPH as object },
    });
    const input = { cadFileId: id('CadFile', catalogue.cadFile.id), workflowId: id('Workflow', raw) };
    expect(await dispatch(input)).toMatchObject({ __typename: 'ConflictError', code: 'WORKFLOW_NOT_PUBLISHED' });
    expect(await dispatch({ ...input, useDraft: true })).toMatchObject({ __typename: 'Run' });
  });
});
