import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { preflight } from '../runtime/preflight/preflight.js';
import type { PreflightNode } from '../runtime/preflight/run.js';
import { dispatch } from '../runtime/runs/dispatch.js';
import { artifactsIn } from '../runtime/runs/nodeInputs.js';
import { foreseeableGraph, foreseenDefinition } from '../tests/support/foreseenModules.js';
import { createTestPlatform, type TestPlatform } from '../tests/support/platform.js';
import { becameOf } from '../tests/support/preflightCalls.js';
import { outcomeOf, testCadFile } from '../tests/support/testRuns.js';
import { type RunningWorker, startWorker } from '../worker/worker.js';
import type { WorkflowGraph } from '../workflow/graph.js';
import { graphOf } from '../workflow/testGraphs.js';

let test: TestPlatform;
let worker: RunningWorker;
let cadFileId: string;
let workflowId: string;
beforeAll(async () => {
  test = await createTestPlatform({ definition: foreseenDefinition });
  worker = await startWorker(await test.another({ maxConnections: 4 }), { concurrency: { cpu: 3, cad: 3, io: 2 } });
  cadFileId = (await testCadFile(test.platform)).id;
  ({ id: workflowId } = await test.platform.db.workflow.create({
    data: { key: 'drawn', name: 'Drawn', family: 'cad_file', draft: {} },
  }));
});
afterAll(async () => {
  await worker?.stop(0);
  await test?.remove();
});

/** Asks what a run of the graph would do, and has it done. */
async function askAndRun(graph: WorkflowGraph) {
  const { platform } = test;
  await platform.db.workflow.update({ where: { id: workflowId }, data: { draft: graph as object } });
  const request = { cadFileId, workflowId, useDraft: true };
  const { nodes } = await preflight(platform, request);
  const { runId } = await dispatch(platform, request);
  const { run } = await outcomeOf(platform, runId);
  return { nodes, became: run.nodeRuns.map(becameOf) };
}

/** What was kept of earlier runs and is lost: every n-th result, every m-th file; 0: none. */
async function lose({ results, files }: { results: number; files: number }): Promise<void> {
  const { db, store } = test.platform;
  const rows = await db.resultCache.findMany({ orderBy: { key: 'asc' } });
  const every = <T>(all: readonly T[], n: number) => (n === 0 ? [] : all.filter((_, at) => at % n === 0));
  const kept = rows.flatMap(({ outputs }) => artifactsIn(outputs as never));
  for (const sha256 of every([...new Set(kept.map((file) => file.sha256))].sort(), files))
    if ((await store.byteSize(sha256)) !== null) await rm(await store.localFile(sha256, tmpdir()));
  await db.resultCache.deleteMany({ where: { key: { in: every(rows, results).map(({ key }) => key) } } });
}

it('a run does one of what its plan says may become of each node, and just that wherever it says one thing', async () => {
  const lost = fc.record({ results: fc.integer({ min: 0, max: 3 }), files: fc.integer({ min: 0, max: 3 }) });
  await fc.assert(
    fc.asyncProperty(foreseeableGraph, fc.array(lost, { minLength: 2, maxLength: 3 }), async (graph, losses) => {
      for (const loss of losses) {
        await lose(loss);
        const { nodes, became } = await askAndRun(graph);
        for (const [idx, { planned, forecast, outcomes, dependsOn }] of nodes.entries()) {
          expect(outcomes, `${planned.id}, ${forecast}, ${JSON.stringify(dependsOn)}`).toContain(became[idx]);
          expect(forecast).toBe(outcomes.length === 1 ? outcomes[0] : 'depends');
          expect(dependsOn.length > 0).toBe(outcomes.length > 1);
        }
      }
    }),
    { numRuns: 80 },
  );
});

/** What may become of each node, and what that depends on, in short: `cached or runs, by same_work of a`. */
const expected = (nodes: readonly PreflightNode[]) =>
  Object.fromEntries(
    nodes.map(({ planned, outcomes, dependsOn }) => {
      const why = dependsOn.map(({ code, on }) => `, by ${code} of ${on.map(({ id }) => id).join(' and ')}`);
      return [planned.id, outcomes.join(' or ') + why.join('')];
    }),
  );

it('what is beside a node that ends the run by its failure may be skipped; what is before it, and beside one that the run goes on without, is not', async () => {
  const graph = (onFailure: 'halt' | 'continue') =>
    graphOf(
      'cad_file',
      {
        ...{ before: { step: 'early', params: { salt: 10 } }, beside: { step: 'late', params: { salt: 11 } } },
        ...{ wrong: { step: 'early', onFailure, params: { fails: true } }, behind: 'tell', after: 'tell' },
      },
      ['before.text -> wrong.texts', 'wrong.text -> behind.texts', 'beside.text -> after.texts'],
    );
  const known = { before: 'runs', wrong: 'runs', behind: 'skipped' };
  const { nodes } = await askAndRun(graph('halt'));
  const beside = 'runs or skipped, by failure of wrong';
  expect(expected(nodes)).toEqual({ ...known, beside, after: beside });
  await test.platform.db.resultCache.deleteMany();
  expect(expected((await askAndRun(graph('continue'))).nodes)).toEqual({ ...known, beside: 'runs', after: 'runs' });
});

it('work that is in a run twice is done once or twice', async () => {
  const same = { step: 'late', params: { salt: 20 } };
  const graph = graphOf('cad_file', { a: same, b: same, other: { step: 'late', params: { salt: 21 } } });
  const { nodes, became } = await askAndRun(graph);
  expect(expected(nodes)).toEqual({
    ...{ a: 'cached or runs, by same_work of b', b: 'cached or runs, by same_work of a', other: 'runs' },
  });
  expect(became).toContain('runs');
  const again = await askAndRun(graph);
  expect(expected(again.nodes)).toEqual({ a: 'cached', b: 'cached', other: 'cached' });
  expect(again.became).toEqual(['cached', 'cached', 'cached']);
});

it('a result whose file is gone is there again once the nodes before it have made the file', async () => {
  const graph = graphOf(
    'cad_file',
    { write: { step: 'write', params: { salt: 30 } }, carry: 'carry_on', read: 'read' },
    ['write.file -> carry.file', 'carry.file -> read.file'],
  );
  await askAndRun(graph);
  await lose({ results: 0, files: 1 });
  const { nodes, became } = await askAndRun(graph);
  expect(expected(nodes)).toEqual({ write: 'runs', carry: 'cached', read: 'cached' });
  expect(became).toEqual(['runs', 'cached', 'cached']);
  // The same file by other work.
  const other = graphOf(
    'cad_file',
    { write: { step: 'write', params: { salt: 30 } }, early: 'early', again: 'write' },
    ['early.text -> again.texts'],
  );
  await askAndRun(other);
  await lose({ results: 0, files: 1 });
  expect(expected((await askAndRun(other)).nodes)).toMatchObject({
    write: 'cached or runs, by files of again',
    again: 'cached or runs, by files of write',
  });
});

it('what is behind a node that has to run depends on what it makes, where there is a result for something else', async () => {
  const graph = graphOf(
    'cad_file',
    { first: { step: 'late', params: { salt: 40 } }, second: { step: 'late', params: { salt: 41 } } },
    ['first.text -> second.texts'],
  );
  expect(expected((await askAndRun(graph)).nodes)).toEqual({ first: 'runs', second: 'runs' });
  await test.platform.db.resultCache.deleteMany({
    where: { moduleKey: 'test.late', outputs: { path: ['text', 'data'], equals: '0' } },
  });
  const { nodes, became } = await askAndRun(graph);
  expect(expected(nodes)).toEqual({ first: 'runs', second: 'cached or runs, by inputs of first' });
  expect(became).toEqual(['runs', 'cached']);
});
