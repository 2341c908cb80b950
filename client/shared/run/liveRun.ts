import type { NodeRunStatus, RunStatus } from '../../gql/graphql.js';

export interface LiveEvent {
  seq: number;
  at: string;
  type: string;
  nodeId?: string | null;
  data: unknown;
}

interface LiveFailure {
  code: string;
  message: string;
  nodeId?: string | null;
}

export interface LiveNode {
  nodeId: string;
  status: NodeRunStatus;
  attempt: number;
  progress: number;
  message?: string | null;
  isCached: boolean;
  failure?: LiveFailure | null;
  readyAt?: string | null;
  startedAt?: string | null;
  finishedAt?: string | null;
}

export interface LiveRun<N extends LiveNode = LiveNode> {
  status: RunStatus;
  /** Newest event that is contained in the other fields. */
  lastSeq: number;
  failure?: LiveFailure | null;
  startedAt?: string | null;
  finishedAt?: string | null;
  nodeRuns: readonly N[];
}

interface EventData {
  status?: string;
  failure?: LiveFailure | null;
  attempt?: number;
  fraction?: number;
  message?: string | null;
  isCached?: boolean;
}

const UNDONE: ReadonlySet<NodeRunStatus> = new Set<NodeRunStatus>(['failed', 'skipped', 'cancelled']);

function nodeAfter<N extends LiveNode>(node: N, event: LiveEvent): N {
  const data = event.data as EventData;
  switch (event.type) {
    case 'node.ready':
      return { ...node, status: 'ready', readyAt: event.at };
    case 'node.started':
      return {
        ...node,
        status: 'running',
        attempt: data.attempt ?? node.attempt + 1,
        progress: 0,
        message: null,
        failure: null,
        startedAt: event.at,
        finishedAt: null,
      };
    case 'node.progress':
      return { ...node, progress: data.fraction ?? node.progress, message: data.message ?? node.message };
    case 'node.retrying':
      return { ...node, status: 'ready', progress: 0, message: null, failure: data.failure ?? null };
    case 'node.released':
      return { ...node, status: 'ready', progress: 0, message: null };
    case 'node.finished': {
      const status = data.status as NodeRunStatus;
      return {
        ...node,
        status,
        isCached: data.isCached ?? node.isCached,
        failure: data.failure ?? null,
        progress: status === 'succeeded' ? 1 : node.progress,
        message: null,
        finishedAt: event.at,
      };
    }
    default:
      return node;
  }
}

function runAfter<N extends LiveNode, R extends LiveRun<N>>(run: R, event: LiveEvent): R {
  const data = event.data as EventData;
  switch (event.type) {
    case 'run.started':
      return { ...run, status: 'running', startedAt: run.startedAt ?? event.at };
    case 'run.cancelling':
      return { ...run, status: 'cancelling' };
    case 'run.finished':
      return { ...run, status: data.status as RunStatus, failure: data.failure ?? null, finishedAt: event.at };
    case 'run.retried':
      return {
        ...run,
        status: 'queued',
        failure: null,
        finishedAt: null,
        nodeRuns: run.nodeRuns.map((node) =>
          UNDONE.has(node.status)
            ? { ...node, status: 'waiting', failure: null, progress: 0, startedAt: null, finishedAt: null }
            : node,
        ),
      };
    default:
      return run;
  }
}

/** The run as it is after the events that its snapshot does not contain yet; older and repeated events change nothing. */
export function applyEvents<N extends LiveNode, R extends LiveRun<N>>(snapshot: R, events: readonly LiveEvent[]): R {
  let run = snapshot;
  const places = new Map(snapshot.nodeRuns.map((node, index) => [node.nodeId, index]));
  let nodes: N[] | null = null;
  for (const event of events) {
    if (event.seq <= run.lastSeq) continue;
    const place = event.nodeId ? places.get(event.nodeId) : undefined;
    if (place !== undefined) {
      nodes ??= [...run.nodeRuns];
      nodes[place] = nodeAfter(nodes[place]!, event);
      run = { ...run, lastSeq: event.seq };
    } else {
      run = { ...runAfter<N, R>(nodes ? { ...run, nodeRuns: nodes } : run, event), lastSeq: event.seq };
      nodes = null;
    }
  }
  return nodes ? { ...run, nodeRuns: nodes } : run;
}

/** Adds events in order, each once: urql may hand out the last result of a stream again as it ends.
 * Both lists are sorted by `seq`. */
export function mergeEvents(known: readonly LiveEvent[], more: readonly LiveEvent[]): readonly LiveEvent[] {
  let last = known.at(-1)?.seq ?? 0;
  const fresh: LiveEvent[] = [];
  for (const event of more) {
    if (event.seq <= last) continue;
    last = event.seq;
    fresh.push(event);
  }
  return fresh.length === 0 ? known : [...known, ...fresh];
}
