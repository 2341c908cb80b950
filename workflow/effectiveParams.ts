import type { JsonValue } from '../modules/json.js';
import type { WorkflowGraph } from './graph.js';
import { indexGraph } from './graphIndex.js';
import { type InvocationLayers, type ParamOrigin, resolveParams } from './invocation.js';
import type { DefinitionLookup } from './nodeDefinition.js';
import { humanised } from './params.js';

/** One param of one node as a run would have it. */
export interface EffectiveParam {
  nodeId: string;
  /** What people call the node. */
  nodeLabel: string;
  name: string;
  title: string;
  value: JsonValue;
  /** The layer that set it. */
  origin: ParamOrigin;
  /** What it would be if that layer said nothing; null for a module's own default, and where nothing would be set then. */
  without: JsonValue;
  /** Whether output types and order lines may set it. */
  isOpen: boolean;
}

/** Every param of every node, with who set it and what it would be without. Values that do not fit are left out, as in a run. */
export function effectiveParams(
  graph: WorkflowGraph,
  lookup: DefinitionLookup,
  layers: InvocationLayers = {},
): EffectiveParam[] {
  const index = indexGraph(graph, lookup);
  const full = resolveParams(graph, lookup, layers);
  const withoutLine = resolveParams(graph, lookup, { outputType: layers.outputType });
  const bare = resolveParams(graph, lookup);
  return graph.nodes.flatMap(({ id, ui }, position) => {
    const definition = index.definitions[position];
    if (!definition) return [];
    const { module } = definition;
    const below: Record<ParamOrigin, Record<string, JsonValue>> = {
      module_default: {},
      node: module.defaults,
      output_type: bare.params[id]!,
      order_line: withoutLine.params[id]!,
    };
    return Object.entries(full.params[id]!).map(([name, value]) => {
      const origin = full.origins[id]![name] ?? 'module_default';
      const schema = ((module.paramSchema.properties ?? {}) as Record<string, Record<string, JsonValue>>)[name];
      return {
        nodeId: id,
        nodeLabel: ui?.label || definition.label,
        name,
        title: typeof schema?.title === 'string' ? schema.title : humanised(name),
        value,
        origin,
        without: below[origin][name] ?? null,
        isOpen: schema?.['x-invocation'] === true,
      };
    });
  });
}
