import './parity.css';
import { useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { useMutation, useQuery } from 'urql';
import { Badge } from '../../components/Badge.js';
import { Button } from '../../components/Button.js';
import { EmptyState, Loading } from '../../components/EmptyState.js';
import { formatAgo, formatDateTime } from '../../components/format.js';
import { Pager } from '../../components/Pager.js';
import type { ParityStatus } from '../../gql/graphql.js';
import { graphql } from '../../gql/index.js';
import { type Problem, problemFromError, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { StatusBadge, type StatusLook } from '../../shared/status.js';
import { useAskAgain } from '../../shared/useAskAgain.js';
import { CompareDialog } from './CompareDialog.js';
import { ParityComparison } from './ParityComparison.js';

const ParityQuery = graphql(`
  query OutputTypeParity($id: ID!, $after: String) {
    outputType(id: $id) {
      id
      name
      parity {
        gate {
          streak
          needed
          isOpen
          reasons
        }
      }
      parityReports(first: 30, after: $after) {
        pageInfo {
          hasNextPage
          endCursor
        }
        edges {
          node {
            id
            status
            notCounted
            createdAt
            legacyRun {
              id
              cadFile {
                id
                name
              }
              orderLine {
                id
                product {
                  id
                  name
                }
              }
            }
          }
        }
      }
    }
  }
`);

const ReportQuery = graphql(`
  query ParityReport($id: ID!) {
    parityReport(id: $id) {
      id
      status
      notCounted
      reasons
      finishedAt
      legacyRun {
        id
      }
      graphRun {
        id
      }
      comparisons {
        role
        position
        ...ParityComparisonParts
      }
    }
  }
`);

const Rerun = graphql(`
  mutation RerunParity($id: ID!) {
    rerunParity(id: $id) {
      __typename
      ... on ParityReport {
        id
        status
      }
      ...ProblemParts
    }
  }
`);

/** How often a comparison that is not made yet is asked for. */
const ASKING_MS = 2_000;

const STATUS: Record<ParityStatus, StatusLook> = {
  waiting: { label: 'Waiting for the runs', tone: 'calm', icon: 'clock' },
  comparing: { label: 'Comparing', tone: 'busy', icon: 'refresh' },
  passed: { label: 'Passed', tone: 'ok', icon: 'check' },
  differs: { label: 'Differs', tone: 'bad', icon: 'alert' },
  incomparable: { label: 'Not comparable', tone: 'warn', icon: 'info' },
  failed: { label: 'Could not be made', tone: 'bad', icon: 'alert' },
};

/** Passed by looking at less than comparisons do now. */
const PASSED_SHORT: StatusLook = { label: 'Not counted', tone: 'warn', icon: 'check' };

const ParityBadge = ({ report }: { report: { status: ParityStatus; notCounted: string | null } }) => (
  <StatusBadge look={report.notCounted === null ? STATUS[report.status] : PASSED_SHORT} />
);

/** How the workflow of an output type compares with the legacy pipeline, order by order. */
export function Component() {
  const { outputTypeId = '' } = useParams();
  const [after, setAfter] = useState<string | null>(null);
  const [search, setSearch] = useSearchParams();
  const chosen = search.get('report');
  const setChosen = (report: string) => setSearch({ report }, { replace: true });
  const [isComparing, setComparing] = useState(false);
  const [{ data, error, fetching }, refetch] = useQuery({
    query: ParityQuery,
    variables: { id: outputTypeId, after },
    requestPolicy: 'cache-and-network',
  });
  const type = data?.outputType;
  const reports = type?.parityReports.edges.map(({ node }) => node) ?? [];
  const openId = chosen ?? reports[0]?.id ?? null;
  return (
    <main id="main" className="page" tabIndex={-1}>
      <title>{`Parity of ${type?.name ?? 'an output type'} · HartOMat`}</title>
      <header className="page-header">
        <div className="title-row">
          <h1 className="truncate">
            <Link to="/output-types" className="crumb">
              Output types
            </Link>{' '}
            / Parity{type && ` of ${type.name}`}
          </h1>
          {type?.parity && (
            <Badge tone={type.parity.gate.isOpen ? 'ok' : 'calm'} icon={type.parity.gate.isOpen ? 'check' : undefined}>
              {type.parity.gate.streak} of {type.parity.gate.needed} in a row
            </Badge>
          )}
        </div>
        <div className="page-actions">
          {type && (
            <Button icon="layers" needs="operate" onClick={() => setComparing(true)}>
              Compare two runs…
            </Button>
          )}
        </div>
      </header>
      {type?.parity && <p className="muted">{type.parity.gate.reasons.join(' ')}</p>}
      {error && <ProblemCallout problem={problemFromError(error)} title="The comparisons could not be loaded" />}
      {!data && fetching && <Loading label="Loading the comparisons" />}
      {data && !type && <EmptyState icon="search" title="There is no output type at this address" />}
      {type && reports.length === 0 && (
        <div className="card">
          <EmptyState icon="layers" title="Nothing has been compared yet">
            While its rollout is “Shadow”, orders of this output type are delivered by the legacy pipeline, the workflow
            runs beside them, and both results are compared here.
          </EmptyState>
        </div>
      )}
      {reports.length > 0 && (
        <div className="parity">
          <nav className="card parity-list" aria-label="Comparisons">
            <ul>
              {reports.map((report) => (
                <li key={report.id}>
                  <button
                    type="button"
                    aria-current={report.id === openId ? 'true' : undefined}
                    onClick={() => setChosen(report.id)}
                  >
                    <span className="parity-state">
                      <ParityBadge report={report} />
                      <span className="muted numeric" title={formatDateTime(report.createdAt)}>
                        {formatAgo(report.createdAt, Date.now())}
                      </span>
                    </span>
                    <span className="truncate">
                      {report.legacyRun.orderLine?.product.name ?? report.legacyRun.cadFile?.name}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
            <Pager label="Pages of comparisons" after={after} page={type?.parityReports.pageInfo} onPage={setAfter} />
          </nav>
          {openId && <Report key={openId} id={openId} />}
        </div>
      )}
      {isComparing && (
        <CompareDialog
          outputTypeId={outputTypeId}
          onClose={() => setComparing(false)}
          onAsked={(reportId) => {
            setComparing(false);
            setAfter(null);
            setChosen(reportId);
            refetch({ requestPolicy: 'network-only' });
          }}
        />
      )}
    </main>
  );
}

function Report({ id }: { id: string }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [{ data, error, fetching }, refetch] = useQuery({
    query: ReportQuery,
    variables: { id },
    requestPolicy: 'cache-and-network',
  });
  const [{ fetching: isAsking }, rerun] = useMutation(Rerun);
  const report = data?.parityReport;
  const isMade = report != null && report.status !== 'waiting' && report.status !== 'comparing';
  useAskAgain(refetch, ASKING_MS, report != null && !isMade);
  const failure = error && (
    <ProblemCallout problem={problemFromError(error)} title="The comparison could not be loaded" />
  );
  if (!report) return failure ?? (fetching ? <Loading label="Loading the comparison" /> : null);
  return (
    <section className="parity-report" aria-label="Comparison">
      {failure}
      <header className="card parity-head">
        <div>
          <ParityBadge report={report} />
          {report.notCounted && <p>{report.notCounted}</p>}
          {report.reasons.map((reason) => (
            <p key={reason}>{reason}</p>
          ))}
          <p className="muted">
            <Link to={`/runs/${report.legacyRun.id}`}>Legacy run</Link>
            {' · '}
            <Link to={`/runs/${report.graphRun.id}`}>Workflow run</Link>
            {report.finishedAt && ` · judged ${formatDateTime(report.finishedAt)}`}
          </p>
        </div>
        <Button
          icon="refresh"
          needs="operate"
          isBusy={isAsking}
          disabled={!isMade}
          onClick={async () => {
            const answer = await rerun({ id });
            setProblem(problemOf(answer.data?.rerunParity, answer.error));
            refetch({ requestPolicy: 'network-only' });
          }}
        >
          Judge again
        </Button>
      </header>
      {problem && <ProblemCallout problem={problem} title="It is not judged again" />}
      {report.comparisons.map((comparison) => (
        <ParityComparison key={`${comparison.role} ${comparison.position}`} comparison={comparison} />
      ))}
    </section>
  );
}
