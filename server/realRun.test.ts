import { readFile } from 'node:fs/promises';
import { createClient } from 'graphql-sse';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { dispatchRun } from '../tests/support/mutationCalls.js';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';
import { type Catalogue, createCatalogue, STEP_FILE } from '../tests/support/testData.js';
import { type RunningWorker, startWorker } from '../worker/worker.js';

let app: TestApp;
let worker: RunningWorker;
let catalogue: Catalogue;
beforeAll(async () => {
  app = await startTestApp();
  catalogue = await createCatalogue(app.platform);
  worker = await startWorker(app.platform, { capabilities: ['cpu'] });
});
afterAll(async () => {
  await worker?.stop();
  await app?.close();
});

test('a run is dispatched, watched to its end and read, all over the API, and its file downloaded', async () => {
  const input = { cadFileId: id('CadFile', catalogue.cadFile.id), workflowId: id('Workflow', catalogue.workflow.id) };
  const { id: runId } = await dispatchRun(app, input);
  expect(runId).toBeTruthy();
  const client = createClient({
    url: `${app.url}/graphql/stream`,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  const query = 'subscription ($runId: ID!) { runEvents(runId: $runId) { seq type nodeId } }';
  const events: { seq: number; type: string; nodeId: string | null }[] = [];
  for await (const result of client.iterate<{ runEvents: (typeof events)[number] }>({ query, variables: { runId } }))
    events.push(result.data!.runEvents);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
  expect(events.filter(({ type }) => type === 'node.finished').map(({ nodeId }) => nodeId)).toEqual(['source', 'mesh']);
  expect(events.at(-1)?.type).toBe('run.finished');

  const { run } = (
    await app.gql(
      `query ($id: ID!) { run(id: $id) { status progress lastSeq failure { code message }
        nodeRuns { status progress isCached failure { message } inputs { port artifact { role } } outputs { port artifact { url sha256 } } } } }`,
      { id: runId },
    )
  ).data;
  expect(run).toMatchObject({
    status: 'succeeded',
    progress: 1,
    lastSeq: events.length,
    failure: null,
    nodeRuns: [
      { status: 'succeeded', outputs: [{ port: 'step' }] },
      { status: 'succeeded', inputs: [{ port: 'step' }] },
    ],
  });
  const file = await app.fetch(run.nodeRuns[0].outputs[0].artifact.url);
  expect(Buffer.from(await file.arrayBuffer())).toEqual(await readFile(STEP_FILE));
  expect((await app.fetch('/health/ready')).status).toBe(200);
});
