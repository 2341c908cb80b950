import { useReactFlow, useStore } from '@xyflow/react';
import { useEffect, useEffectEvent } from 'react';
import { CARD_WIDTH } from './NodeCard.js';

/** Between a card and the edge of the drawing, in pixels. */
const MARGIN = 16;

/** Moves the drawing just so far that the chosen card is not cut off where the drawing becomes narrower: its settings open beside it. */
export function KeptInView({ nodeId }: { nodeId: string | null }) {
  const width = useStore((state) => state.width);
  const { getInternalNode, getViewport, setViewport } = useReactFlow();
  const show = useEffectEvent(() => {
    const card = nodeId === null ? undefined : getInternalNode(nodeId);
    if (!card) return;
    const { x, y, zoom } = getViewport();
    const end = (card.internals.positionAbsolute.x + CARD_WIDTH) * zoom + x;
    const over = end + MARGIN - width;
    if (over > 0) void setViewport({ x: x - over, y, zoom }, { duration: 150 });
  });
  useEffect(() => show(), [width]);
  return null;
}
