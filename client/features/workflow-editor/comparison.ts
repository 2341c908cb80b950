import type { GraphChange } from '../../gql/graphql.js';
import { type EdgeChanges, edgeId } from '../../shared/graph/edges.js';
import type { WorkflowGraph } from '../../shared/graph/graphModel.js';
import type { NodeOverlay } from '../../shared/graph/NodeCard.js';
import type { StatusLook } from '../../shared/status.js';

const LOOK: Record<Exclude<GraphChange, 'reordered'>, StatusLook> = {
  added: { label: 'Added', tone: 'ok', icon: 'plus' },
  removed: { label: 'Removed', tone: 'bad', icon: 'minus' },
  changed: { label: 'Changed', tone: 'busy', icon: 'refresh' },
};

/** What the server says differs between two graphs. */
interface Differences {
  nodes: readonly { nodeId: string; change: GraphChange; isLayoutOnly: boolean; fields: readonly unknown[] }[];
  edges: readonly { change: GraphChange; fromNode: string; fromPort: string; toNode: string; toPort: string }[];
}

/** Two graphs as one drawing: all of the newer one, what only the older one had, and on each what became of it. */
export function comparison(
  before: WorkflowGraph,
  after: WorkflowGraph,
  { nodes, edges }: Differences,
): { graph: WorkflowGraph; overlays: ReadonlyMap<string, NodeOverlay>; edgeChanges: EdgeChanges } {
  const present = new Set(after.nodes.map(({ id }) => id));
  const drawn = new Set(after.edges.map(edgeId));
  return {
    graph: {
      ...after,
      nodes: [...after.nodes, ...before.nodes.filter(({ id }) => !present.has(id))],
      edges: [...after.edges, ...before.edges.filter((edge) => !drawn.has(edgeId(edge)))],
    },
    overlays: new Map(
      nodes.flatMap(({ nodeId, change, isLayoutOnly, fields }): [string, NodeOverlay][] => {
        if (isLayoutOnly || change === 'reordered') return [];
        const values = fields.length === 1 ? 'one value' : `${fields.length} values`;
        return [[nodeId, { look: LOOK[change], ...(change === 'changed' && { note: values }) }]];
      }),
    ),
    edgeChanges: new Map(
      edges.flatMap(({ change, fromNode, fromPort, toNode, toPort }): [string, 'added' | 'removed' | 'reordered'][] =>
        change === 'changed'
          ? []
          : [[edgeId({ from: { node: fromNode, port: fromPort }, to: { node: toNode, port: toPort } }), change]],
      ),
    ),
  };
}
