import type { EntrySlot } from '../../modules/entry.js';
import type { JsonObject } from '../../modules/json.js';
import { LEGACY_FAMILY } from '../../workflow/families.js';
import { GRAPH_FORMAT, type WorkflowGraph } from '../../workflow/graph.js';
import type { DefinitionLookup, NodeDefinition } from '../../workflow/nodeDefinition.js';
import type { Plan } from '../../workflow/plan.js';
import { type LegacySettings, legacyPipeline } from './pipeline.js';

/** Id and step of the one node of a legacy run. */
const LEGACY_NODE = 'pipeline';
const LEGACY_STEP = 'legacy_pipeline';

const definition: NodeDefinition = {
  step: LEGACY_STEP,
  module: legacyPipeline,
  label: 'Legacy pipeline',
  description: legacyPipeline.description,
  category: 'output',
  icon: 'history',
  uiSchema: {},
};

/** What workers run and runs are shown by: the node definitions, and the pipeline, which no workflow may place. */
export const withLegacyPipeline =
  (lookup: DefinitionLookup): DefinitionLookup =>
  (step) =>
    step === LEGACY_STEP ? definition : lookup(step);

/** A plan of one node, made without compiling a graph: it must work when graphs do not. */
export function legacyPlan(settings: LegacySettings): { graph: WorkflowGraph; plan: Plan } {
  const { capability, determinism, retry, timeoutMs } = legacyPipeline.execution;
  const params = settings as unknown as JsonObject;
  const slots = Object.entries(legacyPipeline.inputs) as [string, { entry?: EntrySlot }][];
  return {
    graph: {
      format: GRAPH_FORMAT,
      family: LEGACY_FAMILY,
      nodes: [
        { id: LEGACY_NODE, step: LEGACY_STEP, params, onFailure: 'halt', ui: { x: 0, y: 0, label: definition.label } },
      ],
      edges: [],
    },
    plan: {
      family: LEGACY_FAMILY,
      nodes: [
        {
          idx: 0,
          id: LEGACY_NODE,
          step: LEGACY_STEP,
          moduleKey: legacyPipeline.key,
          moduleVersion: legacyPipeline.version,
          contractEtag: legacyPipeline.etag,
          capability,
          determinism,
          params,
          bindings: Object.fromEntries(slots.map(([port, { entry }]) => [port, [{ from: 'entry', slot: entry! }]])),
          predecessors: [],
          successors: [],
          onFailure: 'halt',
          retry,
          timeoutMs,
          level: 0,
        },
      ],
    },
  };
}
