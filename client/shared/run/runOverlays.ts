import { formatDuration } from '../../components/format.js';
import type { NodeOverlay } from '../graph/NodeCard.js';
import { nodeLook } from '../status.js';
import { countOf, failureOf, type NodeWithParts, progressOf, spanOf, stateOf } from './parts.js';
import { listPicture } from './pictures.js';
import type { RunFile } from './RunFile.js';
import type { LiveNodeData } from './useLiveRun.js';

type Group = NodeWithParts<LiveNodeData>;

function noteOf(group: Group): string | undefined {
  const { node } = group;
  const { status } = stateOf(group);
  const progress = progressOf(group);
  const message = countOf(group) ?? node.message;
  if (status === 'running')
    return [progress > 0 && `${Math.round(progress * 100)} %`, message].filter(Boolean).join(' · ');
  if (status === 'failed') return failureOf(group)?.failure.message;
  const { startedAt, finishedAt } = spanOf(group);
  if (status === 'succeeded' && !node.isCached && startedAt && finishedAt)
    return formatDuration(Date.parse(finishedAt) - Date.parse(startedAt));
  return undefined;
}

/** What a run shows on the nodes of its graph.
 * @param files - all that it made. */
export function runOverlays(groups: readonly Group[], files: readonly RunFile[]): Map<string, NodeOverlay> {
  const byId = new Map(files.map((file) => [file.id, file]));
  return new Map(
    groups.map((group) => {
      const state = stateOf(group);
      const made = group.node.outputs.flatMap(({ artifact }) => (artifact && byId.get(artifact.id)) ?? []);
      return [
        group.node.nodeId,
        {
          look: nodeLook(state),
          progress: state.status === 'running' ? progressOf(group) : undefined,
          note: noteOf(group),
          picture: listPicture(made),
        },
      ];
    }),
  );
}

/** Share of the nodes that are done, running ones by how far they are. */
export function runProgress(groups: readonly Group[]): number {
  const done = groups.reduce((sum, group) => sum + (group.node.finishedAt ? 1 : progressOf(group)), 0);
  return groups.length === 0 ? 0 : done / groups.length;
}
