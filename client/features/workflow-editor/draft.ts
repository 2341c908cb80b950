import { sameJson } from '../../components/sameJson.js';
import type { GraphNode, WorkflowGraph } from '../../shared/graph/graphModel.js';
import type { Point } from '../../shared/graph/layout.js';

type Params = Record<string, unknown>;

/** What a settings form shows: the module's defaults with the node's own params on top. */
export const effectiveParams = (node: GraphNode, defaults: Params): Params => ({ ...defaults, ...node.params });

/** What a node stores of a form's data: only what differs from the defaults. */
export function paramsToStore(data: Params, defaults: Params): Params {
  return Object.fromEntries(
    Object.entries(data).filter(([key, value]) => value !== undefined && !sameJson(value, defaults[key])),
  );
}

function withNode(graph: WorkflowGraph, nodeId: string, change: (node: GraphNode) => GraphNode): WorkflowGraph {
  return { ...graph, nodes: graph.nodes.map((node) => (node.id === nodeId ? change(node) : node)) };
}

export function setParams(graph: WorkflowGraph, nodeId: string, params: Params): WorkflowGraph {
  return withNode(graph, nodeId, (node) => ({ ...node, params }));
}

/** How a node runs, beside its params: what is told apart from the module's own policy is stored. */
export interface NodePolicy {
  onFailure: string;
  retry: { attempts: number; backoffMs: number };
  /** Of one attempt. */
  timeoutMs: number;
}

/** The policy of a node that says nothing about it. */
export const modulePolicy = (execution: {
  retryAttempts: number;
  retryBackoffMs: number;
  timeoutMs: number;
}): NodePolicy => ({
  onFailure: 'halt',
  retry: { attempts: execution.retryAttempts, backoffMs: execution.retryBackoffMs },
  timeoutMs: execution.timeoutMs,
});

export const effectivePolicy = ({ onFailure, retry, timeoutMs }: GraphNode, defaults: NodePolicy): Params => ({
  ...defaults,
  ...definedOf({ onFailure, retry, timeoutMs }),
});

export function setPolicy(graph: WorkflowGraph, nodeId: string, data: Params, defaults: NodePolicy): WorkflowGraph {
  return withNode(graph, nodeId, ({ onFailure: _was, retry: _retry, timeoutMs: _limit, ...node }) => ({
    ...node,
    // As the server writes it down: always said.
    onFailure: defaults.onFailure,
    ...paramsToStore(data, { ...defaults }),
  }));
}

const definedOf = (values: Params): Params =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/** Names of the top-level params in which two param sets differ. */
export function changedParams(before: Params = {}, after: Params = {}): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => !sameJson(before[key], after[key]),
  );
}

/** Writes down where nodes stand; the graph itself comes back when nothing moved. */
export function moveNodes(graph: WorkflowGraph, places: readonly { nodeId: string; point: Point }[]): WorkflowGraph {
  const points = new Map(places.map(({ nodeId, point }) => [nodeId, point]));
  let hasMoved = false;
  const nodes = graph.nodes.map((node) => {
    const point = points.get(node.id);
    if (!point || (node.ui?.x === point.x && node.ui.y === point.y)) return node;
    hasMoved = true;
    return { ...node, ui: { ...node.ui, ...point } };
  });
  return hasMoved ? { ...graph, nodes } : graph;
}

/** A node of a draft that differs from what is saved. */
export interface NodeChange {
  nodeId: string;
  what: 'added' | 'removed' | 'changed';
  /** Params that differ. */
  params: string[];
}

/** What differs between two states of one graph, node by node. A node whose connections changed counts as changed. */
export function draftChanges(before: WorkflowGraph, after: WorkflowGraph): NodeChange[] {
  if (before === after) return [];
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const present = new Set(after.nodes.map(({ id }) => id));
  const relinked = nodesRelinked(before, after);
  const removed = before.nodes
    .filter(({ id }) => !present.has(id))
    .map(({ id }): NodeChange => ({ nodeId: id, what: 'removed', params: [] }));
  const others = after.nodes.flatMap((node): NodeChange[] => {
    const was = old.get(node.id);
    if (!was) return [{ nodeId: node.id, what: 'added', params: [] }];
    if (!relinked.has(node.id) && (was === node || sameJson(was, node))) return [];
    return [{ nodeId: node.id, what: 'changed', params: changedParams(was.params, node.params) }];
  });
  return [...others, ...removed];
}

export const hasChanges = (before: WorkflowGraph, after: WorkflowGraph): boolean =>
  draftChanges(before, after).length > 0;

/** Nodes that got or lost a connection. */
function nodesRelinked(before: WorkflowGraph, after: WorkflowGraph): Set<string> {
  if (before.edges === after.edges) return new Set();
  const keyOf = ({ from, to }: WorkflowGraph['edges'][number]) =>
    JSON.stringify([from.node, from.port, to.node, to.port]);
  const keyed = (graph: WorkflowGraph) => new Map(graph.edges.map((edge) => [keyOf(edge), edge]));
  const [old, now] = [keyed(before), keyed(after)];
  const changed = [...old, ...now].filter(([key]) => !(old.has(key) && now.has(key)));
  return new Set(changed.flatMap(([, { from, to }]) => [from.node, to.node]));
}

/** An edited draft with its way back. */
export interface DraftState {
  /** As the server has it. */
  saved: WorkflowGraph;
  revision: number;
  past: readonly WorkflowGraph[];
  present: WorkflowGraph;
  future: readonly WorkflowGraph[];
  /** What the newest edit was about, and when. */
  last: { tag: string; atMs: number } | null;
}

export type DraftAction =
  | { type: 'edit'; graph: WorkflowGraph; tag: string; atMs: number }
  | { type: 'undo' }
  | { type: 'redo' }
  /** `graph` was sent and is now what the server has. */
  | { type: 'saved'; graph: WorkflowGraph; revision: number }
  /** A newer draft of the server takes the place of this one, which undo brings back. */
  | { type: 'loaded'; graph: WorkflowGraph; revision: number };

const HISTORY = 200;
/** Edits of the same thing within this time are one step of undo: a slider dragged, a number typed. */
const SAME_STEP_MS = 1000;

export const openDraft = (graph: WorkflowGraph, revision: number): DraftState => ({
  saved: graph,
  revision,
  past: [],
  present: graph,
  future: [],
  last: null,
});

/** Drafts that were left, with their way back. */
const left = new Map<string, DraftState>();

/** Keeps the way back of a draft for whoever comes back to it; what was left unsaved was given up. */
export function leaveDraft(workflowId: string, draft: DraftState): void {
  if (hasChanges(draft.saved, draft.present)) left.delete(workflowId);
  else left.set(workflowId, draft);
}

/** The draft as it was left, unless the server has another one by now. */
export function resumeDraft(workflowId: string, graph: WorkflowGraph, revision: number): DraftState {
  const draft = left.get(workflowId);
  return draft?.revision === revision ? draft : openDraft(graph, revision);
}

/** The draft with changes that were kept in the browser on top; undo takes them back. What the server got all the same changes
 * nothing. */
export function restoreDraft(draft: DraftState, kept: { graph: WorkflowGraph; revision: number }): DraftState {
  if (!hasChanges(draft.saved, kept.graph)) return draft;
  return {
    ...draft,
    revision: Math.min(kept.revision, draft.revision),
    past: [...draft.past, draft.present],
    present: kept.graph,
    future: [],
    last: null,
  };
}

export function draftReducer(state: DraftState, action: DraftAction): DraftState {
  switch (action.type) {
    case 'edit': {
      if (action.graph === state.present) return state;
      const isSameStep =
        state.last?.tag === action.tag && action.atMs - state.last.atMs < SAME_STEP_MS && state.past.length > 0;
      return {
        ...state,
        past: isSameStep ? state.past : [...state.past, state.present].slice(-HISTORY),
        present: action.graph,
        future: [],
        last: { tag: action.tag, atMs: action.atMs },
      };
    }
    case 'undo': {
      const before = state.past.at(-1);
      if (!before) return state;
      return {
        ...state,
        past: state.past.slice(0, -1),
        present: before,
        future: [state.present, ...state.future],
        last: null,
      };
    }
    case 'redo': {
      const [next, ...future] = state.future;
      if (!next) return state;
      return { ...state, past: [...state.past, state.present], present: next, future, last: null };
    }
    case 'saved':
      return { ...state, saved: action.graph, revision: action.revision, last: null };
    case 'loaded':
      return {
        ...openDraft(action.graph, action.revision),
        past: [...state.past, state.present].slice(-HISTORY),
      };
  }
}
