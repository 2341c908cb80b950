import '@xyflow/react/dist/style.css';
import './graph.css';
import { applyNodeChanges, Background, Controls, type Edge, MiniMap, ReactFlow } from '@xyflow/react';
import { useEffect, useMemo, useState } from 'react';
import type { Definitions } from './definitions.js';
import { nodeLabel, type WorkflowGraph } from './graphModel.js';
import { type Point, placeNodes } from './layout.js';
import { CARD_WIDTH, type CardData, type CardNode, cardHeight, NodeCard, type NodeOverlay } from './NodeCard.js';

const NODE_TYPES = { card: NodeCard };
const MINIMAP_FROM = 16;

function loosePorts(graph: WorkflowGraph, nodeId: string, side: 'from' | 'to', known: { name: string }[] | undefined) {
  const names = new Set(graph.edges.filter((edge) => edge[side].node === nodeId).map((edge) => edge[side].port));
  for (const port of known ?? []) names.delete(port.name);
  return [...names];
}

function cardsOf(graph: WorkflowGraph, definitions: Definitions, overlays: ReadonlyMap<string, NodeOverlay>) {
  const cards = new Map<string, CardData>(
    graph.nodes.map((node) => {
      const definition = definitions.get(node.step);
      return [
        node.id,
        {
          label: nodeLabel(node, definition),
          step: node.step,
          definition,
          looseInputs: loosePorts(graph, node.id, 'to', definition?.inputContract),
          looseOutputs: loosePorts(graph, node.id, 'from', definition?.outputContract),
          overlay: overlays.get(node.id),
        },
      ];
    }),
  );
  return cards;
}

/** A workflow as a drawing: pan, zoom, choose a node; with `onMove` nodes can be moved. */
export function GraphCanvas({
  graph,
  definitions,
  overlays,
  selected,
  onSelect,
  onMove,
  label,
}: {
  graph: WorkflowGraph;
  definitions: Definitions;
  overlays: ReadonlyMap<string, NodeOverlay>;
  selected: string | null;
  onSelect: (nodeId: string | null) => void;
  /** Called once at the end of a drag with where every node stands now. */
  onMove?: (places: { nodeId: string; point: Point }[]) => void;
  label: string;
}) {
  const cards = useMemo(() => cardsOf(graph, definitions, overlays), [graph, definitions, overlays]);
  const hasOverlays = overlays.size > 0;
  const places = useMemo(() => {
    const plain = cardsOf(graph, definitions, new Map());
    return placeNodes(graph, (id) => ({
      width: CARD_WIDTH,
      height: cardHeight(plain.get(id)!) + (hasOverlays ? 34 : 0),
    }));
  }, [graph, definitions, hasOverlays]);

  const [nodes, setNodes] = useState<CardNode[]>([]);
  useEffect(() => {
    setNodes((old) => {
      const known = new Map(old.map((node) => [node.id, node]));
      return graph.nodes.map((node) => {
        const data = cards.get(node.id)!;
        return {
          ...known.get(node.id),
          id: node.id,
          type: 'card' as const,
          position: places.get(node.id)!,
          width: CARD_WIDTH,
          data,
          selected: node.id === selected,
          ariaLabel: `${data.label}${data.overlay?.look ? `, ${data.overlay.look.label}` : ''}`,
        };
      });
    });
  }, [graph, cards, places, selected]);

  const edges = useMemo(
    () =>
      graph.edges.map((edge): Edge => {
        const tone = overlays.get(edge.from.node)?.look?.tone;
        const isFlowing = overlays.get(edge.to.node)?.look?.tone === 'busy';
        return {
          id: `${edge.from.node}.${edge.from.port}>${edge.to.node}.${edge.to.port}`,
          source: edge.from.node,
          sourceHandle: edge.from.port,
          target: edge.to.node,
          targetHandle: edge.to.port,
          animated: isFlowing,
          className: tone === 'ok' || tone === 'reused' ? `edge-done tone-${tone}` : undefined,
          focusable: false,
        };
      }),
    [graph, overlays],
  );

  // A graph whose nodes arrive after the first drawing must still be fitted: start over then.
  return (
    <section className="graph" aria-label={label}>
      <ReactFlow
        key={nodes.length === 0 ? 'empty' : 'drawn'}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        onNodesChange={(changes) =>
          setNodes((old) =>
            applyNodeChanges(
              changes.filter((change) => change.type !== 'select' && change.type !== 'remove'),
              old,
            ),
          )
        }
        onNodeClick={(_, node) => onSelect(node.id)}
        onPaneClick={() => onSelect(null)}
        onNodeDragStop={(_, _node, moved) => {
          const now = new Map([...nodes, ...moved].map((node) => [node.id, node.position]));
          onMove?.([...now].map(([nodeId, { x, y }]) => ({ nodeId, point: { x: Math.round(x), y: Math.round(y) } })));
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== ' ') return;
          const id = (event.target as HTMLElement).closest<HTMLElement>('.react-flow__node')?.dataset.id;
          if (id) onSelect(id);
        }}
        nodesDraggable={onMove !== undefined}
        nodesConnectable={false}
        deleteKeyCode={null}
        fitView
        fitViewOptions={{ padding: 0.12, maxZoom: 1.1 }}
        minZoom={0.15}
        maxZoom={2}
        onlyRenderVisibleElements={graph.nodes.length > 120}
        proOptions={{ hideAttribution: true }}
      >
        <Background gap={20} size={1} />
        <Controls showInteractive={false} />
        {graph.nodes.length >= MINIMAP_FROM && <MiniMap pannable zoomable ariaLabel="Map of the graph" />}
      </ReactFlow>
    </section>
  );
}
