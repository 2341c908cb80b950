import { compilePlan } from '../../workflow/compilePlan.js';
import { LEGACY_FAMILY } from '../../workflow/families.js';
import { GRAPH_FORMAT, type WorkflowGraph } from '../../workflow/graph.js';
import { LEGACY_STEPS, legacyParams } from '../../workflow/legacy/invocation.js';
import type { DefinitionLookup } from '../../workflow/nodeDefinition.js';
import type { Plan } from '../../workflow/plan.js';
import type { Work } from '../preflight/checks.js';
import { type LegacySettings, legacyPipeline } from './pipeline.js';

const CHECKED = ['resolve_step_path', 'extract_objects', 'resolve_material_map', 'resolve_template'];
const EDGES = [
  ['resolve_step_path', 'step', 'extract_objects', 'step'],
  ['extract_objects', 'objects', 'resolve_material_map', 'objects'],
] as const;

/** What the legacy pipeline decides before it makes anything, as a plan of its own: to look at beforehand, never to be run.
 * @returns the plan, the params of all steps, and what all steps ask of the worker that takes the whole. */
export function legacyCheckPlan(settings: LegacySettings, lookup: DefinitionLookup) {
  const { params } = legacyParams(settings as Parameters<typeof legacyParams>[0]);
  const steps = Object.keys(LEGACY_STEPS[settings.artifactKind]).filter((step) => CHECKED.includes(step));
  const graph: WorkflowGraph = {
    format: GRAPH_FORMAT,
    family: LEGACY_FAMILY,
    nodes: steps.map((step) => ({ id: step, step, params: params[step]!, onFailure: 'halt' })),
    edges: EDGES.filter(([from, , to]) => steps.includes(from) && steps.includes(to)).map(
      ([from, port, to, toPort]) => ({ from: { node: from, port }, to: { node: to, port: toPort } }),
    ),
  };
  const plan: Plan = compilePlan(graph, lookup, params);
  const { capability } = legacyPipeline.execution;
  const work = Object.entries(LEGACY_STEPS[settings.artifactKind]).map(
    ([id, { key: moduleKey }]): Work => ({ id, moduleKey, capability, params: params[id]! }),
  );
  return { plan, params, work };
}
