import type { ArtifactRole } from '../modules/artifacts.js';
import type { JsonObject, JsonSchema } from '../modules/json.js';
import type { ArtifactContract } from '../modules/shapes/artifactContract.js';
import { isAssignable } from './assignability.js';
import { type CallerForm, type CallerParams, callerForm } from './callerParams.js';
import { contractIssues, deliverables } from './deliverables.js';
import { type Finding, pointer } from './finding.js';
import type { WorkflowGraph } from './graph.js';
import { indexGraph, nodeName } from './graphIndex.js';
import { resolveParams } from './invocation.js';
import type { DefinitionLookup } from './nodeDefinition.js';
import { validateGraph } from './validate.js';

/** What an output type asks of its workflow. */
export interface Profile {
  artifactKind: string;
  contract: ArtifactContract;
  /** As runs take them: what old settings say included. */
  overrides: JsonObject;
  callerParams: CallerParams;
}

/** What an output type would lose if its workflow became `after`: findings that `before` did not have. A setting that reaches no
 * node any more, or not all that it reached, counts, since what is sold would change without a word; so does a value that callers could send and cannot any more.
 * @param before null: the output type has had nothing to run so far. */
export function lossesOf(
  profile: Profile,
  before: WorkflowGraph | null,
  after: WorkflowGraph,
  lookup: DefinitionLookup,
): Finding[] {
  const formOf = (graph: WorkflowGraph) => callerForm(graph, lookup, profile);
  const [formBefore, formAfter] = [before && formOf(before), formOf(after)];
  const known = new Set(before ? demands(profile, before, formBefore!, lookup).map(identity) : []);
  const lost = demands(profile, after, formAfter, lookup).filter((finding) => !known.has(identity(finding)));
  const told = new Set(lost.map(({ path }) => path));
  const less = [
    ...(before ? lostOverrides(profile.overrides, before, after, lookup) : []),
    ...(formBefore ? narrowedParams(formBefore, formAfter) : []),
  ];
  return [...lost, ...less.filter(({ path }) => !told.has(path))];
}

function demands(
  { artifactKind, contract, overrides }: Profile,
  graph: WorkflowGraph,
  form: CallerForm,
  lookup: DefinitionLookup,
): Finding[] {
  const layers = { outputType: overrides };
  const found = validateGraph(graph, lookup, { requiredRoles: [artifactKind as ArtifactRole] });
  const missing = found.filter(({ code }) => code === 'OUTPUT_ROLE_MISSING');
  // What is made and published by no node reaches nobody.
  const unpublished = found.filter(({ code }) => code === 'FAMILY_OUTPUT_MISSING');
  const unmet = contractIssues(deliverables(graph, lookup, layers), artifactKind, contract).map(
    (issue): Finding => ({ ...issue, code: 'CONTRACT_UNMET', severity: 'error' }),
  );
  return [
    // Of a file that is not even made, there is nothing more to say.
    ...(missing.length > 0 ? missing : [...unpublished, ...unmet]),
    ...resolveParams(graph, lookup, layers).findings.filter(({ code }) => code.startsWith('OVERRIDE_')),
    ...form.issues.map((issue): Finding => ({ ...issue, code: 'CALLER_PARAM_UNFIT', severity: 'error' })),
  ];
}

/** `OVERRIDE_LOST`: a node that is still there does not take a setting any more that others take. */
function lostOverrides(
  overrides: JsonObject,
  before: WorkflowGraph,
  after: WorkflowGraph,
  lookup: DefinitionLookup,
): Finding[] {
  const [old, young] = [before, after].map((graph) => resolveParams(graph, lookup, { outputType: overrides }).names);
  const index = indexGraph(after, lookup);
  return Object.entries(old!).flatMap(([nodeId, names]) => {
    const now = Object.hasOwn(young!, nodeId) ? young![nodeId]! : null;
    return Object.entries(names).flatMap(([param, name]) => {
      if (!now || Object.hasOwn(now, param)) return [];
      return {
        code: 'OVERRIDE_LOST',
        severity: 'warning',
        message: `${nodeName(index, index.nodeIndex.get(nodeId)!)} would not take “${param}” any more.`,
        nodeId,
        path: pointer('overrides', name),
      };
    });
  });
}

/** `CALLER_PARAM_NARROWED`: what callers may set takes fewer values than it did. */
function narrowedParams(before: CallerForm, after: CallerForm): Finding[] {
  const young = after.schema.properties as Record<string, JsonSchema>;
  return Object.entries(before.schema.properties as Record<string, JsonSchema>).flatMap(([name, schema]) => {
    if (Object.hasOwn(young, name) && isAssignable(schema, young[name]!)) return [];
    return {
      code: 'CALLER_PARAM_NARROWED',
      severity: 'error',
      message: `Orders may set “${name}” to values now that they could not set any more.`,
      path: pointer('callerParams', name),
    };
  });
}

/** What a finding is about; how it says so may name other things that changed. */
const identity = ({ code, path, nodeId }: Finding) => JSON.stringify([code, path, nodeId]);
