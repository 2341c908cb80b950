import type { ProductionModule } from '../modules/define.js';
import type { JsonObject, JsonSchema } from '../modules/json.js';
import { choicesOf, optionsOf } from './choices.js';
import type { WorkflowGraph } from './graph.js';
import type { DefinitionLookup } from './nodeDefinition.js';
import { invocationParamsOf } from './params.js';

/** A param of a node that is open to output types and order lines. */
export interface Reached {
  nodeId: string;
  /** What people call the node. */
  label: string;
  module: ProductionModule;
  param: string;
}

/** The nodes that a name of an invocation reaches: all that have a param of that name open, or, for `<node>.<param>`, that node alone. */
export function reachedBy(name: string, graph: WorkflowGraph, lookup: DefinitionLookup): Reached[] {
  const open = openIn(graph, lookup);
  const everywhere = open.filter(({ param }) => param === name);
  return everywhere.length > 0 ? everywhere : open.filter((one) => addressOf(one) === name);
}

/** The params of a graph that an output type or a caller may set, each once, in the order of the nodes. */
export function openParams(graph: WorkflowGraph, lookup: DefinitionLookup): string[] {
  return [...new Set(openIn(graph, lookup).map(({ param }) => param))];
}

/** The same by node, with what people call each and the UI schema of its panel. */
export function openByNode(graph: WorkflowGraph, lookup: DefinitionLookup) {
  return graph.nodes.flatMap(({ id, step, ui }) => {
    const definition = lookup(step);
    if (!definition) return [];
    const { module, label, uiSchema: panel } = definition;
    return [{ nodeId: id, label: ui?.label || label, module, panel, params: invocationParamsOf(module) }];
  });
}

/** Name that reaches one node alone. */
export const addressOf = ({ nodeId, param }: Pick<Reached, 'nodeId' | 'param'>) => `${nodeId}.${param}`;

/** Nodes, by name, that a value is not meant for: their param is a choice that does not have the value, while another node's param
 * of that name takes it. Where no node has it, it is a mistake, and meant for all.
 * @param values - of one layer; nodes that it addresses alone are left out of account. */
export function notMeantFor(
  values: JsonObject,
  graph: WorkflowGraph,
  lookup: DefinitionLookup,
): Map<string, ReadonlySet<string>> {
  const open = openIn(graph, lookup).filter((one) => !Object.hasOwn(values, addressOf(one)));
  return new Map(
    Object.entries(values).map(([name, value]) => {
      const named = open.filter(({ param }) => param === name);
      const others = named.filter((one) => !(choicesOf(schemaOf(one))?.includes(value) ?? true));
      return [name, new Set(others.length < named.length ? others.map(({ nodeId }) => nodeId) : [])];
    }),
  );
}

/** The schemas that a value has to fit which is sent under one name. Nodes with different choices (file formats of stills and of films)
 * offer all of them together, since each value reaches the nodes that have it; beside a node that takes more than choices they bound
 * nothing, for the same reason. */
export function offeredBy(reached: readonly Reached[]): { by: Reached; schema: JsonSchema }[] {
  const own = reached.map((by) => ({ by, schema: schemaOf(by) }));
  const free = own.filter(({ schema }) => !choicesOf(schema));
  if (reached.length < 2 || free.length > 0) return reached.length < 2 ? own : free;
  const all = new Map(own.flatMap(({ schema }) => optionsOf(schema).map((option) => [option.const, option])));
  return own.map(({ by, schema: { enum: _enum, oneOf: _oneOf, anyOf: _anyOf, ...schema } }) => ({
    by,
    schema: { ...schema, oneOf: [...all.values()] },
  }));
}

const openIn = (graph: WorkflowGraph, lookup: DefinitionLookup): Reached[] =>
  openByNode(graph, lookup).flatMap(({ nodeId, label, module, params }) =>
    params.map((param) => ({ nodeId, label, module, param })),
  );

const schemaOf = ({ module, param }: Reached) => (module.paramSchema.properties as Record<string, JsonSchema>)[param]!;
