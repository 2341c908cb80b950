import { sameJson } from '../../components/sameJson.js';
import type { Definitions } from './definitions.js';
import { nodeLabel, type WorkflowGraph } from './graphModel.js';
import { type Point, placeNodes } from './layout.js';
import { CARD_WIDTH, type CardData, cardHeight, type NodeOverlay } from './NodeCard.js';

const NONE: ReadonlyMap<string, NodeOverlay> = new Map();

/** Where every card of a graph stands: as saved, or by the layout. */
export function placeCards(graph: WorkflowGraph, definitions: Definitions, hasFoot = false): Map<string, Point> {
  let cards: ReadonlyMap<string, CardData> | null = null;
  return placeNodes(graph, (id) => {
    cards ??= cardsOf(graph, definitions, NONE);
    return { width: CARD_WIDTH, height: cardHeight(cards.get(id)!) + (hasFoot ? 34 : 0) };
  });
}

/** The ports that edges use at each node, at one end. */
function usedPorts(graph: WorkflowGraph, side: 'from' | 'to'): ReadonlyMap<string, Set<string>> {
  const used = new Map<string, Set<string>>();
  for (const { [side]: end } of graph.edges) {
    const ports = used.get(end.node);
    if (ports) ports.add(end.port);
    else used.set(end.node, new Set([end.port]));
  }
  return used;
}

const without = (ports: ReadonlySet<string> = new Set(), known: readonly { name: string }[] = []) =>
  [...ports].filter((port) => !known.some(({ name }) => name === port));

/** What the cards of a graph show. A card that shows what it showed before is the same object, so that of a large graph only what
 * changed is drawn again. */
export function cardsOf(
  graph: WorkflowGraph,
  definitions: Definitions,
  overlays: ReadonlyMap<string, NodeOverlay>,
  before?: ReadonlyMap<string, CardData>,
): ReadonlyMap<string, CardData> {
  const [inputs, outputs] = [usedPorts(graph, 'to'), usedPorts(graph, 'from')];
  return new Map(
    graph.nodes.map((node) => {
      const definition = definitions.get(node.step);
      const card: CardData = {
        label: nodeLabel(node, definition),
        step: node.step,
        definition,
        looseInputs: without(inputs.get(node.id), definition?.inputContract),
        looseOutputs: without(outputs.get(node.id), definition?.outputContract),
        overlay: overlays.get(node.id),
      };
      const known = before?.get(node.id);
      return [node.id, known && sameJson(known, card) ? known : card];
    }),
  );
}
