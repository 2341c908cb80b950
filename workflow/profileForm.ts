import type { JsonObject } from '../modules/json.js';
import { type CallerForm, callerForm } from './callerParams.js';
import type { WorkflowGraph } from './graph.js';
import type { DefinitionLookup } from './nodeDefinition.js';
import { openByNode, openParams } from './reach.js';
import { groupOf, narrowUiSchema } from './uiSchema.js';

/** A form over every param that an output type may override, in one group for each set of nodes that take the same ones, those with most
 * to set first. Inside a group the fields stand as in the panel of the node.
 * @param overrides what applies already, so that a field shows what holds without it. */
export function profileForm(
  graph: WorkflowGraph,
  lookup: DefinitionLookup,
  overrides: JsonObject,
): Pick<CallerForm, 'schema' | 'uiSchema' | 'defaults'> {
  const { schema, defaults } = callerForm(graph, lookup, {
    overrides,
    callerParams: Object.fromEntries(openParams(graph, lookup).map((name) => [name, {}])),
  });
  // Without those of which no value suits all nodes: they are set node by node.
  const names = Object.keys(schema.properties as JsonObject);
  const nodes = openByNode(graph, lookup);
  const groups = new Map<string, { label: string; panel: JsonObject; params: string[] }>();
  for (const name of names) {
    const takers = nodes.filter(({ params }) => params.includes(name));
    const key = takers.map(({ nodeId }) => nodeId).join();
    const group = groups.get(key);
    if (group) group.params.push(name);
    else groups.set(key, { label: listed(takers.map(({ label }) => label)), panel: takers[0]!.panel, params: [name] });
  }
  const elements = [...groups.values()]
    .sort((one, other) => other.params.length - one.params.length)
    .map(({ label, panel, params }) => groupOf({ label }, narrowUiSchema(panel, new Set(params))));
  return { schema, uiSchema: { type: 'VerticalLayout', elements }, defaults };
}

const MOST_LISTED = 3;

function listed(labels: readonly string[]): string {
  const distinct = [...new Set(labels)].sort();
  return distinct.length > MOST_LISTED
    ? `${distinct.slice(0, MOST_LISTED - 1).join(', ')} and ${distinct.length - MOST_LISTED + 1} more`
    : distinct.join(', ');
}
