import { afterAll, beforeAll, expect, test } from 'vitest';
import { resultOf } from '../tests/support/mutationCalls.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { applyFix } from '../workflow/fix.js';
import type { WorkflowGraph } from '../workflow/graph.js';
import { nodeDefinition } from '../workflow/nodeDefinitions.js';
import { STARTERS } from '../workflow/starters/index.js';
import type { Finding } from '../workflow/validate.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ definition: nodeDefinition });
});
afterAll(() => app.close());

const DRAFT = 'id draft draftRevision findings { code severity fix }';
const WORKFLOW = `... on Workflow { ${DRAFT} latestVersion { number } } ... on Error { code message }`;

const call = (field: string, input: object) =>
  resultOf(app, field, `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`, WORKFLOW, input);

interface Workflow {
  id: string;
  draft: WorkflowGraph;
  draftRevision: number;
  findings: Finding[];
}

/** Applies one fix after the other and saves, until no error is left. */
async function mended(workflow: Workflow): Promise<Workflow> {
  const error = workflow.findings.find(({ severity }) => severity === 'error');
  if (!error) return workflow;
  expect(error.fix, error.code).not.toBeNull();
  const saved = await call('saveWorkflowDraft', {
    workflowId: workflow.id,
    graph: applyFix(workflow.draft, error.fix!),
    expectedRevision: workflow.draftRevision,
  });
  return mended(saved);
}

/** The starter as somebody might bring it in, in the wrong family and with a node that nobody knows any more. */
function mixed(starter: string, lost: string): WorkflowGraph {
  const { graph } = STARTERS.find(({ key }) => key === starter)!;
  const thumbnail = { id: 'preview', step: 'render_thumbnail', params: {}, onFailure: 'halt' } as const;
  const source = graph.nodes.find(({ step }) => step === 'resolve_step_path')!;
  const mesh = { ...graph.nodes.find(({ step }) => step === 'export_glb')!, id: 'own_mesh' };
  return {
    ...graph,
    family: 'cad_file',
    nodes: [...graph.nodes.map((node) => (node.step === lost ? { ...node, step: 'gone' } : node)), mesh, thumbnail],
    edges: [
      ...graph.edges,
      { from: { node: source.id, port: 'step' }, to: { node: mesh.id, port: 'step' } },
      { from: { node: mesh.id, port: 'glb' }, to: { node: thumbnail.id, port: 'glb' } },
    ],
  };
}

test.each([
  ['order_still', 'export_glb'],
  ['order_still', 'resolve_template'],
  ['order_turntable', 'resolve_step_path'],
  ['order_blend', 'resolve_material_map'],
  ['order_all', 'export_glb'],
])('parts of %s without %s are published once the fixes of their findings are applied', async (starter, lost) => {
  const made = await call('createWorkflow', { name: 'Mixed', family: 'cad_file', graph: mixed(starter, lost) });
  const { data } = await app.gql(
    `mutation ($input: SplitWorkflowInput!) { splitWorkflow(input: $input) { ... on WorkflowSplit { cut workflow { ${DRAFT} } made { ${DRAFT} } } } }`,
    { input: { workflowId: made.id, expectedRevision: made.draftRevision } },
  );
  const { workflow, made: others, cut } = data.splitWorkflow;
  expect(cut).toEqual([]);
  expect(others).toHaveLength(1);
  for (const part of [workflow, ...others]) {
    const { id: workflowId, draftRevision: expectedRevision, draft } = await mended(part);
    expect(draft.nodes.length).toBeGreaterThan(2);
    expect(await call('publishWorkflow', { workflowId, expectedRevision })).toMatchObject({
      latestVersion: { number: 1 },
    });
  }
});
