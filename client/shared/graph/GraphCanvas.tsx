import '@xyflow/react/dist/style.css';
import './graph.css';
import {
  applyNodeChanges,
  Background,
  type Connection,
  Controls,
  type Edge,
  type EdgeChange,
  MiniMap,
  type NodeChange,
  type OnConnectEnd,
  ReactFlow,
  type ReactFlowInstance,
  useStore,
} from '@xyflow/react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useSteady } from '../../components/useSteady.js';
import { cardsOf, placeCards } from './cards.js';
import type { Definitions } from './definitions.js';
import { type EdgeChanges, edgeId, edgesOf } from './edges.js';
import type { GraphEdge, WorkflowGraph } from './graphModel.js';
import { KeptInView } from './KeptInView.js';
import { isLaidOutAlike, type Point } from './layout.js';
import { CARD_WIDTH, type CardData, type CardNode, NodeCard, type NodeOverlay } from './NodeCard.js';

const NODE_TYPES = { card: NodeCard };
// The drawing compares these by identity.
const FIT = { padding: 0.12, maxZoom: 1.1 };
const MULTI_KEYS = ['Meta', 'Control'];
const PRO_OPTIONS = { hideAttribution: true };
const MINIMAP_FROM = 16;
/** Below this zoom the names of ports are too small to be read. */
const READABLE_FROM = 0.3;
/** What a drag from the palette carries: the step of a node definition. */
export const STEP_DRAG = 'application/x-hartomat-step';

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
  /** At the begin and the end of a drag of nodes. */
  onDragging: (isDragging: boolean) => void;
  /** Once at the end of a move, with where every node stands now. */
  onMove: (places: { nodeId: string; point: Point }[]) => void;
  /** A node to bring into view: one that was just added. */
  revealed: string | null;
}

const edgeOf = ({ source, sourceHandle, target, targetHandle }: Connection | Edge): GraphEdge => ({
  from: { node: source, port: sourceHandle ?? '' },
  to: { node: target, port: targetHandle ?? '' },
});
/** The list as it was, where the new one holds the same objects: the drawing compares its lists by identity. */
const keptList = <T,>(before: T[], next: T[]): T[] =>
  before.length === next.length && before.every((item, index) => item === next[index]) ? before : next;
const rounded = ({ x, y }: Point): Point => ({ x: Math.round(x), y: Math.round(y) });

/** A workflow as a drawing: pan, zoom, choose a node; with `editing` it can be changed by hand. */
export function GraphCanvas({
  graph,
  definitions,
  overlays,
  edgeChanges,
  selected,
  onSelect,
  editing,
  label,
}: {
  graph: WorkflowGraph;
  definitions: Definitions;
  overlays: ReadonlyMap<string, NodeOverlay>;
  /** Connections that only one of two graphs has, by `edgeId`. */
  edgeChanges?: EdgeChanges;
  /** Of a drawing that cannot be changed. */
  selected?: string | null;
  onSelect?: (nodeId: string | null) => void;
  editing?: GraphEditing;
  label: string;
}) {
  const flow = useRef<ReactFlowInstance<CardNode, Edge> | null>(null);
  const section = useRef<HTMLElement>(null);
  const isDragging = useRef(false);
  const drawn = useRef<ReadonlyMap<string, CardData>>(new Map());
  const cards = useMemo(
    () => (drawn.current = cardsOf(graph, definitions, overlays, drawn.current)),
    [graph, definitions, overlays],
  );
  const hasOverlays = overlays.size > 0;
  const laidOut = useRef(graph);
  if (!isLaidOutAlike(laidOut.current, graph)) laidOut.current = graph;
  const outline = laidOut.current;
  const places = useMemo(() => placeCards(outline, definitions, hasOverlays), [outline, definitions, hasOverlays]);
  const selection = editing?.selection;

  const [nodes, setNodes] = useState<CardNode[]>([]);
  useEffect(() => {
    setNodes((old) => {
      const known = new Map(old.map((node) => [node.id, node]));
      const next = graph.nodes.map((node) => {
        const data = cards.get(node.id)!;
        const before = known.get(node.id);
        const position = places.get(node.id)!;
        const isSelected = selection ? selection.has(node.id) : node.id === selected;
        const isSame =
          before?.data === data &&
          before.selected === isSelected &&
          before.position.x === position.x &&
          before.position.y === position.y;
        if (isSame) return before;
        return {
          ...before,
          id: node.id,
          type: 'card' as const,
          position,
          width: CARD_WIDTH,
          data,
          selected: isSelected,
          ariaLabel: [data.label, data.overlay?.look?.label, data.overlay?.staleness].filter(Boolean).join(', '),
        };
      });
      return keptList(old, next);
    });
  }, [graph, cards, places, selected, selection]);

  const [isFar, setFar] = useState(false);
  const isEditing = editing !== undefined;
  const selectedEdge = editing?.selectedEdge ? edgeId(editing.selectedEdge) : null;
  const drawnEdges = useRef<Edge[]>([]);
  const edges = useMemo(() => {
    const look = { cards, overlays, edgeChanges, isEditing, selected: selectedEdge };
    const next = edgesOf(graph.edges, look, drawnEdges.current);
    drawnEdges.current = keptList(drawnEdges.current, next);
    return drawnEdges.current;
  }, [graph, overlays, edgeChanges, isEditing, selectedEdge, cards]);

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

  const onNodesChange = useSteady(changeNodes);
  const onNodeClick = useSteady((_: unknown, node: CardNode) => onSelect?.(node.id));
  const onPaneClick = useSteady(() => onSelect?.(null));
  // Past React: a class of its own would draw everything anew twice a gesture.
  const onMoveStart = useSteady(() => section.current?.setAttribute('data-moving', ''));
  const onMoveEnd = useSteady(() => section.current?.removeAttribute('data-moving'));
  const onNodeDragStart = useSteady(() => {
    isDragging.current = true;
    editing?.onDragging(true);
  });
  const onNodeDragStop = useSteady((_: unknown, _node: CardNode, moved: CardNode[]) => {
    isDragging.current = false;
    editing?.onDragging(false);
    tellPlaces(moved);
  });
  const onEdgesChange = useSteady((changes: EdgeChange[]) => {
    const change = changes.findLast((one) => one.type === 'select');
    if (change?.type !== 'select' || !editing) return;
    const edge = edges.find(({ id }) => id === change.id);
    editing.onSelectEdge(change.selected && edge ? edgeOf(edge) : null);
  });
  const isValidConnection = useSteady(
    (connection: Connection | Edge) => editing?.mayConnect(edgeOf(connection)) ?? false,
  );
  const onConnect = useSteady((connection: Connection) => editing?.onConnect(edgeOf(connection)));
  const onConnectEnd = useSteady<Parameters<OnConnectEnd>, void>((event, { fromHandle, toNode }) => {
    if (!editing || !fromHandle?.id || toNode) return;
    const end = 'changedTouches' in event ? event.changedTouches[0]! : event;
    const side = fromHandle.type === 'source' ? 'from' : 'to';
    editing.onLooseEnd({ nodeId: fromHandle.nodeId, port: fromHandle.id, side }, pointOf(end));
  });

  // A graph whose nodes arrive after the first drawing must still be fitted: start over then.
  return (
    <section
      ref={section}
      className={`graph ${isEditing ? 'is-editing' : ''} ${isFar ? 'is-far' : ''}`}
      aria-label={label}
    >
      <ReactFlow
        key={nodes.length === 0 ? 'empty' : 'drawn'}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        onInit={(instance) => {
          flow.current = instance;
        }}
        onNodesChange={onNodesChange}
        onNodeClick={onNodeClick}
        onPaneClick={onPaneClick}
        onMoveStart={onMoveStart}
        onMoveEnd={onMoveEnd}
        onNodeDragStart={onNodeDragStart}
        onNodeDragStop={onNodeDragStop}
        onEdgesChange={onEdgesChange}
        isValidConnection={isValidConnection}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
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
        multiSelectionKeyCode={MULTI_KEYS}
        deleteKeyCode={null}
        fitView
        fitViewOptions={FIT}
        minZoom={0.15}
        maxZoom={2}
        onlyRenderVisibleElements={graph.nodes.length > 120}
        proOptions={PRO_OPTIONS}
      >
        <Distance onChange={setFar} />
        <KeptInView nodeId={selection ? (selection.size === 1 ? [...selection][0]! : null) : (selected ?? null)} />
        <Background gap={20} size={1} />
        <Controls showInteractive={false} />
        {graph.nodes.length >= MINIMAP_FROM && <MiniMap pannable zoomable ariaLabel="Map of the graph" />}
      </ReactFlow>
    </section>
  );
}

/** Tells whether the drawing is seen from so far that details are lost. */
function Distance({ onChange }: { onChange: (isFar: boolean) => void }) {
  const isFar = useStore(({ transform: [, , zoom] }) => zoom < READABLE_FROM);
  useEffect(() => onChange(isFar), [isFar, onChange]);
  return null;
}
