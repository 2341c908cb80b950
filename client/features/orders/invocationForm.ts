import { sameJson } from '../../components/sameJson.js';

type Json = Record<string, unknown>;

interface ParamSource {
  step: string;
  paramSchema: unknown;
  defaults: unknown;
}

export interface InvocationForm {
  /** JSON Schema of the params that an order may set. */
  schema: { type: 'object'; properties: Json };
  /** What applies to each of them when the order sets nothing. */
  defaults: Json;
}

/** The params of a workflow that may be set per order: those its modules mark with `x-invocation`, by name. What applies
 * without the order is the output type's override, else the node's own param, else the module's default. */
export function invocationForm(
  graph: unknown,
  definitions: readonly ParamSource[],
  overrides: unknown,
): InvocationForm {
  const byStep = new Map(definitions.map((definition) => [definition.step, definition]));
  const nodes = ((graph as { nodes?: { step: string; params?: Json }[] } | null)?.nodes ?? []).slice();
  const properties: Json = {};
  const defaults: Json = {};
  for (const node of nodes) {
    const definition = byStep.get(node.step);
    const params = (definition?.paramSchema as { properties?: Record<string, Json> } | undefined)?.properties ?? {};
    for (const [name, schema] of Object.entries(params)) {
      if (schema['x-invocation'] !== true || Object.hasOwn(properties, name)) continue;
      properties[name] = schema;
      defaults[name] =
        (overrides as Json | null)?.[name] ?? node.params?.[name] ?? (definition!.defaults as Json)[name];
    }
  }
  return { schema: { type: 'object', properties }, defaults };
}

/** What the order stores of the form's data: only what differs from what applies anyway. */
export function optionsToStore(data: Json, defaults: Json): Json {
  return Object.fromEntries(
    Object.entries(data).filter(([name, value]) => value !== undefined && !sameJson(value, defaults[name])),
  );
}
