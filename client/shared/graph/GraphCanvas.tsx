import '@xyflow/react/dist/style.css';
import './graph.css';
import {
  applyNodeChanges,
  Background,
  type Connection,
  Controls,
  type Edge,
  MiniMap,
  type NodeChange,
  ReactFlow,
  type ReactFlowInstance,
} from '@xyflow/react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Definitions } from './definitions.js';
import { type GraphEdge, nodeLabel, type WorkflowGraph } from './graphModel.js';
import { type Point, placeNodes } from './layout.js';
import { CARD_WIDTH, type CardData, type CardNode, cardHeight, NodeCard, type NodeOverlay } from './NodeCard.js';

const NODE_TYPES = { card: NodeCard };
const MINIMAP_FROM = 16;
/** What a drag from the palette carries: the step of a node definition. */
export const STEP_DRAG = 'application/x-hartomat-step';
const NONE: ReadonlyMap<string, NodeOverlay> = new Map();

/** An end of a connection that was let go over nothing. */
export interface LooseEnd {
  nodeId: string;
  port: string;
  /** `from`: an output that wants an input. */
  side: 'from' | 'to';
}

/** What may be done to a graph by hand, and who hears of it. */
export interface GraphEditing {
  selection: ReadonlySet<string>;
  onSelection: (ids: ReadonlySet<string>) => void;
  selectedEdge: GraphEdge | null;
  onSelectEdge: (edge: GraphEdge | null) => void;
  /** Whether two ports may be joined. */
  mayConnect: (edge: GraphEdge) => boolean;
  onConnect: (edge: GraphEdge) => void;
  onLooseEnd: (end: LooseEnd, at: Point) => void;
  /** Something was dragged here from the palette. */
  onDropStep: (step: string, at: Point) => void;
  /** Once at the end of a move, with where every node stands now. */
  onMove: (places: { nodeId: string; point: Point }[]) => void;
  /** A node to bring into view: one that was just added. */
  revealed: string | null;
}

const edgeId = ({ from, to }: GraphEdge) => `${from.node}.${from.port}>${to.node}.${to.port}`;
const edgeOf = ({ source, sourceHandle, target, targetHandle }: Connection | Edge): GraphEdge => ({
  from: { node: source, port: sourceHandle ?? '' },
  to: { node: target, port: targetHandle ?? '' },
});
const rounded = ({ x, y }: Point): Point => ({ x: Math.round(x), y: Math.round(y) });

/** Where every card of a graph stands: as saved, or by the layout. */
export function placeCards(graph: WorkflowGraph, definitions: Definitions, hasFoot = false): Map<string, Point> {
  const cards = cardsOf(graph, definitions, NONE);
  return placeNodes(graph, (id) => ({ width: CARD_WIDTH, height: cardHeight(cards.get(id)!) + (hasFoot ? 34 : 0) }));
}

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

/** A workflow as a drawing: pan, zoom, choose a node; with `editing` it can be changed by hand. */
export function GraphCanvas({
  graph,
  definitions,
  overlays,
  selected,
  onSelect,
  editing,
  label,
}: {
  graph: WorkflowGraph;
  definitions: Definitions;
  overlays: ReadonlyMap<string, NodeOverlay>;
  /** Of a drawing that cannot be changed. */
  selected?: string | null;
  onSelect?: (nodeId: string | null) => void;
  editing?: GraphEditing;
  label: string;
}) {
  const flow = useRef<ReactFlowInstance<CardNode, Edge> | null>(null);
  const isDragging = useRef(false);
  const cards = useMemo(() => cardsOf(graph, definitions, overlays), [graph, definitions, overlays]);
  const hasOverlays = overlays.size > 0;
  const places = useMemo(() => placeCards(graph, definitions, hasOverlays), [graph, definitions, hasOverlays]);
  const selection = editing?.selection;

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
          selected: selection ? selection.has(node.id) : node.id === selected,
          ariaLabel: [data.label, data.overlay?.look?.label, data.overlay?.staleness].filter(Boolean).join(', '),
        };
      });
    });
  }, [graph, cards, places, selected, selection]);

  const isEditing = editing !== undefined;
  const selectedEdge = editing?.selectedEdge ? edgeId(editing.selectedEdge) : null;
  const edges = useMemo(
    () =>
      graph.edges.map((edge): Edge => {
        const tone = overlays.get(edge.from.node)?.look?.tone;
        const isFlowing = overlays.get(edge.to.node)?.look?.tone === 'busy';
        const id = edgeId(edge);
        return {
          id,
          source: edge.from.node,
          sourceHandle: edge.from.port,
          target: edge.to.node,
          targetHandle: edge.to.port,
          animated: isFlowing,
          className: tone === 'ok' || tone === 'reused' ? `edge-done tone-${tone}` : undefined,
          focusable: isEditing,
          selectable: isEditing,
          selected: id === selectedEdge,
          ariaLabel: `${edge.from.port} of ${cards.get(edge.from.node)?.label ?? edge.from.node} to ${edge.to.port} of ${cards.get(edge.to.node)?.label ?? edge.to.node}`,
        };
      }),
    [graph, overlays, isEditing, selectedEdge, cards],
  );

  const revealed = editing?.revealed ?? null;
  useEffect(() => {
    const drawing = flow.current;
    if (!revealed || !drawing || !nodes.some(({ id }) => id === revealed)) return;
    const zoom = drawing.getZoom();
    // After the node was measured; at the zoom as it is.
    const timer = setTimeout(() => {
      void drawing.fitView({ nodes: [{ id: revealed }], minZoom: zoom, maxZoom: zoom, duration: 200 });
    }, 50);
    return () => clearTimeout(timer);
  }, [revealed, nodes.length]);

  function changeNodes(changes: NodeChange<CardNode>[]) {
    setNodes((old) =>
      applyNodeChanges(
        changes.filter((change) => change.type !== 'select' && change.type !== 'remove'),
        old,
      ),
    );
    if (!editing) return;
    const chosen = changes.filter((change) => change.type === 'select');
    if (chosen.length > 0) {
      const next = new Set(editing.selection);
      for (const { id, selected: isIn } of chosen) isIn ? next.add(id) : next.delete(id);
      editing.onSelection(next);
    }
    // Arrow keys move nodes without a drag.
    const moved = changes.filter((change) => change.type === 'position' && change.position && !change.dragging);
    if (!isDragging.current && moved.length > 0)
      tellPlaces(
        moved.flatMap((change) => ('position' in change ? [{ id: change.id, position: change.position! }] : [])),
      );
  }

  function tellPlaces(moved: { id: string; position: Point }[]) {
    const now = new Map([...nodes, ...moved].map(({ id, position }) => [id, position]));
    editing?.onMove([...now].map(([nodeId, position]) => ({ nodeId, point: rounded(position) })));
  }

  const pointOf = (event: { clientX: number; clientY: number }): Point =>
    rounded(flow.current!.screenToFlowPosition({ x: event.clientX, y: event.clientY }));

  // A graph whose nodes arrive after the first drawing must still be fitted: start over then.
  return (
    <section className={`graph ${isEditing ? 'is-editing' : ''}`} aria-label={label}>
      <ReactFlow
        key={nodes.length === 0 ? 'empty' : 'drawn'}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        onInit={(instance) => {
          flow.current = instance;
        }}
        onNodesChange={changeNodes}
        onNodeClick={onSelect && ((_, node) => onSelect(node.id))}
        onPaneClick={onSelect && (() => onSelect(null))}
        onNodeDragStart={() => {
          isDragging.current = true;
        }}
        onNodeDragStop={(_, _node, moved) => {
          isDragging.current = false;
          tellPlaces(moved);
        }}
        onEdgesChange={(changes) => {
          const change = changes.findLast((one) => one.type === 'select');
          if (change?.type !== 'select' || !editing) return;
          const edge = edges.find(({ id }) => id === change.id);
          editing.onSelectEdge(change.selected && edge ? edgeOf(edge) : null);
        }}
        isValidConnection={editing && ((connection) => editing.mayConnect(edgeOf(connection)))}
        onConnect={editing && ((connection) => editing.onConnect(edgeOf(connection)))}
        onConnectEnd={(event, { fromHandle, toNode }) => {
          if (!editing || !fromHandle?.id || toNode) return;
          const end = 'changedTouches' in event ? event.changedTouches[0]! : event;
          const side = fromHandle.type === 'source' ? 'from' : 'to';
          editing.onLooseEnd({ nodeId: fromHandle.nodeId, port: fromHandle.id, side }, pointOf(end));
        }}
        onDragOver={(event) => {
          if (editing && event.dataTransfer.types.includes(STEP_DRAG)) event.preventDefault();
        }}
        onDrop={(event) => {
          const step = event.dataTransfer.getData(STEP_DRAG);
          if (step && editing) editing.onDropStep(step, pointOf(event));
        }}
        onKeyDown={(event) => {
          if (!onSelect || (event.key !== 'Enter' && event.key !== ' ')) return;
          const id = (event.target as HTMLElement).closest<HTMLElement>('.react-flow__node')?.dataset.id;
          if (id) onSelect(id);
        }}
        nodesDraggable={isEditing}
        nodesConnectable={isEditing}
        multiSelectionKeyCode={['Meta', 'Control']}
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
