import { Link } from 'react-router';
import { Button, IconButton } from '../../components/Button.js';
import { Icon } from '../../components/Icon.js';
import { Progress } from '../../components/Progress.js';
import { problemFromError } from '../../shared/errors.js';
import { Elapsed } from '../../shared/run/Elapsed.js';
import { RunActions } from '../../shared/run/RunActions.js';
import { runProgress } from '../../shared/run/runOverlays.js';
import { isTerminal, RunModeBadge, RunStatusBadge } from '../../shared/status.js';
import type { RunOverlay } from './useRunOverlay.js';

function StaleNote({ stale }: { stale: RunOverlay['stale'] }) {
  const edited = [...stale.values()].filter((why) => why !== 'fed').length;
  if (edited === 0) return null;
  return (
    <span
      className="toned tone-warn"
      title="The run goes by the graph as it was; run again to see what the changes make."
    >
      <Icon name="alert" size={14} />
      {edited === 1 ? '1 node' : `${edited} nodes`} edited since
    </span>
  );
}

/** The run whose states the graph shows: how it stands, and what can be done with it. */
export function RunStrip({
  overlay,
  labels,
  onShow,
  onHide,
}: {
  overlay: RunOverlay;
  /** Of the nodes in the graph, by id. */
  labels: ReadonlyMap<string, string>;
  onShow: (nodeId: string) => void;
  onHide: () => void;
}) {
  const { run, failedAt, isAbsent, groups, stale, error, refetch } = overlay;
  const hide = <IconButton icon="close" label="Hide the run" onClick={onHide} />;
  return (
    <section className="run-strip" aria-label="Run over the graph">
      {run ? (
        <>
          <RunStatusBadge status={run.status} />
          <RunModeBadge mode={run.mode} />
          <Link className="truncate" to={`/runs/${run.id}`} title="Open the page of this run">
            {run.title}
          </Link>
          <span className="muted">{run.workflowVersion ? `version ${run.workflowVersion.number}` : 'draft'}</span>
          <Elapsed run={run} />
          <StaleNote stale={stale} />
          <span className="run-strip-end">
            <RunActions id={run.id} status={run.status} onDone={refetch} />
            {hide}
          </span>
          {!isTerminal(run.status) && <Progress value={runProgress(groups)} label="Progress of the run" />}
          {run.failure && (
            <div className="run-strip-failure">
              <p className="field-error truncate" title={run.failure.message}>
                {run.failure.message}
              </p>
              {failedAt !== null && labels.has(failedAt) && (
                <Button look="quiet" onClick={() => onShow(failedAt)}>
                  Show {labels.get(failedAt)}
                </Button>
              )}
            </div>
          )}
        </>
      ) : (
        <>
          {error ? (
            <span className="field-error">The run could not be loaded. {problemFromError(error).message}</span>
          ) : (
            <span className="muted">{isAbsent ? 'This workflow has no such run.' : 'Loading the run …'}</span>
          )}
          <span className="run-strip-end">{hide}</span>
        </>
      )}
    </section>
  );
}
