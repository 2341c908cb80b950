import { type GraphQLObjectType, isListType, isNonNullType, isObjectType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeGlobalId } from '../schema/globalId.js';
import { schema } from '../schema/index.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';

/** Lists that say no number: why they cannot grow with use. */
const SHORT: Record<string, string> = {
  'of the code: scopes, families, starters, modules and their contracts':
    'Account.scopes ApiToken.scopes Viewer.scopes FamilyDefinition.entrySlots FamilyDefinition.expectedRoles FamilyDefinition.paletteGroups FamilyDefinition.starters FamilyDefinition.allowedSteps FamilyDefinition.preflightChecks Preflight.checks Webhook.eventTypes NodeDefinition.artifactRolesConsumed NodeDefinition.artifactRolesProduced NodeDefinition.families NodeDefinition.inputContract NodeDefinition.outputContract Port.mediaTypes Port.roles ArtifactKindChoice.mediaTypes OutputTypeDraft.artifactKinds Query.families Query.legalLinks Query.nodeDefinitions Query.workflowStarters OutputType.rolloutOptions RolloutOption.reasons Material.textures RenderTemplate.engines LegacyImportGuide.columns LegacyImportColumn.names Query.queues WorkerInfo.capabilities',
  'of one graph, which has at most 2,000 nodes and 10,000 edges':
    'FamilySplit.cut FamilySplit.parts FamilyPart.findings WorkflowSplit.cut WorkflowSplit.made GraphDiff.edges GraphDiff.nodes NodeChange.fields Workflow.findings WorkflowVersion.findings Query.graphFindings OutputType.effectiveParams OrderLine.effectiveParams OutputTypeDraft.effectiveParams Preflight.nodes Preflight.findings Preflight.legacySteps PreflightNode.dependsOn PreflightNode.outcomes PreflightDependence.nodeIds NodeRun.inputs NodeRun.outputs Run.legacySteps PublishPreview.affected AffectedOutputType.losses OutputTypeDraft.workflows',
  'of one input, which is bounded itself':
    'DispatchBatch.lines DispatchBatch.cadFiles OrderPreflight.lines OrderPreflight.total Order.total LegacyImport.rows LegacyImportRow.findings LegacyImportRow.issues LegacyImportRow.report LegacySettingsPreview.findings LegacySettingsPreview.report MaterialRuleOrder.rules OutputTypeDraft.issues ValidationError.findings ValidationError.issues Query.nodes',
  'of one CAD file or one comparison, read as a whole anyway':
    'MaterialPreview.parts MaterialPreview.problems MaterialPreview.unmapped MaterialPreviewPart.fittingRuleIds ParityReport.comparisons ParityReport.reasons ParityComparison.figures ParityComparison.reasons ParityComparison.samples ParityGate.reasons StaleAsset.reasons BlenderInfo.gpuDevices',
};

const objects = Object.values(schema.getTypeMap()).filter(
  (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'),
);
const isList = (type: unknown): boolean => (isNonNullType(type) ? isList(type.ofType) : isListType(type));

test('every list is a page, says how many rows it has at most, or cannot grow', () => {
  const short = new Set(Object.values(SHORT).flatMap((names) => names.split(' ')));
  const open: string[] = [];
  for (const type of objects)
    for (const field of Object.values(type.getFields())) {
      if (!isList(field.type) || /(Connection|Edge)$/.test(type.name)) continue;
      const name = `${type.name}.${field.name}`;
      const said = [field, ...field.args].map(({ description }) => description).join(' ');
      const isBounded = /at most [\d,]+/i.test(said);
      if (!isBounded && !short.has(name)) open.push(name);
      if (isBounded) short.delete(name);
    }
  expect(open).toEqual([]);
  const all = new Set(objects.flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)));
  for (const name of short) expect(all, `${name} is no more`).toContain(name);
});

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());

test('mapping rules, which come whole, are only taken as long as they do', async () => {
  const { db } = app.platform;
  const { id: materialId } = await db.material.create({ data: { name: 'steel', label: 'Steel', spec: {} } });
  await db.materialRule.createMany({
    data: Array.from({ length: 2_000 }, () => ({ materialId, cadColor: '#00ff00', priority: 1 })),
  });
  const { data } = await app.gql(
    'mutation ($input: MaterialRuleInput!) { createMaterialRule(input: $input) { ... on Error { code } } }',
    { input: { materialId: encodeGlobalId('Material', materialId), cadColor: '#0000ff' } },
  );
  expect(data.createMaterialRule.code).toBe('TOO_MANY_RULES');
  expect((await app.gql('{ materialRules { id } }')).data.materialRules).toHaveLength(2_000);
});
