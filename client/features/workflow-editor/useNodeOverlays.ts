import { useMemo } from 'react';
import type { WorkflowGraph } from '../../shared/graph/graphModel.js';
import type { NodeOverlay } from '../../shared/graph/NodeCard.js';
import type { EditorFinding } from './findings.js';

/** What is shown on the nodes of a graph: what is wrong with them, how they stand in a run, else how many settings were changed. */
export function useNodeOverlays(
  graph: WorkflowGraph,
  findings: readonly EditorFinding[],
  ofRun: ReadonlyMap<string, NodeOverlay>,
): ReadonlyMap<string, NodeOverlay> {
  return useMemo(() => {
    const severities = new Map<string, 'error' | 'warning'>();
    for (const { nodeId, severity } of findings)
      if (nodeId && severities.get(nodeId) !== 'error' && (severity === 'error' || severity === 'warning'))
        severities.set(nodeId, severity);
    const shown = new Map<string, NodeOverlay>();
    for (const node of graph.nodes) {
      const problem = severities.get(node.id);
      const overrides = Object.keys(node.params ?? {}).length;
      const own = overrides > 0 ? { note: `${overrides} changed from default` } : undefined;
      const state = ofRun.get(node.id) ?? own;
      if (problem || state) shown.set(node.id, { ...state, problem });
    }
    return shown;
  }, [graph, findings, ofRun]);
}
