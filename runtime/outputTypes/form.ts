import type { Prisma } from '../../generated/prisma/client.js';
import { type CallerForm, type CallerParams, callerForm } from '../../workflow/callerParams.js';
import type { WorkflowGraph } from '../../workflow/graph.js';
import { outputTypeOverrides } from '../../workflow/legacy/invocation.js';
import { openGraph } from '../../workflow/upgradeGraph.js';
import type { Platform } from '../platform.js';
import { NEWEST_VERSION } from '../runs/entry.js';

/** What must be read of an output type to know its graph. */
export const WITH_GRAPH = {
  workflow: { include: NEWEST_VERSION },
  pinnedVersion: true,
} satisfies Prisma.OutputTypeInclude;

export interface RunnableOutputType {
  versionPolicy: 'latest' | 'pinned';
  overrides: unknown;
  callerParams: unknown;
  artifactKind: string;
  legacySettings: unknown;
  workflow: { versions: { graph: unknown }[] } | null;
  pinnedVersion: { graph: unknown } | null;
}

/** The graph that an output type runs; null: it has no workflow, or none that is published and readable. */
export function graphOf(
  { definition }: Pick<Platform, 'definition'>,
  { versionPolicy, workflow, pinnedVersion }: RunnableOutputType,
): WorkflowGraph | null {
  const version = versionPolicy === 'pinned' && pinnedVersion ? pinnedVersion : workflow?.versions[0];
  return (version && openGraph(version.graph, definition).graph) ?? null;
}

const EMPTY: CallerForm = {
  schema: { type: 'object', properties: {}, additionalProperties: false },
  uiSchema: { type: 'VerticalLayout', elements: [] },
  defaults: {},
  issues: [],
};
const known = new WeakMap<object, CallerForm>();

/** What callers of the output type may send. Without a workflow: nothing. */
export function formOf(platform: Pick<Platform, 'definition'>, outputType: RunnableOutputType): CallerForm {
  const earlier = known.get(outputType);
  if (earlier) return earlier;
  const graph = graphOf(platform, outputType);
  const form = graph
    ? callerForm(graph, platform.definition, {
        overrides: outputTypeOverrides(outputType),
        callerParams: outputType.callerParams as CallerParams,
      })
    : EMPTY;
  known.set(outputType, form);
  return form;
}
