import { useMemo } from 'react';
import { readFragment } from '../../gql/index.js';
import { readGraph, type WorkflowGraph } from '../../shared/graph/graphModel.js';
import type { NodeOverlay } from '../../shared/graph/NodeCard.js';
import { withParts } from '../../shared/run/parts.js';
import { RunFileParts } from '../../shared/run/RunFile.js';
import { runOverlays } from '../../shared/run/runOverlays.js';
import { useLiveRun } from '../../shared/run/useLiveRun.js';
import { type Staleness, staleNodes } from './staleNodes.js';

/** On a node's card, beside its state. */
const SHORT: Record<Staleness, string> = { new: 'not in this run', changed: 'changed since', fed: 'input changed' };

/** A run of the workflow over its graph as it is edited: live, and with what the run no longer tells of the graph.
 * @param runId - null: none is shown. */
export function useRunOverlay(runId: string | null, workflowId: string, graph: WorkflowGraph) {
  const { run: asked, error, isLoading, refetch } = useLiveRun(runId);
  const run = asked?.workflow?.id === workflowId ? asked : null;
  const nodeRuns = run?.nodeRuns;
  const groups = useMemo(() => withParts(nodeRuns ?? []), [nodeRuns]);
  const artifacts = run?.artifacts;
  const files = useMemo(() => readFragment(RunFileParts, artifacts ?? []), [artifacts]);
  const ranJson = run?.graph;
  const stale = useMemo(
    () => (ranJson === undefined ? new Map<string, Staleness>() : staleNodes(readGraph(ranJson), graph)),
    [ranJson, graph],
  );
  const overlays = useMemo(() => {
    const shown: Map<string, NodeOverlay> = runOverlays(groups, files);
    for (const [nodeId, why] of stale) shown.set(nodeId, { ...shown.get(nodeId), staleness: SHORT[why] });
    return shown;
  }, [groups, files, stale]);
  const failedNodeId = run?.failure?.nodeId;
  /** The node that the run failed at; of a shared-out one, itself. */
  const failedAt =
    groups.find(({ node, parts }) => [node, ...parts].some(({ nodeId }) => nodeId === failedNodeId))?.node.nodeId ??
    null;
  return {
    run,
    failedAt,
    isAbsent: runId !== null && !run && !isLoading,
    groups,
    files,
    overlays,
    stale,
    error,
    refetch,
  };
}

export type RunOverlay = ReturnType<typeof useRunOverlay>;
