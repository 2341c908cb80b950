import type { LiveNode } from './liveRun.js';

/** What a node run is a part of. */
interface PartOf {
  nodeId: string;
  size: number;
  unit: string;
}
export interface SharedNode extends LiveNode {
  partOf?: PartOf | null;
}

/** A node of the graph with the parts its work was shared out to, in their order; for most nodes none. */
export interface NodeWithParts<N extends SharedNode = SharedNode> {
  node: N;
  parts: readonly N[];
}

export function withParts<N extends SharedNode>(nodes: readonly N[]): NodeWithParts<N>[] {
  const parts = new Map<string, N[]>();
  for (const node of nodes) {
    if (!node.partOf) continue;
    const known = parts.get(node.partOf.nodeId);
    if (known) known.push(node);
    else parts.set(node.partOf.nodeId, [node]);
  }
  return nodes.filter((node) => !node.partOf).map((node) => ({ node, parts: parts.get(node.nodeId) ?? [] }));
}

const UNBEGUN: ReadonlySet<string> = new Set(['waiting', 'skipped']);
/** Share of the work that is left to the node itself, which gathers what the parts made. */
const GATHERING = 0.05;

/** How the node stands together with its parts. It waits for them, or is skipped because of one, but is shown by what they do. */
export function stateOf<N extends SharedNode>({ node, parts }: NodeWithParts<N>): Pick<N, 'status' | 'isCached'> {
  const { status, isCached } = node;
  if (parts.length === 0 || !UNBEGUN.has(status)) return { status, isCached };
  const has = (...states: N['status'][]) => parts.some((part) => states.includes(part.status));
  if (has('running')) return { status: 'running', isCached };
  if (has('failed')) return { status: 'failed', isCached };
  if (has('cancelled')) return { status: 'cancelled', isCached };
  if (status === 'skipped') return { status, isCached };
  // Between two parts nothing may run for a moment.
  if (has('succeeded')) return { status: 'running', isCached };
  return { status: has('ready') ? 'ready' : 'waiting', isCached };
}

const done = (part: SharedNode) => (part.status === 'succeeded' ? 1 : part.progress);
const sizeOf = (parts: readonly SharedNode[]) => parts.reduce((sum, part) => sum + (part.partOf?.size ?? 1), 0);

/** Units of work that are done. */
const doneOf = (parts: readonly SharedNode[]) =>
  parts.reduce((sum, part) => sum + (part.partOf?.size ?? 1) * done(part), 0);

/** Share of the whole that is done, 0..1. */
export function progressOf({ node, parts }: NodeWithParts): number {
  if (parts.length === 0) return node.progress;
  return (1 - GATHERING) * (doneOf(parts) / sizeOf(parts)) + GATHERING * node.progress;
}

/** "Frames 12 of 24", while its parts are at work; null for other nodes. */
export function countOf({ node, parts }: NodeWithParts): string | null {
  if (parts.length === 0 || !UNBEGUN.has(node.status)) return null;
  const unit = parts[0]?.partOf?.unit ?? 'parts';
  // A part says 0.7499… of 4 frames when it means 3; halves of two frames are none.
  const finished = parts.reduce((sum, part) => sum + Math.floor((part.partOf?.size ?? 1) * done(part) + 0.01), 0);
  return `${unit.charAt(0).toUpperCase()}${unit.slice(1)} ${finished} of ${sizeOf(parts)}`;
}

/** Why it failed: itself, or the first of its parts that did. */
export function failureOf<N extends SharedNode>({
  node,
  parts,
}: NodeWithParts<N>): { of: N; failure: NonNullable<N['failure']> } | null {
  for (const of of [node, ...parts]) if (of.failure && of.status === 'failed') return { of, failure: of.failure };
  return null;
}

/** From the first part's beginning to the node's own end. */
export function spanOf({ node, parts }: NodeWithParts): Pick<SharedNode, 'readyAt' | 'startedAt' | 'finishedAt'> {
  if (parts.length === 0) return node;
  const first = (times: (string | null | undefined)[]) => times.filter((time) => time != null).sort()[0] ?? null;
  return {
    readyAt: first(parts.map(({ readyAt }) => readyAt)),
    startedAt: first(parts.map(({ startedAt }) => startedAt)),
    finishedAt: node.finishedAt ?? null,
  };
}
