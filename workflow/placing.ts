import type { GraphIndex } from './graphIndex.js';

/** How much of the drawing a node's card takes with some air, in the editor's pixels: as wide as every card, as high as its ports. */
const CARD = { width: 240, base: 110, port: 20 };

interface Place {
  x: number;
  y: number;
}

const heightOf = (module: { inputContract: object; outputContract: object } | undefined) =>
  CARD.base +
  CARD.port *
    Math.max(Object.keys(module?.inputContract ?? {}).length, Object.keys(module?.outputContract ?? {}).length);

interface Card extends Place {
  height: number;
}
const cardsOf = new WeakMap<GraphIndex, Card[]>();

/** The cards of a graph from above to below. */
function cards(index: GraphIndex): Card[] {
  const known = cardsOf.get(index);
  if (known) return known;
  const made = index.graph.nodes
    .flatMap(({ ui }, position) =>
      ui ? [{ x: ui.x, y: ui.y, height: heightOf(index.definitions[position]?.module) }] : [],
    )
    .sort((a, b) => a.y - b.y);
  cardsOf.set(index, made);
  return made;
}

/** The place for another node that is nearest below a wished one and on top of no other node. */
export function freePlace(
  index: GraphIndex,
  wished: Place,
  module: { inputContract: object; outputContract: object },
): Place {
  const height = heightOf(module);
  let { y } = wished;
  for (const card of cards(index)) {
    const isInTheWay = Math.abs(card.x - wished.x) < CARD.width && card.y < y + height && y < card.y + card.height;
    if (isInTheWay) y = card.y + card.height;
  }
  return { x: wished.x, y };
}
