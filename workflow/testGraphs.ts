import fc from 'fast-check';
import type { JsonValue } from '../modules/json.js';
import { GRAPH_FORMAT, WorkflowGraph } from './graph.js';
import { TEST_MODULES } from './testModules.js';

/** Shorthand for tests: nodes as `id: step` or `id: { step, … }`, edges as `'node.port -> node.port'`. */
export function graphOf(
  family: WorkflowGraph['family'],
  nodes: Record<string, string | ({ step: string } & Record<string, unknown>)>,
  edges: readonly string[] = [],
): WorkflowGraph {
  return WorkflowGraph.parse({
    format: GRAPH_FORMAT,
    family,
    nodes: Object.entries(nodes).map(([id, node]) => (typeof node === 'string' ? { id, step: node } : { id, ...node })),
    edges: edges.map((edge) => {
      const [from, to] = edge.split(' -> ').map((end) => {
        const [node, port] = end.split('.');
        return { node, port };
      });
      return { from, to };
    }),
  });
}

/** A small order workflow of test modules, without findings. */
export function orderGraph(): WorkflowGraph {
  return graphOf(
    'order_line',
    { source: 'source', mesh: 'mesh', template: 'template', still: 'render', publish: 'publish', notify: 'notify' },
    [
      'source.step -> mesh.step',
      'mesh.glb -> still.glb',
      'template.template -> still.template',
      'still.still -> publish.source',
      'publish.asset -> notify.asset',
    ],
  );
}

/** Any JSON value as it comes back from a file or the database: JSON text has a minus zero, but nothing writes it. */
const anyJson = (constraints?: fc.JsonSharedConstraints) =>
  fc.jsonValue(constraints).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);

const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'constructor', 'hasOwnProperty');
// What shares its work out has graphs of its own; here it would only make sound ones rarer.
const { totals: _totals, spread: _spread, ...plain } = TEST_MODULES;
const steps = fc.constantFrom(...Object.keys(plain), 'toString', 'gone');
const ports = fc.constantFrom(
  'step',
  'glb',
  'source',
  'template',
  'still',
  'asset',
  'total',
  'totals',
  'text',
  'valueOf',
  '~/',
);
const paramNames = fc.constantFrom(
  'samples',
  'quality',
  'format',
  'background',
  'seed',
  'start',
  'constructor',
  'a/~b',
);
const values = fc.oneof(
  fc.constantFrom<JsonValue>(
    64,
    'draft',
    'jpeg',
    -1,
    { kind: 'transparent' },
    { kind: 'color', hex: '#ffffff', more: 1 },
  ),
  anyJson({ maxDepth: 2 }),
);
const endpoint = fc.record({ node: ids, port: ports });

/** Well-formed graphs that are mostly nonsense: double ids, unknown steps and ports, cycles, wrong params. */
export const anyGraph: fc.Arbitrary<WorkflowGraph> = fc
  .record({
    format: fc.constant(GRAPH_FORMAT),
    family: fc.constantFrom('cad_file', 'order_line'),
    nodes: fc.array(
      fc.record(
        {
          id: ids,
          step: steps,
          params: fc.dictionary(paramNames, values, { maxKeys: 3 }),
          onFailure: fc.constantFrom('halt', 'continue', 'fallback_legacy'),
        },
        { requiredKeys: ['id', 'step'] },
      ),
      { maxLength: 7 },
    ),
    edges: fc.array(fc.record({ from: endpoint, to: endpoint }), { maxLength: 14 }),
  })
  .map((graph) => WorkflowGraph.parse(graph));

/** A wide and deep graph of sums: `layers` layers of `width` nodes, each fed by two nodes of the layer before. */
export function sumsGraph(layers: number, width: number): WorkflowGraph {
  const nodes: Record<string, string> = {};
  const edges: string[] = [];
  for (let layer = 0; layer < layers; layer++) {
    for (let i = 0; i < width; i++) {
      nodes[`n${layer}-${i}`] = layer === 0 ? 'count' : 'sum';
      if (layer === 0) continue;
      edges.push(`n${layer - 1}-${i}.total -> n${layer}-${i}.totals`);
      edges.push(`n${layer - 1}-${(i + 1) % width}.total -> n${layer}-${i}.totals`);
    }
  }
  return graphOf('cad_file', nodes, edges);
}
