import './nodeState.css';
import type { ReactNode } from 'react';
import { Button } from '../../components/Button.js';
import { Callout } from '../../components/Callout.js';
import { humanise } from '../../components/format.js';
import { JsonTree } from '../../components/JsonTree.js';
import { Progress } from '../../components/Progress.js';
import { nodeLook, StatusBadge } from '../status.js';
import { countOf, failureOf, type NodeWithParts, progressOf, stateOf } from './parts.js';
import type { LiveNodeData } from './useLiveRun.js';

/** How a node of a run stands: its status, how far it is, and why it failed. */
export function NodeState({
  group,
  again,
  onSelect,
}: {
  group: NodeWithParts<LiveNodeData>;
  /** Runs it again; null: it cannot. */
  again: ReactNode;
  /** Shows the part of it that failed; without it there is no way there. */
  onSelect?: (nodeId: string) => void;
}) {
  const { node } = group;
  const state = stateOf(group);
  const failed = failureOf(group);
  const failure = failed?.failure ?? node.failure;
  const failedPart = failed && failed.of !== node ? failed.of : null;
  const message = countOf(group) ?? node.message;
  return (
    <>
      <div className="panel-state">
        <StatusBadge look={nodeLook(state)} />
        {message && <span className="muted truncate">{message}</span>}
        {again && <span className="panel-again">{again}</span>}
      </div>
      {state.status === 'running' && <Progress value={progressOf(group)} label={`Progress of ${node.label}`} />}
      {failure && (
        <Callout
          tone={state.status === 'failed' ? 'bad' : 'warn'}
          title={failure.message}
          actions={
            failedPart && onSelect ? (
              <Button onClick={() => onSelect(failedPart.nodeId)}>Show the part</Button>
            ) : undefined
          }
        >
          <p className="muted">
            {failedPart && <>In “{failedPart.partOf?.label}”. </>}
            Code: <code>{failure.code}</code>
            {failure.failureClass && ` · ${humanise(failure.failureClass)}`}
          </p>
          {Object.keys((failure.details ?? {}) as object).length > 0 && (
            <JsonTree value={failure.details} openTo={1} label="Details of the failure" />
          )}
        </Callout>
      )}
    </>
  );
}
