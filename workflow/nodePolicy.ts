import type { Family } from '../modules/define.js';
import { toJsonSchema } from '../modules/define.js';
import type { JsonSchema } from '../modules/json.js';
import { FAMILY_DEFINITIONS } from './families.js';
import { GraphNode } from './graph.js';

const CHOICES: Record<GraphNode['onFailure'], { title: string; description: string }> = {
  halt: { title: 'End the run', description: 'The run fails, and nodes that have not begun do not begin.' },
  continue: {
    title: 'Go on without it',
    description: 'Nodes that depend on it are skipped, the others run, and the run ends as partial.',
  },
  fallback_legacy: {
    title: 'Hand over to the legacy pipeline',
    description: 'The legacy pipeline makes the delivery instead, and the run says so.',
  },
};

/** JSON Schema of what a node of a family may say about how it runs, beside its params: `onFailure`, `retry`, `timeoutMs`. What is left
 * out comes from its module; `onFailure` is `halt` then. */
export function nodePolicySchema(family: Family): JsonSchema {
  const { hasLegacyPipeline } = FAMILY_DEFINITIONS[family];
  const schema = toJsonSchema(GraphNode.pick({ onFailure: true, timeoutMs: true, retry: true }));
  const properties = schema.properties as Record<string, JsonSchema>;
  const { enum: keys, ...onFailure } = properties.onFailure as JsonSchema & { enum: GraphNode['onFailure'][] };
  const oneOf = keys
    .filter((key) => key !== 'fallback_legacy' || hasLegacyPipeline)
    .map((key) => ({ const: key, ...CHOICES[key] }));
  return { ...schema, properties: { ...properties, onFailure: { ...onFailure, oneOf } } };
}
