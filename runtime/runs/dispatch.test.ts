import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Family } from '../../modules/define.js';
import { createTestPlatform, type TestPlatform } from '../../tests/support/platform.js';
import { testDefinition, testGraph } from '../../tests/support/testModules.js';
import { startTestRun, testCadFile } from '../../tests/support/testRuns.js';
import { cancelRun } from './cancel.js';
import { dispatch } from './dispatch.js';

let test: TestPlatform;
beforeAll(async () => {
  test = await createTestPlatform({ definition: testDefinition });
});
afterAll(() => test.remove());

const makeWorkflow = (graph: { family: Family }, isPublished = true) =>
  test.platform.db.workflow.create({
    data: {
      key: randomUUID(),
      name: 'Intake',
      family: graph.family,
      draft: graph as never,
      ...(isPublished && { versions: { create: { number: 1, graph: graph as never } } }),
    },
  });

it('refuses to guess what a run is about', async () => {
  await expect(dispatch(test.platform, {})).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  await expect(dispatch(test.platform, { cadFileId: randomUUID(), orderLineId: randomUUID() })).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
  });
});

it('names the thing that does not exist', async () => {
  await expect(dispatch(test.platform, { orderLineId: randomUUID() })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('order line'),
  });
  const cadFile = await testCadFile(test.platform);
  await expect(dispatch(test.platform, { cadFileId: cadFile.id, workflowId: randomUUID() })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('workflow'),
  });
  await expect(dispatch(test.platform, { cadFileId: cadFile.id })).rejects.toMatchObject({
    issues: [{ path: '/workflowId' }],
  });
});

it('runs a published version, or the draft when asked to', async () => {
  const cadFile = await testCadFile(test.platform);
  const workflow = await makeWorkflow(testGraph({ a: 'join' }, []), false);
  await expect(dispatch(test.platform, { cadFileId: cadFile.id, workflowId: workflow.id })).rejects.toMatchObject({
    code: 'WORKFLOW_NOT_PUBLISHED',
  });
  const { runId } = await dispatch(test.platform, { cadFileId: cadFile.id, workflowId: workflow.id, useDraft: true });
  expect(await test.platform.db.run.findUnique({ where: { id: runId } })).toMatchObject({
    workflowVersionId: null,
    status: 'queued',
  });
});

it('refuses a graph that cannot run, with every finding, and writes nothing', async () => {
  const cadFile = await testCadFile(test.platform);
  const workflow = await makeWorkflow(
    testGraph({ a: { step: 'wait', params: { ms: 'long' } }, b: 'no_such_step' }, []),
  );
  const before = await test.platform.db.run.count();
  await expect(dispatch(test.platform, { cadFileId: cadFile.id, workflowId: workflow.id })).rejects.toMatchObject({
    code: 'WORKFLOW_INVALID',
    findings: expect.arrayContaining([
      expect.objectContaining({ nodeId: 'a', path: '/nodes/0/params/ms' }),
      expect.objectContaining({ nodeId: 'b' }),
    ]),
  });
  expect(await test.platform.db.run.count()).toBe(before);
});

it('stores one plan for any number of runs of one graph', async () => {
  const graph = testGraph({ a: { step: 'join', params: { text: randomUUID() } } }, []);
  const [one, two] = [await startTestRun(test.platform, graph), await startTestRun(test.platform, graph)];
  const runs = await test.platform.db.run.findMany({ where: { id: { in: [one, two] } } });
  expect(new Set(runs.map(({ planHash }) => planHash)).size).toBe(1);
});

it('runs the version an output type is pinned to, and the newest where it is not', async () => {
  const { db } = test.platform;
  const graph = { ...testGraph({ a: 'join' }, []), family: 'order_line' as const };
  const workflow = await makeWorkflow(graph);
  const newer = await db.workflowVersion.create({
    data: { workflowId: workflow.id, number: 2, graph: graph as never },
  });
  const older = await db.workflowVersion.findFirstOrThrow({ where: { workflowId: workflow.id, number: 1 } });
  const cadFile = await testCadFile(test.platform);
  const outputType = await db.outputType.create({
    data: {
      key: randomUUID(),
      name: 'Pinned',
      family: 'order_line',
      artifactKind: 'still_image',
      workflowId: workflow.id,
      rollout: 'graph',
      versionPolicy: 'pinned',
      pinnedVersionId: older.id,
    },
  });
  const { lines } = await db.order.create({
    data: {
      lines: {
        create: {
          lineNumber: 1,
          outputType: { connect: { id: outputType.id } },
          product: { create: { sku: randomUUID(), name: 'Part', cadFileId: cadFile.id } },
        },
      },
    },
    include: { lines: true },
  });
  const versionRun = async () => {
    const { runId } = await dispatch(test.platform, { orderLineId: lines[0]!.id });
    await cancelRun(test.platform, runId);
    return (await db.run.findUniqueOrThrow({ where: { id: runId } })).workflowVersionId;
  };
  expect(await versionRun()).toBe(older.id);
  await db.outputType.update({ where: { id: outputType.id }, data: { versionPolicy: 'latest' } });
  expect(await versionRun()).toBe(newer.id);
});
