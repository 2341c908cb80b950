import type { ArtifactRole } from '../modules/artifacts.js';
import type { JsonObject } from '../modules/json.js';
import type { Finding } from './finding.js';
import type { WorkflowGraph } from './graph.js';
import { resolveParams } from './invocation.js';
import type { DefinitionLookup } from './nodeDefinition.js';
import { validateGraph } from './validate.js';

/** What an output type asks of its workflow. */
export interface Profile {
  artifactKind: string;
  overrides: JsonObject;
}

/** What an output type would lose if its workflow became `after`: findings that `before` did not have. A setting that reaches no
 * node any more counts, since what is sold would change without a word.
 * @param before null: the output type has had nothing to run so far. */
export function lossesOf(
  profile: Profile,
  before: WorkflowGraph | null,
  after: WorkflowGraph,
  lookup: DefinitionLookup,
): Finding[] {
  const known = new Set(before ? demands(profile, before, lookup).map(identity) : []);
  return demands(profile, after, lookup).filter((finding) => !known.has(identity(finding)));
}

function demands({ artifactKind, overrides }: Profile, graph: WorkflowGraph, lookup: DefinitionLookup): Finding[] {
  const sold = validateGraph(graph, lookup, { requiredRoles: [artifactKind as ArtifactRole] });
  return [
    ...sold.filter(({ code }) => code === 'OUTPUT_ROLE_MISSING'),
    ...resolveParams(graph, lookup, { outputType: overrides }).findings.filter(({ code }) =>
      code.startsWith('OVERRIDE_'),
    ),
  ];
}

const identity = ({ code, path, message }: Finding) => JSON.stringify([code, path, message]);
