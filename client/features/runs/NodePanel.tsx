import { useEffect } from 'react';
import { useQuery } from 'urql';
import { IconButton } from '../../components/Button.js';
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
  return (
    <section className="panel-section">
      <h3>{title}</h3>
      {values.length === 0 && <p className="muted">{empty}</p>}
      <ul className="port-values">
        {readFragment(PortFacts, values).map(({ port, artifact, data }, index) => (
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
    </section>
  );
}

/** Everything about one node of a run. */
export function NodePanel({
  node,
  events,
  labels,
  isLive,
  openable,
  onClose,
  onOpenFile,
}: {
  node: LiveNodeData;
  events: readonly LiveEvent[];
  labels: ReadonlyMap<string, string>;
  isLive: boolean;
  openable: ReadonlySet<string>;
  onClose: () => void;
  onOpenFile: (artifactId: string) => void;
}) {
  const [{ data, error }, refetch] = useQuery({
    query: NodeRunQuery,
    variables: { id: node.id },
    requestPolicy: 'cache-and-network',
  });
  useEffect(() => {
    refetch({ requestPolicy: 'network-only' });
  }, [node.status, refetch]);
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
        <IconButton icon="close" label="Close the node" onClick={onClose} />
      </header>
      <div className="panel-body">
        <div className="panel-state">
          <StatusBadge look={nodeLook(node)} />
          {node.message && <span className="muted truncate">{node.message}</span>}
        </div>
        {node.status === 'running' && <Progress value={node.progress} label={`Progress of ${node.label}`} />}
        {node.failure && (
          <Callout tone={node.status === 'failed' ? 'bad' : 'warn'} title={node.failure.message}>
            <p className="muted">
              Code: <code>{node.failure.code}</code>
              {node.failure.failureClass && ` · ${humanise(node.failure.failureClass)}`}
            </p>
            {Object.keys((node.failure.details ?? {}) as object).length > 0 && (
              <JsonTree value={node.failure.details} openTo={1} label="Details of the failure" />
            )}
          </Callout>
        )}
        {error && <p className="field-error">Inputs and outputs could not be loaded.</p>}
        <dl className="facts">
          <dt>Attempt</dt>
          <dd className="numeric">
            {node.attempt === 0 ? 'None yet' : `${node.attempt} of up to ${node.maxAttempts}`}
          </dd>
          {node.startedAt && (
            <>
              <dt>Started</dt>
              <dd className="numeric">{formatTime(node.startedAt)}</dd>
            </>
          )}
          {node.startedAt && node.finishedAt && (
            <>
              <dt>Took</dt>
              <dd className="numeric">{formatDuration(Date.parse(node.finishedAt) - Date.parse(node.startedAt))}</dd>
            </>
          )}
          <dt>Runs on</dt>
          <dd>{node.capability} workers</dd>
        </dl>
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
          <LogView events={events} labels={labels} nodeId={node.nodeId} isLive={isLive} />
        </section>
      </div>
    </aside>
  );
}
