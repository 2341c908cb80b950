import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';

declare global {
  namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      stability: StabilityPlugin<Types>;
    }
  }
}

/** Root fields that may still change, why, and with them the types that only they lead to. All others are stable (docs/api.md). */
export const EXPERIMENTAL: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    'It goes when the old world is gone.':
      'Query.previewLegacySettings Query.legacyImportGuide Mutation.importLegacyOutputTypes',
    'How legacy and graph are compared is still being learned.':
      'Query.parityReports Query.parityReport Query.parityPolicyForm Mutation.compareRuns Mutation.rerunParity Mutation.setParityPolicy',
    'It is made for the pages of the console.':
      'Query.outputTypeDraft Query.materialPreview Query.graphFindings Query.legalLinks Mutation.splitWorkflow',
    'What counts as out of date may come to more.': 'Query.staleAssets Mutation.requeueStaleAssets',
  }).flatMap(([why, fields]) => fields.split(' ').map((field) => [field, why])),
);

/** Says in the description which root fields may still change: that is where every tool shows it. */
class StabilityPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const why = EXPERIMENTAL[`${field.parentType}.${field.name}`];
    return why
      ? { ...field, description: `${field.description}\n\nExperimental, may change without notice: ${why}` }
      : field;
  }
}

export const stability = 'stability';
SchemaBuilder.registerPlugin(stability, StabilityPlugin);
