import './runs.css';
import { useEffect, useRef } from 'react';
import { useSearchParams } from 'react-router';
import { useQuery, useSubscription } from 'urql';
import { Button } from '../../components/Button.js';
import { ButtonLink } from '../../components/ButtonLink.js';
import { EmptyState } from '../../components/EmptyState.js';
import { SearchField } from '../../components/SearchField.js';
import type { Column } from '../../components/Table.js';
import { useNow } from '../../components/useNow.js';
import type { RunStatus } from '../../gql/graphql.js';
import { graphql, readFragment } from '../../gql/index.js';
import { useFamilies } from '../../shared/families.js';
import { Listing } from '../../shared/Listing.js';
import { isTerminal } from '../../shared/status.js';
import { useAskAgain } from '../../shared/useAskAgain.js';
import { useListed } from '../../shared/useListed.js';
import { RunRow, RunRowView } from './RunRow.js';

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

const COLUMNS: Column[] = [
  { label: 'Picture', isHidden: true },
  'Run',
  'Status',
  { label: 'Progress', isHidden: true },
  'Family',
  'Workflow',
  'Created',
  { label: 'Duration', isEnd: true },
];
/** Nothing narrows the list down. */
const ALL = { status: null, family: null, text: null };

/** The list of runs, newest first, live. */
export function Component() {
  const { text, after, before, search, change } = useListed();
  const [address] = useSearchParams();
  const status = STATUS_FILTERS.find(({ key }) => key === address.get('status')) ?? STATUS_FILTERS[0]!;
  const families = useFamilies();
  const family = families.find((each) => each.family === address.get('family'))?.family;
  const [answer, refetch] = useQuery({
    query: RunsQuery,
    variables: {
      filter: { status: status.statuses, family, ...(text && { text }) },
      ...(before ? { last: PAGE_SIZE, before } : { first: PAGE_SIZE, after }),
    },
    requestPolicy: 'cache-and-network',
  });
  const { data } = answer;
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

  const isFiltered = status.statuses !== undefined || family !== undefined || text !== '';
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
          <SearchField
            label="Search the runs"
            placeholder="Product, output type or file"
            value={text}
            onSearch={search}
          />
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
            {families.map((each) => (
              <option key={each.family} value={each.family}>
                {each.label}
              </option>
            ))}
          </select>
        </div>
      </header>
      <div className="list-card scrolls-inside">
        <Listing
          what="the runs"
          label="Runs"
          answer={answer}
          isEmpty={runs.length === 0}
          empty={
            isFiltered ? (
              <EmptyState
                icon={text ? 'search' : 'filter'}
                title={text ? `No run is about “${text}”` : 'No run fits this filter'}
                actions={!text && <Button onClick={() => change(ALL)}>Show all runs</Button>}
              />
            ) : (
              <NothingYet />
            )
          }
          columns={COLUMNS}
          rows={8}
        >
          {runs.map((run) => (
            <RunRowView key={run.id} run={run} now={now} />
          ))}
        </Listing>
      </div>
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
    </main>
  );
}

function NothingYet() {
  return (
    <EmptyState
      icon="play"
      title="Nothing has run yet"
      actions={
        <>
          <ButtonLink look="primary" icon="upload" needs="author" to="/library">
            Upload a CAD file
          </ButtonLink>
          <ButtonLink needs="order" to="/orders">
            Place an order
          </ButtonLink>
        </>
      }
    >
      Upload a STEP file to take it in, or place an order to have it rendered. Every run shows up here, live.
    </EmptyState>
  );
}
