import './nodePanel.css';
import { type ReactNode, useEffect, useState } from 'react';
import { useQuery } from 'urql';
import { Button, IconButton } from '../../components/Button.js';
import { Callout } from '../../components/Callout.js';
import { fileIcon } from '../../components/FilePreview.js';
import { formatBytes, formatDuration, formatTime, humanise } from '../../components/format.js';
import { Icon } from '../../components/Icon.js';
import { JsonTree } from '../../components/JsonTree.js';
import { Progress } from '../../components/Progress.js';
import { type FragmentType, graphql, readFragment } from '../../gql/index.js';
import { nodeLook, StatusBadge } from '../../shared/status.js';
import { LogView } from './LogView.js';
import type { LiveEvent } from './liveRun.js';
import { countOf, failureOf, type NodeWithParts, progressOf, spanOf, stateOf } from './parts.js';
import type { LiveNodeData } from './useLiveRun.js';

export const PortFacts = graphql(`
  fragment PortFacts on PortValue {
    port
    data
    artifact {
      id
      role
      mediaType
      fileName
      byteSize
      url
    }
  }
`);

const NodeRunQuery = graphql(`
  query NodeRun($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on NodeRun {
        params
        inputs {
          ...PortFacts
        }
        outputs {
          ...PortFacts
        }
      }
    }
  }
`);

/** More parts than this are folded away, … */
const PARTS_SHOWN = 12;
/** … and more values of one port. */
const VALUES_SHOWN = 4;

function Ports({
  title,
  values,
  empty,
  openable,
  onOpen,
}: {
  title: string;
  values: readonly FragmentType<typeof PortFacts>[];
  empty: string;
  /** Artifacts that `onOpen` can show; others are downloaded. */
  openable: ReadonlySet<string>;
  onOpen: (artifactId: string) => void;
}) {
  const [isWhole, setWhole] = useState(false);
  const all = readFragment(PortFacts, values);
  // A port of many gives dozens; the other ports are shown beside it.
  const places = new Map<string, number>();
  const shown = all.filter(({ port }) => {
    const place = (places.get(port) ?? 0) + 1;
    places.set(port, place);
    return isWhole || place <= VALUES_SHOWN;
  });
  return (
    <section className="panel-section">
      <h3>{title}</h3>
      {values.length === 0 && <p className="muted">{empty}</p>}
      <ul className="port-values">
        {shown.map(({ port, artifact, data }, index) => (
          <li key={`${port} ${index}`}>
            <span className="port-name">{port}</span>
            {artifact ? (
              <a
                className="port-file"
                href={artifact.url}
                download={artifact.fileName}
                onClick={(event) => {
                  if (!openable.has(artifact.id)) return;
                  event.preventDefault();
                  onOpen(artifact.id);
                }}
              >
                <Icon name={fileIcon(artifact.mediaType)} size={14} />
                <span className="truncate">{artifact.fileName}</span>
                <span className="muted numeric">{formatBytes(artifact.byteSize)}</span>
              </a>
            ) : (
              <JsonTree value={data} openTo={1} label={port} />
            )}
          </li>
        ))}
      </ul>
      {shown.length < all.length && (
        <Button look="quiet" onClick={() => setWhole(true)}>
          Show {all.length - shown.length} more
        </Button>
      )}
    </section>
  );
}

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
  openable,
  onClose,
  onSelect,
  onOpenFile,
}: {
  group: NodeWithParts<LiveNodeData>;
  events: readonly LiveEvent[];
  labels: ReadonlyMap<string, string>;
  isLive: boolean;
  /** Runs it again; null: it cannot. */
  again: ReactNode;
  openable: ReadonlySet<string>;
  onClose: () => void;
  onSelect: (nodeId: string) => void;
  onOpenFile: (artifactId: string) => void;
}) {
  const { node, parts } = group;
  const state = stateOf(group);
  const failed = failureOf(group);
  const failure = failed?.failure ?? node.failure;
  const { startedAt, finishedAt } = spanOf(group);
  const whole = node.partOf?.nodeId;
  const message = countOf(group) ?? node.message;
  const [{ data, error }, refetch] = useQuery({
    query: NodeRunQuery,
    variables: { id: node.id },
    requestPolicy: 'cache-and-network',
  });
  useEffect(() => {
    refetch({ requestPolicy: 'network-only' });
  }, [state.status, refetch]);
  const details = data?.node?.__typename === 'NodeRun' ? data.node : undefined;
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
              failed && failed.of !== node ? (
                <Button onClick={() => onSelect(failed.of.nodeId)}>Show the part</Button>
              ) : undefined
            }
          >
            <p className="muted">
              {failed && failed.of !== node && <>In “{failed.of.partOf?.label}”. </>}
              Code: <code>{failure.code}</code>
              {failure.failureClass && ` · ${humanise(failure.failureClass)}`}
            </p>
            {Object.keys((failure.details ?? {}) as object).length > 0 && (
              <JsonTree value={failure.details} openTo={1} label="Details of the failure" />
            )}
          </Callout>
        )}
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
        <Ports
          title="Inputs"
          values={details?.inputs ?? []}
          empty="Nothing is bound yet."
          openable={openable}
          onOpen={onOpenFile}
        />
        <Ports
          title="Outputs"
          values={details?.outputs ?? []}
          empty="Nothing came out yet."
          openable={openable}
          onOpen={onOpenFile}
        />
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
