import './runs.css';
import { useMemo, useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { Button } from '../../components/Button.js';
import { Callout } from '../../components/Callout.js';
import { EmptyState, Loading } from '../../components/EmptyState.js';
import { formatDateTime, formatDuration } from '../../components/format.js';
import { Progress } from '../../components/Progress.js';
import { Tabs } from '../../components/Tabs.js';
import { useNow } from '../../components/useNow.js';
import { readFragment } from '../../gql/index.js';
import { problemFromError } from '../../shared/errors.js';
import { definitionsByStep } from '../../shared/graph/definitions.js';
import { GraphCanvas } from '../../shared/graph/GraphCanvas.js';
import { readGraph } from '../../shared/graph/graphModel.js';
import type { NodeOverlay } from '../../shared/graph/NodeCard.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { isTerminal, nodeLook, RunStatusBadge } from '../../shared/status.js';
import { FAMILY_LABEL } from '../../shared/words.js';
import { LogView } from './LogView.js';
import { NodePanel } from './NodePanel.js';
import { ResultFile, Results } from './Results.js';
import { RunActions } from './RunActions.js';
import { Timeline } from './Timeline.js';
import { type LiveNodeData, type LiveRunData, useLiveRun } from './useLiveRun.js';

function noteOf(node: LiveNodeData): string | undefined {
  if (node.status === 'running')
    return node.progress > 0
      ? `${Math.round(node.progress * 100)} %${node.message ? ` · ${node.message}` : ''}`
      : (node.message ?? undefined);
  if (node.status === 'failed') return node.failure?.code;
  if (node.status === 'succeeded' && !node.isCached && node.startedAt && node.finishedAt)
    return formatDuration(Date.parse(node.finishedAt) - Date.parse(node.startedAt));
  return undefined;
}

function overlaysOf(nodes: readonly LiveNodeData[]): Map<string, NodeOverlay> {
  return new Map(
    nodes.map((node) => [
      node.nodeId,
      {
        look: nodeLook(node),
        progress: node.status === 'running' ? node.progress : undefined,
        note: noteOf(node),
      },
    ]),
  );
}

/** Share of the nodes that are done, running ones by how far they are. */
function progressOf(nodes: readonly LiveNodeData[]): number {
  const done = nodes.reduce(
    (sum, node) => sum + (node.finishedAt ? 1 : node.status === 'running' ? node.progress : 0),
    0,
  );
  return nodes.length === 0 ? 0 : done / nodes.length;
}

function Subject({ run }: { run: LiveRunData }) {
  return (
    <p className="run-facts muted">
      <span>{FAMILY_LABEL[run.family]}</span>
      {run.workflow && (
        <span>
          <Link to={`/workflows/${run.workflow.id}`}>{run.workflow.name}</Link>{' '}
          {run.workflowVersion ? `version ${run.workflowVersion.number}` : '(draft)'}
        </span>
      )}
      {run.orderLine && (
        <span>
          Order {run.orderLine.order.number}, line {run.orderLine.lineNumber}
        </span>
      )}
      {run.cadFile && <span>{run.cadFile.name}</span>}
      <span>{formatDateTime(run.createdAt)}</span>
    </p>
  );
}

function Elapsed({ run }: { run: LiveRunData }) {
  const now = useNow(!isTerminal(run.status));
  if (!run.startedAt) return null;
  return (
    <span className="numeric muted">
      {formatDuration((run.finishedAt ? Date.parse(run.finishedAt) : now) - Date.parse(run.startedAt))}
    </span>
  );
}

/** One run, live: graph, results, timeline, log, and everything about the chosen node. */
export function Component() {
  const { runId = '' } = useParams();
  return <RunView key={runId} id={runId} />;
}

function RunView({ id }: { id: string }) {
  const { run, events, definitions: definitionList, error, isLoading, refetch } = useLiveRun(id);
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
  const overlays = useMemo(() => overlaysOf(nodeRuns ?? []), [nodeRuns]);
  const labels = useMemo(() => new Map(nodeRuns?.map((node) => [node.nodeId, node.label])), [nodeRuns]);
  const artifacts = run?.artifacts;
  const fileIds = useMemo(
    () => new Set(readFragment(ResultFile, artifacts ?? []).map((artifact) => artifact.id)),
    [artifacts],
  );
  const assetIds = useMemo(() => new Set(run?.assets.map((asset) => asset.artifact.id)), [run?.assets]);

  if (isLoading)
    return (
      <main id="main" className="page" tabIndex={-1}>
        <h1 className="visually-hidden">Run</h1>
        <Loading label="Loading the run" rows={8} />
      </main>
    );
  if (!run)
    return (
      <main id="main" className="page" tabIndex={-1}>
        <h1 className="visually-hidden">Run</h1>
        {error ? (
          <ProblemCallout problem={problemFromError(error)} title="The run could not be loaded" />
        ) : (
          <EmptyState
            icon="search"
            title="There is no run at this address"
            actions={
              <Link className="button button-primary" to="/runs">
                Go to the runs
              </Link>
            }
          />
        )}
      </main>
    );

  const node = run.nodeRuns.find(({ nodeId }) => nodeId === selectedNode);
  const isLive = !isTerminal(run.status);
  const failedAt = run.failure?.nodeId;
  const reused = run.nodeRuns.filter((each) => each.isCached).length;
  return (
    <main id="main" className={`run-page ${node ? 'has-panel' : ''}`} tabIndex={-1}>
      <title>{`${run.title} · HartOMat`}</title>
      <div className="run-main">
        <header className="page-header run-header">
          <div>
            <div className="title-row">
              <h1>{run.title}</h1>
              <RunStatusBadge status={run.status} />
              <Elapsed run={run} />
              {reused > 0 && (
                <span className="muted">
                  {reused} of {run.nodeRuns.length} nodes reused
                </span>
              )}
            </div>
            <Subject run={run} />
          </div>
          <div className="page-actions">
            <RunActions id={run.id} status={run.status} onDone={refetch} />
          </div>
        </header>
        {isLive && <Progress value={progressOf(run.nodeRuns)} label="Progress of the run" />}
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
            selected={selectedNode}
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
                    nodes={run.nodeRuns}
                    createdAt={run.createdAt}
                    isLive={isLive}
                    selected={selectedNode}
                    onSelect={(nodeId) => show({ node: nodeId })}
                  />
                ),
              },
              { key: 'log', label: 'Log', panel: () => <LogView events={events} labels={labels} isLive={isLive} /> },
            ]}
          />
        </div>
      </div>
      {node && (
        <NodePanel
          key={node.id}
          node={node}
          events={events}
          labels={labels}
          isLive={isLive}
          openable={fileIds}
          onClose={() => show({ node: null })}
          onOpenFile={(artifactId) => {
            setSelectedFile(artifactId);
            show({ tab: 'results' });
          }}
        />
      )}
    </main>
  );
}
