import './nodePanel.css';
import { type ReactNode, useState } from 'react';
import { Button, IconButton } from '../../components/Button.js';
import { formatDuration, formatTime, humanise } from '../../components/format.js';
import { JsonTree } from '../../components/JsonTree.js';
import type { LiveEvent } from '../../shared/run/liveRun.js';
import { NodeState } from '../../shared/run/NodeState.js';
import { PortValues } from '../../shared/run/PortValues.js';
import { type NodeWithParts, spanOf, stateOf } from '../../shared/run/parts.js';
import type { LiveNodeData } from '../../shared/run/useLiveRun.js';
import { useNodeRun } from '../../shared/run/useNodeRun.js';
import { nodeLook, StatusBadge } from '../../shared/status.js';
import { LogView } from './LogView.js';

/** More parts than this are folded away. */
const PARTS_SHOWN = 12;

/** What a node's work was shared out to; each can be looked at for itself. */
function Parts({ parts, onSelect }: { parts: readonly LiveNodeData[]; onSelect: (nodeId: string) => void }) {
  const [isOpen, setOpen] = useState(parts.length <= PARTS_SHOWN);
  const ended = parts.filter((part) => part.status === 'succeeded').length;
  const shown = isOpen ? parts : parts.filter((part) => part.status === 'running' || part.status === 'failed');
  return (
    <section className="panel-section">
      <div className="part-head">
        <h3>Parts</h3>
        <span className="muted numeric">
          {ended} of {parts.length} done
        </span>
        {parts.length > PARTS_SHOWN && (
          <Button look="quiet" icon={isOpen ? 'chevronDown' : 'chevronRight'} onClick={() => setOpen(!isOpen)}>
            {isOpen ? 'Running and failed ones only' : 'Show all'}
          </Button>
        )}
      </div>
      <ul className="part-list">
        {shown.map((part) => (
          <li key={part.nodeId}>
            <button type="button" className="part-row" onClick={() => onSelect(part.nodeId)}>
              <span className="truncate">{part.partOf?.label ?? part.label}</span>
              <StatusBadge look={nodeLook(part)} />
              <span className="part-time numeric muted">
                {part.status === 'running'
                  ? `${Math.round(part.progress * 100)} %`
                  : part.startedAt && part.finishedAt && !part.isCached
                    ? formatDuration(Date.parse(part.finishedAt) - Date.parse(part.startedAt))
                    : ''}
              </span>
            </button>
            {part.status === 'failed' && part.failure && <p className="field-error">{part.failure.message}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Everything about one node of a run, or about one part of it. */
export function NodePanel({
  group,
  events,
  labels,
  isLive,
  again,
  opens,
  onClose,
  onSelect,
}: {
  group: NodeWithParts<LiveNodeData>;
  events: readonly LiveEvent[];
  labels: ReadonlyMap<string, string>;
  isLive: boolean;
  /** Runs it again; null: it cannot. */
  again: ReactNode;
  /** Files that can be shown, and how; others are downloaded. */
  opens: { ids: ReadonlySet<string>; open: (artifactId: string) => void };
  onClose: () => void;
  onSelect: (nodeId: string) => void;
}) {
  const { node, parts } = group;
  const { startedAt, finishedAt } = spanOf(group);
  const whole = node.partOf?.nodeId;
  const { details, error } = useNodeRun(node.id, stateOf(group).status);
  const params = Object.entries((details?.params ?? {}) as Record<string, unknown>);

  return (
    <aside className="panel" aria-label={`Node ${node.label}`}>
      <header className="panel-head">
        <div className="panel-title">
          <h2 className="truncate">{node.label}</h2>
          <p className="muted truncate">
            {node.moduleKey} · {node.nodeId}
          </p>
        </div>
        {whole !== undefined && (
          <IconButton icon="arrowLeft" label="Back to the whole node" onClick={() => onSelect(whole)} />
        )}
        <IconButton icon="close" label="Close the node" onClick={onClose} />
      </header>
      <div className="panel-body">
        <NodeState group={group} again={again} onSelect={onSelect} />
        {error && <p className="field-error">Inputs and outputs could not be loaded.</p>}
        <dl className="facts">
          <dt>Attempt</dt>
          <dd className="numeric">
            {node.attempt === 0 ? 'None yet' : `${node.attempt} of up to ${node.maxAttempts}`}
          </dd>
          {startedAt && (
            <>
              <dt>Started</dt>
              <dd className="numeric">{formatTime(startedAt)}</dd>
            </>
          )}
          {startedAt && finishedAt && (
            <>
              <dt>Took</dt>
              <dd className="numeric">{formatDuration(Date.parse(finishedAt) - Date.parse(startedAt))}</dd>
            </>
          )}
          <dt>Runs on</dt>
          <dd>{node.capability} workers</dd>
        </dl>
        {parts.length > 0 && <Parts key={node.id} parts={parts} onSelect={onSelect} />}
        <PortValues title="Inputs" values={details?.inputs ?? []} empty="Nothing is bound yet." opens={opens} />
        <PortValues title="Outputs" values={details?.outputs ?? []} empty="Nothing came out yet." opens={opens} />
        <section className="panel-section">
          <h3>Settings</h3>
          {params.length === 0 && <p className="muted">This node has none.</p>}
          <dl className="facts">
            {params.map(([name, value]) => (
              <div key={name} className="fact-row">
                <dt>{humanise(name)}</dt>
                <dd className="mono">
                  {typeof value === 'object' && value !== null ? (
                    <JsonTree value={value} openTo={1} label={name} />
                  ) : (
                    String(value)
                  )}
                </dd>
              </div>
            ))}
          </dl>
        </section>
        <section className="panel-section">
          <h3>Log</h3>
          <LogView
            events={events}
            labels={labels}
            nodeIds={[node.nodeId, ...parts.map((part) => part.nodeId)]}
            isLive={isLive}
          />
        </section>
      </div>
    </aside>
  );
}
