import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { FilePreview } from '../../components/FilePreview.js';
import { NodeState } from '../../shared/run/NodeState.js';
import { PortValues } from '../../shared/run/PortValues.js';
import { type NodeWithParts, stateOf } from '../../shared/run/parts.js';
import { sortResults } from '../../shared/run/pictures.js';
import { RerunFromNode } from '../../shared/run/RerunFromNode.js';
import type { RunFile } from '../../shared/run/RunFile.js';
import type { LiveNodeData } from '../../shared/run/useLiveRun.js';
import { useNodeRun } from '../../shared/run/useNodeRun.js';
import { isTerminal } from '../../shared/status.js';
import type { Staleness } from './staleNodes.js';
import type { RunOverlay } from './useRunOverlay.js';

const LONG: Record<Staleness, string> = {
  new: 'This node was added after the run was started.',
  changed: 'This node was edited after the run was started: what is shown here was made with its earlier settings.',
  fed: 'Something before this node was edited after the run was started: what is shown here was made from it as it was.',
};
const isShown = ({ mediaType }: RunFile) => /^(image|video)\/|^model\/gltf-binary$/.test(mediaType);

/** What the run that is shown made of the chosen node. */
export function NodeInRun({
  nodeId,
  overlay: { run, groups, files, stale },
  onStarted,
}: {
  nodeId: string;
  overlay: RunOverlay;
  /** Takes the id of a run that makes the node anew. */
  onStarted: (runId: string) => void;
}) {
  if (!run) return null;
  const why = stale.get(nodeId);
  const group = groups.find(({ node }) => node.nodeId === nodeId);
  return (
    <section className="panel-section" aria-label="In the run">
      <div className="settings-head">
        <h3>In the run</h3>
        {group && <Link to={`/runs/${run.id}?node=${nodeId}`}>Inputs and log</Link>}
      </div>
      {why && <p className="toned tone-warn">{LONG[why]}</p>}
      {group && (
        <Outcome
          key={group.node.id}
          group={group}
          files={files}
          again={
            isTerminal(run.status) && run.mode === 'graph' ? (
              <RerunFromNode runId={run.id} nodeId={nodeId} label={group.node.label} onStarted={onStarted} />
            ) : null
          }
        />
      )}
    </section>
  );
}

function Outcome({
  group,
  files,
  again,
}: {
  group: NodeWithParts<LiveNodeData>;
  files: RunOverlay['files'];
  again: ReactNode;
}) {
  const { details, error } = useNodeRun(group.node.id, stateOf(group).status);
  const made = new Set(group.node.outputs.map(({ artifact }) => artifact?.id));
  const result = sortResults(files.filter(({ id }) => made.has(id))).find(isShown);
  return (
    <>
      <NodeState group={group} again={again} />
      {error && <p className="field-error">What came out could not be loaded.</p>}
      {result && (
        <div className="node-result">
          <FilePreview key={result.id} file={result} />
        </div>
      )}
      <PortValues title="Outputs" values={details?.outputs ?? []} empty="Nothing came out yet." />
    </>
  );
}
