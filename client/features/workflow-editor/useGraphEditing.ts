import { useEffect, useMemo, useRef, useState } from 'react';
import { useQuery } from 'urql';
import { isTyping } from '../../components/isTyping.js';
import { graphql } from '../../gql/index.js';
import { placeCards } from '../../shared/graph/cards.js';
import type { Definitions } from '../../shared/graph/definitions.js';
import type { GraphEditing, LooseEnd } from '../../shared/graph/GraphCanvas.js';
import type { GraphEdge, WorkflowGraph } from '../../shared/graph/graphModel.js';
import type { Point } from '../../shared/graph/layout.js';
import { moveNodes } from './draft.js';
import { addNode, type Clipping, connect, cut, paste, removeEdge, removeNodes } from './graphEdits.js';
import { Links } from './links.js';

const LegalLinks = graphql(`
  query LegalLinks($family: Family!) {
    legalLinks(family: $family) {
      from {
        step
        port
      }
      to {
        step
        port
      }
    }
  }
`);

/** What was copied last, in any workflow of this page. */
let clipboard: Clipping | null = null;

/** How a graph is changed by hand: what is chosen, what may be connected, the palette, the keys.
 * @param edit takes every change, with a word for what it was about.
 * @param isPaused while a dialog is open. */
export function useGraphEditing({
  graph,
  definitions,
  initial,
  isPaused,
  edit,
}: {
  graph: WorkflowGraph;
  definitions: Definitions;
  initial: string | null;
  isPaused: boolean;
  edit: (graph: WorkflowGraph, tag: string) => void;
}) {
  const [selection, setSelection] = useState<ReadonlySet<string>>(() => new Set(initial ? [initial] : []));
  const [isDragging, onDragging] = useState(false);
  const [selectedEdge, onSelectEdge] = useState<GraphEdge | null>(null);
  const [revealed, setRevealed] = useState<string | null>(null);
  const [loose, setLoose] = useState<{ end: LooseEnd; at: Point } | null>(null);
  const searchRef = useRef<HTMLInputElement>(null);
  const [{ data }] = useQuery({ query: LegalLinks, variables: { family: graph.family } });
  const links = useMemo(() => new Links(data?.legalLinks ?? []), [data]);
  const fitting = useMemo(() => loose && links.fitting(graph, loose.end), [links, graph, loose]);

  /** The graph with a place for every node, so that adding one does not move the others. */
  const placed = () =>
    moveNodes(
      graph,
      [...placeCards(graph, definitions)].map(([nodeId, point]) => ({ nodeId, point })),
    );
  const takesMany = (edge: GraphEdge, among: WorkflowGraph) => {
    const step = among.nodes.find(({ id }) => id === edge.to.node)?.step ?? '';
    return definitions.get(step)?.inputContract.find(({ name }) => name === edge.to.port)?.takesMany ?? false;
  };

  function add(step: string, at?: Point) {
    const definition = definitions.get(step);
    if (!definition) return;
    const base = placed();
    const place = at ?? loose?.at ?? placeBeside(base, selection);
    const added = addNode(base, definition, place);
    const port = fitting?.get(step);
    let next = added.graph;
    if (loose && port && !at) {
      const own = { node: loose.end.nodeId, port: loose.end.port };
      const other = { node: added.nodeId, port };
      const edge = loose.end.side === 'from' ? { from: own, to: other } : { from: other, to: own };
      next = connect(next, edge, takesMany(edge, next));
    }
    edit(next, `add ${added.nodeId}`);
    setLoose(null);
    setSelection(new Set([added.nodeId]));
    setRevealed(added.nodeId);
  }

  function remove() {
    if (selectedEdge) edit(removeEdge(graph, selectedEdge), 'remove edge');
    else if (selection.size > 0) edit(removeNodes(graph, selection), 'remove nodes');
    onSelectEdge(null);
    setSelection(new Set());
  }

  function insert(clipping: Clipping) {
    const pasted = paste(placed(), clipping);
    edit(pasted.graph, 'paste');
    setSelection(pasted.ids);
  }

  const copy = () => cut(placed(), selection);
  /** Lays the whole graph out anew. */
  const tidy = () => {
    const bare = { ...graph, nodes: graph.nodes.map(({ ui: _ui, ...node }) => node) };
    const points = placeCards(bare, definitions);
    edit(
      moveNodes(
        graph,
        [...points].map(([nodeId, point]) => ({ nodeId, point })),
      ),
      'tidy',
    );
  };

  function onKey(event: KeyboardEvent) {
    if (isPaused || isTyping(event.target)) return;
    const key = event.key.toLowerCase();
    const does = (work: () => void) => {
      event.preventDefault();
      work();
    };
    if (event.ctrlKey || event.metaKey) {
      // Text that is marked on the page is copied as text.
      const hasText = (window.getSelection()?.toString() ?? '') !== '';
      if (key === 'a') does(() => setSelection(new Set(graph.nodes.map(({ id }) => id))));
      else if (key === 'v' && clipboard) does(() => insert(clipboard!));
      else if (selection.size === 0 || hasText) return;
      else if (key === 'c') clipboard = copy();
      else if (key === 'd') does(() => insert(copy()));
      else if (key === 'x') {
        clipboard = copy();
        does(remove);
      }
    } else if (key === 'delete' || key === 'backspace') does(remove);
    else if (key === 'escape') {
      setLoose(null);
      onSelectEdge(null);
      setSelection(new Set());
    }
  }
  // The newest closure, behind one listener.
  const latest = useRef(onKey);
  latest.current = onKey;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => latest.current(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);

  const chosen = selection.size === 1 ? [...selection][0]! : null;
  const chosenAtRest = useRef(chosen);
  if (!isDragging) chosenAtRest.current = chosen;

  const editing: GraphEditing = {
    selection,
    onSelection: setSelection,
    selectedEdge,
    onSelectEdge,
    mayConnect: (edge) => links.mayConnect(graph, edge),
    onConnect: (edge) => edit(connect(graph, edge, takesMany(edge, graph)), 'connect'),
    onLooseEnd: (end, at) => {
      setLoose({ end, at });
      searchRef.current?.focus();
    },
    onDropStep: add,
    onDragging,
    onMove: (places) => edit(moveNodes(graph, places), 'positions'),
    revealed,
  };
  return {
    editing,
    /** What connects the ports of a node without the mouse. */
    connecting: {
      sourcesOf: (to: GraphEdge['to']) => links.sourcesOf(graph, to),
      onConnect: editing.onConnect,
      onDisconnect: (edge: GraphEdge) => edit(removeEdge(graph, edge), 'remove edge'),
    },
    /** The node whose settings are shown. During a drag it stays the one before: the drawing must keep its size under the mouse. */
    chosenId: chosenAtRest.current,
    searchRef,
    add,
    tidy,
    remove,
    canRemove: selection.size > 0 || selectedEdge !== null,
    select: (nodeId: string | null) => {
      setSelection(new Set(nodeId ? [nodeId] : []));
      setRevealed(nodeId);
    },
    wanted: fitting && loose ? { port: loose.end.port, steps: new Set(fitting.keys()) } : null,
    forgetWanted: () => setLoose(null),
  };
}

/** Right of what is chosen, else right of everything, where nothing lies yet. */
function placeBeside(graph: WorkflowGraph, selection: ReadonlySet<string>): Point {
  const around = graph.nodes.filter(({ id }) => selection.size === 0 || selection.has(id));
  const points = (around.length > 0 ? around : graph.nodes).flatMap(({ ui }) => (ui ? [ui] : []));
  if (points.length === 0) return { x: 0, y: 0 };
  const x = Math.max(...points.map((point) => point.x)) + 288;
  let y = Math.min(...points.map((point) => point.y));
  const isTaken = () => graph.nodes.some(({ ui }) => ui && Math.abs(ui.x - x) < 230 && Math.abs(ui.y - y) < 110);
  while (isTaken()) y += 120;
  return { x, y };
}
