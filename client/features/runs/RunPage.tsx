import { FamilyName } from '../../shared/families.js';
import './runPage.css';
import { useMemo, useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { Button } from '../../components/Button.js';
import { Callout } from '../../components/Callout.js';
import { CopyButton } from '../../components/CopyButton.js';
import { formatDateTime } from '../../components/format.js';
import { Progress } from '../../components/Progress.js';
import { Tabs } from '../../components/Tabs.js';
import type { Capability } from '../../gql/graphql.js';
import { readFragment } from '../../gql/index.js';
import { AbsentPage } from '../../shared/AbsentPage.js';
import { definitionsByStep } from '../../shared/graph/definitions.js';
import { GraphCanvas } from '../../shared/graph/GraphCanvas.js';
import { readGraph } from '../../shared/graph/graphModel.js';
import { Elapsed } from '../../shared/run/Elapsed.js';
import { withParts } from '../../shared/run/parts.js';
import { RerunFromNode } from '../../shared/run/RerunFromNode.js';
import { RunActions } from '../../shared/run/RunActions.js';
import { RunFileParts } from '../../shared/run/RunFile.js';
import { runOverlays, runProgress } from '../../shared/run/runOverlays.js';
import { type LiveNodeData, type LiveRunData, useLiveRun } from '../../shared/run/useLiveRun.js';
import { isTerminal, RunModeBadge, RunStatusBadge } from '../../shared/status.js';
import { LogView } from './LogView.js';
import { Messages } from './Messages.js';
import { NobodyThere } from './NobodyThere.js';
import { NodePanel } from './NodePanel.js';
import { Results } from './Results.js';
import { Timeline } from './Timeline.js';

/** What workers must have to take the nodes that could begin. */
const capabilitiesWaitedFor = (nodes: readonly LiveNodeData[]): Capability[] => [
  ...new Set(nodes.filter(({ status }) => status === 'ready').map(({ capability }) => capability)),
];

function Subject({ run, labels }: { run: LiveRunData; labels: ReadonlyMap<string, string> }) {
  return (
    <p className="run-facts muted">
      <span>
        <FamilyName family={run.family} />
      </span>
      {run.workflow && (
        <span>
          <Link to={`/workflows/${run.workflow.id}`}>{run.workflow.name}</Link>{' '}
          {run.workflowVersion ? `version ${run.workflowVersion.number}` : '(draft)'}
        </span>
      )}
      {run.orderLine && (
        <span>
          <Link to={`/orders/${run.orderLine.order.id}`}>Order {run.orderLine.order.number}</Link>, line{' '}
          {run.orderLine.lineNumber}
        </span>
      )}
      {run.cadFile && <span>{run.cadFile.name}</span>}
      <span>{formatDateTime(run.createdAt)}</span>
      {run.rerunOf && (
        <span>
          Again from “{labels.get(run.rerunFrom!) ?? run.rerunFrom}” of an{' '}
          <Link to={`/runs/${run.rerunOf.id}`}>earlier run</Link>
        </span>
      )}
      <CopyButton label="Copy the id of the run" text={run.id} />
    </p>
  );
}

/** One run, live: graph, results, timeline, log, and everything about the chosen node. */
export function Component() {
  const { runId = '' } = useParams();
  return <RunView key={runId} id={runId} />;
}

function RunView({ id }: { id: string }) {
  const { run, events, definitions: definitionList, error, isLoading, refetch } = useLiveRun(id);
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const [selectedFile, setSelectedFile] = useState<string | null>(null);
  const selectedNode = search.get('node');
  const tab = search.get('tab') ?? 'results';
  const show = (changes: Record<string, string | null>) =>
    setSearch(
      (old) => {
        const next = new URLSearchParams(old);
        for (const [key, value] of Object.entries(changes)) {
          if (value === null) next.delete(key);
          else next.set(key, value);
        }
        return next;
      },
      { replace: true },
    );

  const definitions = useMemo(() => definitionsByStep(definitionList), [definitionList]);
  const graphJson = run?.graph;
  const graph = useMemo(() => readGraph(graphJson), [graphJson]);
  const nodeRuns = run?.nodeRuns;
  const groups = useMemo(() => withParts(nodeRuns ?? []), [nodeRuns]);
  const labels = useMemo(() => new Map(nodeRuns?.map((node) => [node.nodeId, node.label])), [nodeRuns]);
  const artifacts = run?.artifacts;
  const files = useMemo(() => readFragment(RunFileParts, artifacts ?? []), [artifacts]);
  const fileIds = useMemo(() => new Set(files.map((file) => file.id)), [files]);
  const overlays = useMemo(() => runOverlays(groups, files), [groups, files]);
  const assetIds = useMemo(() => new Set(run?.assets.map((asset) => asset.artifact.id)), [run?.assets]);

  if (!run)
    return (
      <AbsentPage what="run" error={error} isLoading={isLoading} home={{ to: '/runs', label: 'Go to the runs' }} />
    );

  const part = run.nodeRuns.find(({ nodeId, partOf }) => nodeId === selectedNode && partOf);
  const group = part ? { node: part, parts: [] } : groups.find(({ node }) => node.nodeId === selectedNode);
  const isLive = !isTerminal(run.status);
  const failedAt = run.failure?.nodeId;
  const waitingFor = isLive ? capabilitiesWaitedFor(run.nodeRuns) : [];
  const reused = groups.filter(({ node }) => node.isCached).length;
  return (
    <main id="main" className={`run-page ${group ? 'has-panel' : ''}`} tabIndex={-1}>
      <title>{`${run.title} · HartOMat`}</title>
      <div className="run-main">
        <header className="page-header run-header">
          <div>
            <div className="title-row">
              <h1>{run.title}</h1>
              <RunStatusBadge status={run.status} />
              <RunModeBadge mode={run.mode} />
              <Elapsed run={run} />
              {reused > 0 && (
                <span className="muted">
                  {reused} of {groups.length} nodes reused
                </span>
              )}
            </div>
            <Subject run={run} labels={labels} />
          </div>
          <div className="page-actions">
            <RunActions id={run.id} status={run.status} onDone={refetch} />
          </div>
        </header>
        {isLive && <Progress value={runProgress(groups)} label="Progress of the run" />}
        <NobodyThere capabilities={waitingFor} />
        {run.failure && (
          <Callout
            tone="bad"
            title={run.failure.message}
            actions={failedAt ? <Button onClick={() => show({ node: failedAt })}>Show the node</Button> : undefined}
          >
            <p className="muted">
              {failedAt && <>In “{labels.get(failedAt) ?? failedAt}”. </>}
              Code: <code>{run.failure.code}</code>
            </p>
          </Callout>
        )}
        <div className="card run-graph">
          <GraphCanvas
            graph={graph}
            definitions={definitions}
            overlays={overlays}
            selected={part?.partOf?.nodeId ?? selectedNode}
            onSelect={(nodeId) => show({ node: nodeId })}
            label="Graph of the run"
          />
        </div>
        <div className="card run-tabs">
          <Tabs
            label="About the run"
            selected={tab}
            onSelect={(key) => show({ tab: key })}
            tabs={[
              {
                key: 'results',
                label: (
                  <>
                    Results <span className="count numeric">{run.artifacts.length}</span>
                  </>
                ),
                panel: () => (
                  <Results
                    artifacts={run.artifacts}
                    assetIds={assetIds}
                    isOver={!isLive}
                    selected={selectedFile}
                    onSelect={setSelectedFile}
                  />
                ),
              },
              {
                key: 'timeline',
                label: 'Timeline',
                panel: () => (
                  <Timeline
                    groups={groups}
                    createdAt={run.createdAt}
                    isLive={isLive}
                    selected={selectedNode}
                    onSelect={(nodeId) => show({ node: nodeId })}
                  />
                ),
              },
              ...(run.deliveries.length > 0
                ? [
                    {
                      key: 'messages',
                      label: (
                        <>
                          Messages <span className="count numeric">{run.deliveries.length}</span>
                        </>
                      ),
                      panel: () => (
                        <Messages
                          messages={run.deliveries}
                          labels={labels}
                          onSelect={(nodeId) => show({ node: nodeId })}
                        />
                      ),
                    },
                  ]
                : []),
              { key: 'log', label: 'Log', panel: () => <LogView events={events} labels={labels} isLive={isLive} /> },
            ]}
          />
        </div>
      </div>
      {group && (
        <NodePanel
          key={group.node.id}
          group={group}
          events={events}
          labels={labels}
          isLive={isLive}
          again={
            isLive || run.mode !== 'graph' ? null : (
              <RerunFromNode
                runId={run.id}
                nodeId={group.node.nodeId}
                label={group.node.label}
                onStarted={(runId) => navigate(`/runs/${runId}`)}
              />
            )
          }
          opens={{
            ids: fileIds,
            open: (artifactId) => {
              setSelectedFile(artifactId);
              show({ tab: 'results' });
            },
          }}
          onClose={() => show({ node: null })}
          onSelect={(nodeId) => show({ node: nodeId })}
        />
      )}
    </main>
  );
}
