import './runs.css';
import { useEffect, useRef } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useQuery, useSubscription } from 'urql';
import { Button } from '../../components/Button.js';
import { EmptyState, Loading } from '../../components/EmptyState.js';
import { formatAgo, formatDateTime, formatDuration } from '../../components/format.js';
import { Icon } from '../../components/Icon.js';
import { Progress } from '../../components/Progress.js';
import { useNow } from '../../components/useNow.js';
import type { RunRowFragment, RunStatus } from '../../gql/graphql.js';
import { graphql, readFragment } from '../../gql/index.js';
import { problemFromError } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { isTerminal, RunStatusBadge } from '../../shared/status.js';
import { useAskAgain } from '../../shared/useAskAgain.js';
import { FAMILIES, FAMILY_LABEL } from '../../shared/words.js';
import { listPicture } from './pictures.js';
import { Thumb } from './Thumb.js';

const RunRow = graphql(`
  fragment RunRow on Run {
    id
    title
    family
    status
    progress
    createdAt
    startedAt
    finishedAt
    failure {
      code
      message
    }
    workflow {
      id
      name
    }
    workflowVersion {
      id
      number
    }
    artifacts {
      id
      role
      mediaType
      url
    }
  }
`);

const RunsQuery = graphql(`
  query Runs($filter: RunFilter, $first: Int, $after: String, $last: Int, $before: String) {
    runs(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      totalCount
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      edges {
        cursor
        node {
          ...RunRow
        }
      }
    }
  }
`);

const RunChanged = graphql(`
  subscription RunChanged($after: String) {
    runChanged(after: $after) {
      cursor
      run {
        ...RunRow
      }
    }
  }
`);

const PAGE_SIZE = 25;
/** New runs ask for the list again at most this often. */
const REFETCH_MS = 500;
/** Progress within a running node is no change of status, so it is asked for now and then. */
const PROGRESS_MS = 3000;

const STATUS_FILTERS: { key: string; label: string; statuses?: RunStatus[] }[] = [
  { key: 'all', label: 'All' },
  { key: 'active', label: 'Active', statuses: ['queued', 'running', 'cancelling'] },
  { key: 'succeeded', label: 'Succeeded', statuses: ['succeeded'] },
  { key: 'failed', label: 'Failed', statuses: ['failed', 'partial'] },
  { key: 'cancelled', label: 'Cancelled', statuses: ['cancelled'] },
];

function Row({ run, now }: { run: RunRowFragment; now: number }) {
  const end = run.finishedAt ? Date.parse(run.finishedAt) : now;
  return (
    <tr>
      <td className="cell-thumb">
        <Thumb file={listPicture(run.artifacts)} />
      </td>
      <td className="cell-title">
        <Link className="row-link truncate" to={`/runs/${run.id}`}>
          {run.title}
        </Link>
        {run.failure && (
          <p className="row-note truncate" title={run.failure.message}>
            {run.failure.message}
          </p>
        )}
      </td>
      <td>
        <RunStatusBadge status={run.status} />
      </td>
      <td className="cell-progress">
        {isTerminal(run.status) ? null : <Progress value={run.progress} label={`Progress of ${run.title}`} />}
      </td>
      <td className="muted">{FAMILY_LABEL[run.family]}</td>
      <td className="muted">
        {run.workflow?.name ?? 'No workflow'}
        {run.workflow && (run.workflowVersion ? ` · v${run.workflowVersion.number}` : ' · draft')}
      </td>
      <td className="muted numeric" title={formatDateTime(run.createdAt)}>
        {formatAgo(run.createdAt, now)}
      </td>
      <td className="numeric cell-end">
        {run.startedAt ? formatDuration(end - Date.parse(run.startedAt)) : <span className="muted">not started</span>}
      </td>
    </tr>
  );
}

/** The list of runs, newest first, live. */
export function Component() {
  const [search, setSearch] = useSearchParams();
  const status = STATUS_FILTERS.find(({ key }) => key === search.get('status')) ?? STATUS_FILTERS[0]!;
  const family = FAMILIES.find((each) => each === search.get('family'));
  const after = search.get('after');
  const before = search.get('before');
  const [{ data, error, fetching }, refetch] = useQuery({
    query: RunsQuery,
    variables: {
      filter: { status: status.statuses, family },
      ...(before ? { last: PAGE_SIZE, before } : { first: PAGE_SIZE, after }),
    },
    requestPolicy: 'cache-and-network',
  });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const refetchSoon = () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      refetch({ requestPolicy: 'network-only' });
    }, REFETCH_MS);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  useSubscription({ query: RunChanged }, (_, change) => {
    // Known runs update themselves through the cache; membership of the list is the server's to say.
    refetchSoon();
    return change;
  });

  const runs = readFragment(RunRow, data?.runs.edges.map((edge) => edge.node) ?? []);
  const hasActive = runs.some((run) => !isTerminal(run.status));
  const now = useNow(hasActive);
  useAskAgain(refetch, PROGRESS_MS, hasActive);

  const change = (changes: Record<string, string | null>) =>
    setSearch((old) => {
      const next = new URLSearchParams(old);
      next.delete('after');
      next.delete('before');
      for (const [key, value] of Object.entries(changes)) {
        if (value === null) next.delete(key);
        else next.set(key, value);
      }
      return next;
    });
  const isFiltered = status.statuses !== undefined || family !== undefined;
  const page = data?.runs.pageInfo;

  return (
    <main id="main" className="page" tabIndex={-1}>
      <title>Runs · HartOMat</title>
      <header className="page-header">
        <div className="title-row">
          <h1>Runs</h1>
          {data && <span className="muted numeric">{data.runs.totalCount}</span>}
        </div>
        <div className="page-actions">
          <fieldset className="filter-chips">
            <legend className="visually-hidden">Status</legend>
            {STATUS_FILTERS.map(({ key, label }) => (
              <button
                key={key}
                type="button"
                aria-pressed={key === status.key}
                onClick={() => change({ status: key === 'all' ? null : key })}
              >
                {label}
              </button>
            ))}
          </fieldset>
          <select
            className="control filter-select"
            aria-label="Family"
            value={family ?? ''}
            onChange={(event) => change({ family: event.target.value || null })}
          >
            <option value="">All families</option>
            {FAMILIES.map((each) => (
              <option key={each} value={each}>
                {FAMILY_LABEL[each]}
              </option>
            ))}
          </select>
        </div>
      </header>
      {error && <ProblemCallout problem={problemFromError(error)} title="The runs could not be loaded" />}
      {(data || !error) && (
        <div className="card runs-card scrolls-inside">
          {!data && fetching && <Loading label="Loading the runs" rows={8} />}
          {data && runs.length === 0 && isFiltered && (
            <EmptyState
              icon="filter"
              title="No run fits this filter"
              actions={<Button onClick={() => change({ status: null, family: null })}>Show all runs</Button>}
            />
          )}
          {data && runs.length === 0 && !isFiltered && (
            <EmptyState
              icon="play"
              title="Nothing has run yet"
              actions={
                <>
                  <Link className="button button-primary" to="/library">
                    <Icon name="upload" />
                    Upload a CAD file
                  </Link>
                  <Link className="button button-plain" to="/orders">
                    Place an order
                  </Link>
                </>
              }
            >
              Upload a STEP file to take it in, or place an order to have it rendered. Every run shows up here, live.
            </EmptyState>
          )}
          {runs.length > 0 && (
            <div className="table-scroll">
              <table className="table">
                <thead>
                  <tr>
                    <th>
                      <span className="visually-hidden">Picture</span>
                    </th>
                    <th>Run</th>
                    <th>Status</th>
                    <th>
                      <span className="visually-hidden">Progress</span>
                    </th>
                    <th>Family</th>
                    <th>Workflow</th>
                    <th>Created</th>
                    <th className="cell-end">Duration</th>
                  </tr>
                </thead>
                <tbody>
                  {runs.map((run) => (
                    <Row key={run.id} run={run} now={now} />
                  ))}
                </tbody>
              </table>
            </div>
          )}
          {page && (page.hasNextPage || page.hasPreviousPage || after || before) && (
            <nav className="pager" aria-label="Pages of runs">
              <span className="numeric">
                {runs.length} of {data.runs.totalCount}
              </span>
              <span className="pager-buttons">
                <Button look="quiet" disabled={!after && !before} onClick={() => change({})}>
                  Newest
                </Button>
                <Button
                  look="quiet"
                  icon="arrowLeft"
                  disabled={!(page.hasPreviousPage || after)}
                  onClick={() => change({ before: page.startCursor ?? null })}
                >
                  Newer
                </Button>
                <Button
                  look="quiet"
                  icon="arrowRight"
                  disabled={!(page.hasNextPage || before)}
                  onClick={() => change({ after: page.endCursor ?? null })}
                >
                  Older
                </Button>
              </span>
            </nav>
          )}
        </div>
      )}
    </main>
  );
}
