import type { JsonObject, JsonSchema } from '../modules/json.js';
import { type CallerForm, callerForm } from './callerParams.js';
import type { WorkflowGraph } from './graph.js';
import type { DefinitionLookup } from './nodeDefinition.js';
import { humanised } from './params.js';
import { addressOf, openByNode } from './reach.js';
import { buildUiSchema } from './uiSchema.js';

/** A form over what can be set for one node alone, named `<node>.<param>`: the params that more than one node takes.
 * @param overrides what applies to all nodes, so that a field shows what its node has without it. */
export function nodeForm(
  graph: WorkflowGraph,
  lookup: DefinitionLookup,
  overrides: JsonObject,
): Pick<CallerForm, 'schema' | 'uiSchema' | 'defaults'> {
  const nodes = openByNode(graph, lookup);
  const shared = nodes.map(({ params, ...node }) => ({
    ...node,
    params: params.filter((param) => nodes.filter((other) => other.params.includes(param)).length > 1),
  }));
  const addresses = shared.flatMap(({ nodeId, params }) => params.map((param) => addressOf({ nodeId, param })));
  const plain = Object.fromEntries(Object.entries(overrides).filter(([name]) => !addresses.includes(name)));
  const callerParams = Object.fromEntries(addresses.map((address) => [address, {}]));
  const { schema, defaults } = callerForm(graph, lookup, { overrides: plain, callerParams });
  const properties = schema.properties as Record<string, JsonSchema>;
  const groups = shared
    .filter(({ params }) => params.length > 0)
    .map(({ nodeId, label, params }) => {
      const own = params.map((param) => addressOf({ nodeId, param }));
      const set = own.filter((address) => Object.hasOwn(overrides, address)).length;
      // Closed whatever is set in it: a form that opens or closes by itself while somebody types loses their place.
      return { label: set > 0 ? `${label} · ${set} set` : label, params: own, isCollapsed: true };
    });
  // The group says which node it is.
  const titled = Object.fromEntries(
    shared.flatMap(({ nodeId, params, module }) =>
      params.map((param) => {
        const address = addressOf({ nodeId, param });
        const own = (module.paramSchema.properties as Record<string, JsonSchema>)[param]!;
        return [address, { ...properties[address], title: own.title ?? humanised(param) }];
      }),
    ),
  );
  const form: JsonSchema = { ...schema, properties: titled };
  return { schema: form, uiSchema: buildUiSchema(form, { groups }), defaults };
}
