import type { Finding } from './finding.js';
import type { WorkflowGraph } from './graph.js';
import { indexGraph } from './graphIndex.js';
import type { DefinitionLookup } from './nodeDefinition.js';
import { edgeEndsExist, edgesAreUnique, edgesFit, isAcyclic } from './rules/edges.js';
import { inputsAreBoundOnce, requiredInputsAreBound } from './rules/inputs.js';
import {
  entrySlotsExist,
  fallbackExists,
  hasNodes,
  idsAreUnique,
  nodesAreConnected,
  nodesAreOfFamily,
  stepsAreKnown,
} from './rules/nodes.js';
import { familyRolesAreProduced, soldRolesAreProduced } from './rules/outputs.js';
import { paramsAreValid } from './rules/params.js';
import type { Rule, ValidateOptions } from './rules/rule.js';

export { type Finding, type Fix, isPassing, type PatchOp, type Severity } from './finding.js';
export { applyFix } from './fix.js';
export { parseGraph } from './parseGraph.js';
export type { ValidateOptions } from './rules/rule.js';

/** What makes a graph a workflow. The order is the order of the findings. */
export const RULES: readonly Rule[] = [
  hasNodes,
  idsAreUnique,
  stepsAreKnown,
  nodesAreOfFamily,
  entrySlotsExist,
  edgeEndsExist,
  edgesAreUnique,
  isAcyclic,
  edgesFit,
  inputsAreBoundOnce,
  requiredInputsAreBound,
  nodesAreConnected,
  paramsAreValid,
  fallbackExists,
  soldRolesAreProduced,
  familyRolesAreProduced,
];

/** Checks the sense of a well-formed graph. Never throws; a graph without `error` findings can be planned (`compilePlan`). */
export function validateGraph(
  graph: WorkflowGraph,
  lookup: DefinitionLookup,
  options: ValidateOptions = {},
): Finding[] {
  const index = indexGraph(graph, lookup);
  return RULES.flatMap((rule) => [...rule(index, options)]);
}
