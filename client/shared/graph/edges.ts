import type { Edge } from '@xyflow/react';
import { sameJson } from '../../components/sameJson.js';
import type { GraphEdge } from './graphModel.js';
import type { CardData, NodeOverlay } from './NodeCard.js';

export type EdgeChanges = ReadonlyMap<string, 'added' | 'removed' | 'reordered'>;

export const edgeId = ({ from, to }: GraphEdge) => `${from.node}.${from.port}>${to.node}.${to.port}`;

/** How connections look: done, flowing, chosen, added, removed. */
interface EdgeLook {
  /** Of all nodes, by id. */
  cards: ReadonlyMap<string, CardData>;
  overlays: ReadonlyMap<string, NodeOverlay>;
  edgeChanges?: EdgeChanges;
  isEditing: boolean;
  /** Id of the one that is chosen. */
  selected: string | null;
}

/** The connections as they are drawn; of those drawn before, the ones that look the same are the same objects. */
export function edgesOf(edges: readonly GraphEdge[], look: EdgeLook, before: readonly Edge[]): Edge[] {
  const known = new Map(before.map((edge) => [edge.id, edge]));
  return edges.map((edge) => {
    const drawing = drawn(edge, look);
    const was = known.get(drawing.id);
    return was && sameJson(was, drawing) ? was : drawing;
  });
}

function drawn(edge: GraphEdge, { cards, overlays, edgeChanges, isEditing, selected }: EdgeLook): Edge {
  const { from, to } = edge;
  const id = edgeId(edge);
  const nameOf = (nodeId: string) => cards.get(nodeId)?.label ?? nodeId;
  const change = edgeChanges?.get(id);
  const tone = edgeChanges ? undefined : overlays.get(from.node)?.look?.tone;
  return {
    id,
    source: from.node,
    sourceHandle: from.port,
    target: to.node,
    targetHandle: to.port,
    animated: overlays.get(to.node)?.look?.tone === 'busy' && !edgeChanges,
    className: change ? `edge-${change}` : tone === 'ok' || tone === 'reused' ? `edge-done tone-${tone}` : undefined,
    focusable: isEditing,
    selectable: isEditing,
    selected: id === selected,
    ariaLabel: `${from.port} of ${nameOf(from.node)} to ${to.port} of ${nameOf(to.node)}${change ? `, ${change}` : ''}`,
  };
}
