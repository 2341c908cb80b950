import { z } from 'zod';
import type { JsonObject } from '../../modules/json.js';

const Nodes = z.object({ nodes: z.array(z.object({ id: z.string(), step: z.string() })) });

/** The same values with `<node>.<param>` of a graph said as `<step>.<param>`, as the linear pipeline knows it. Names stay as they are
 * where the graph has the step several times, has no such node, or cannot be read: the pipeline works without it. */
export function addressedBySteps(values: JsonObject, graph: unknown): JsonObject {
  const { nodes = [] } = Nodes.safeParse(graph).data ?? {};
  const stepOf = new Map(
    nodes
      .filter(({ step }) => nodes.filter((other) => other.step === step).length === 1)
      .map(({ id, step }) => [id, step]),
  );
  const renamed = Object.entries(values).map(([key, value]): [string, JsonObject[string]] => {
    const dot = key.indexOf('.');
    const step = stepOf.get(key.slice(0, dot));
    const name = dot > 0 && step ? `${step}${key.slice(dot)}` : key;
    return [name === key || Object.hasOwn(values, name) ? key : name, value];
  });
  return Object.fromEntries(renamed);
}
