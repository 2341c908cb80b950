import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { defineModule } from '../modules/define.js';
import { converted, removed, renamed } from '../modules/upgrades.js';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { dispatchRun, resultOf } from '../tests/support/mutationCalls.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { type Catalogue, createCatalogue } from '../tests/support/testData.js';
import { diffGraphs } from '../workflow/diff.js';
import type { WorkflowGraph } from '../workflow/graph.js';
import { lookupIn } from '../workflow/nodeDefinition.js';
import { graphOf } from '../workflow/testGraphs.js';
import { TEST_DEFINITIONS, TEST_MODULES } from '../workflow/testModules.js';

/** A mesh whose quality was a number, called `level`, and which had a colour. */
const mesh = defineModule({
  ...TEST_MODULES.mesh.spec,
  version: 3,
  params: z.object({ quality: z.enum(['draft', 'fine']).default('draft') }),
  upgrades: {
    1: [renamed('level', 'quality'), removed('colour', 'meshes have none')],
    2: [
      converted(
        'quality',
        ({ quality }) => (typeof quality === 'number' ? { quality: quality > 5 ? 'fine' : 'draft' } : null),
        'it was not a number',
      ),
    ],
  },
  run: TEST_MODULES.mesh.spec.run as never,
});

let app: TestApp;
let catalogue: Catalogue;
beforeAll(async () => {
  app = await startTestApp({
    definition: lookupIn({ ...TEST_DEFINITIONS, mesh: { ...TEST_DEFINITIONS.mesh!, module: mesh } }),
  });
  catalogue = await createCatalogue(app.platform);
});
afterAll(() => app.close());

const old = graphOf(
  'cad_file',
  {
    count: 'count',
    fine: { step: 'mesh', params: { level: 9, colour: 'red' } },
    odd: { step: 'mesh', version: 2, params: { quality: 'high' } },
    source: 'source',
  },
  ['source.step -> fine.step', 'source.step -> odd.step'],
);
const RESULT = '... on Workflow { id draftRevision } ... on Error { code message }';
const call = (field: string, input: object) =>
  resultOf(app, field, `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`, RESULT, input);

const QUERY = `query ($id: ID!) { workflow(id: $id) {
  draft draftRevision findings { code nodeId }
  draftUpgrade { nodes { nodeId step change isLayoutOnly fields { path before after } } edges { change } isSame }
} }`;
const read = async (workflowId: string) => (await app.gql(QUERY, { id: workflowId })).data.workflow;

/** A workflow whose draft was stored when the modules were older. */
async function stale() {
  const { id: workflowId } = await call('createWorkflow', { name: 'Old', family: 'cad_file', graph: old });
  return { workflowId, seen: await read(workflowId) };
}
const stored = async (workflowId: string) =>
  await app.platform.db.workflow.findFirstOrThrow({
    where: { id: Buffer.from(workflowId, 'base64url').toString().split(':')[1] },
    include: { versions: true },
  });

test('what a preview says of an upgrade is what becomes of it, saved, published and run', async () => {
  const { workflowId, seen } = await stale();
  expect((await stored(workflowId)).draft).toEqual(old);
  expect(seen.findings.map(({ code, nodeId }: { code: string; nodeId: string }) => `${code} ${nodeId}`)).toEqual([
    'NODE_UPGRADED fine',
    'PARAM_DROPPED fine',
    'NODE_UPGRADED odd',
    'PARAM_DROPPED odd',
    'FAMILY_OUTPUT_MISSING null',
  ]);
  const saved = await call('saveWorkflowDraft', { workflowId, graph: seen.draft, expectedRevision: 1 });
  const { draft } = await stored(workflowId);
  expect(draft).toEqual(seen.draft);
  const { nodes, edges } = diffGraphs(old, draft as unknown as WorkflowGraph);
  expect(nodes).toHaveLength(2);
  expect(seen.draftUpgrade).toMatchObject({ nodes: JSON.parse(JSON.stringify(nodes)), edges, isSame: false });
  expect(await read(workflowId)).toMatchObject({ draftUpgrade: null, draftRevision: saved.draftRevision });

  const other = await stale();
  await call('publishWorkflow', { workflowId: other.workflowId, expectedRevision: 1 });
  expect((await stored(other.workflowId)).versions[0]!.graph).toEqual(seen.draft);
  const cadFileId = id('CadFile', catalogue.cadFile.id);
  const run = await dispatchRun(app, { cadFileId, workflowId: other.workflowId });
  const { data } = await app.gql('query ($id: ID!) { run(id: $id) { graph } }', { id: run.id });
  expect(data.run.graph).toEqual(seen.draft);
});
