import { z } from 'zod';
import { FAMILIES } from '../modules/define.js';
import type { JsonValue } from '../modules/json.js';

/** Version of the stored JSON. Older ones are brought up to date by workflow/migrations.ts. */
export const GRAPH_FORMAT = 1;

const Id = z
  .string()
  .min(1)
  .max(64)
  .regex(/^(?!__)[A-Za-z0-9_-]+$/, 'Use letters, digits, "-" and "_"; do not begin with "__".');

const ON_FAILURE = ['halt', 'continue', 'fallback_legacy'] as const;

export const GraphNode = z.strictObject({
  id: Id,
  /** Stable key of the node definition. */
  step: z.string().min(1).max(100),
  /** Version of the module that `params` were written for; absent: 1. */
  version: z.number().int().min(1).max(1_000_000).optional(),
  /** Overrides of the module's defaults, only what differs. */
  params: z.record(z.string(), z.json()).default({}),
  /** Null or absent: the module's own policy. */
  retry: z
    .strictObject({
      attempts: z.number().int().min(1).max(10).meta({ title: 'Attempts', description: 'The first one counts.' }),
      backoffMs: z.number().int().min(0).max(3_600_000).meta({
        title: 'Wait before the second',
        description: 'Doubles before each further one.',
        'x-unit': 'ms',
      }),
    })
    .optional()
    .meta({ title: 'Retry' }),
  onFailure: z
    .enum(ON_FAILURE)
    .default('halt')
    .meta({ title: 'When it fails', description: 'After the last attempt.' }),
  timeoutMs: z
    .number()
    .int()
    .min(1_000)
    .max(86_400_000)
    .optional()
    .meta({ title: 'Time limit', description: 'Of one attempt.', 'x-unit': 'ms' }),
  /** Editor only; the back end ignores it. */
  ui: z.looseObject({ x: z.number(), y: z.number(), label: z.string().max(200).optional() }).optional(),
});
export type GraphNode = z.output<typeof GraphNode>;

const Endpoint = z.strictObject({ node: Id, port: z.string().min(1).max(100) });
export const GraphEdge = z.strictObject({ from: Endpoint, to: Endpoint });
export type GraphEdge = z.output<typeof GraphEdge>;

/** A workflow as it is stored and exported: a canonical JSON DAG. This checks its form only; workflow/validate.ts checks its sense. */
export const WorkflowGraph = z.strictObject({
  format: z.literal(GRAPH_FORMAT),
  family: z.enum(FAMILIES),
  nodes: z.array(GraphNode).max(2_000),
  /** As many as a list in a request may have. */
  edges: z.array(GraphEdge).max(5_000),
});
export type WorkflowGraph = z.output<typeof WorkflowGraph>;

export type NodeParams = Record<string, JsonValue>;
