import './catalogue.css';
import { useState } from 'react';
import { Link } from 'react-router';
import { useMutation, useQuery } from 'urql';
import { Badge } from '../../components/Badge.js';
import { Button } from '../../components/Button.js';
import { Callout } from '../../components/Callout.js';
import { EmptyState } from '../../components/EmptyState.js';
import { formatAgo, formatDateTime } from '../../components/format.js';
import { newKey } from '../../components/newKey.js';
import { Pager } from '../../components/Pager.js';
import type { Column } from '../../components/Table.js';
import type { StaleReasonCode } from '../../gql/graphql.js';
import { graphql } from '../../gql/index.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { Listing } from '../../shared/Listing.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { Thumb } from '../../shared/Thumb.js';

const StaleQuery = graphql(`
  query StaleAssets($filter: StaleAssetFilter, $after: String) {
    staleAssets(first: 50, filter: $filter, after: $after) {
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          asset {
            id
            name
            version
            publishedAt
            artifact {
              id
              mediaType
              thumbnailUrl
            }
            product {
              id
              name
            }
            outputType {
              id
              name
            }
            orderLine {
              id
              order {
                id
                number
              }
            }
            run {
              id
              cadFile {
                id
                name
              }
            }
          }
          reasons {
            code
            message
          }
        }
      }
    }
  }
`);

const Requeue = graphql(`
  mutation RequeueStaleAssets($input: RequeueStaleAssetsInput!) {
    requeueStaleAssets(input: $input) {
      __typename
      ... on DispatchBatch {
        started
        lines {
          orderLineId
          result {
            __typename
            ...ProblemParts
          }
        }
        cadFiles {
          cadFileId
          result {
            __typename
            ...ProblemParts
          }
        }
      }
      ...ProblemParts
    }
  }
`);

const REASON: Record<StaleReasonCode, string> = {
  cad_file: 'CAD file',
  materials: 'Materials',
  template: 'Template',
  workflow: 'Workflow',
  output_type: 'Output type',
};

const COLUMNS: Column[] = [{ label: 'Chosen', isHidden: true }, 'Asset', 'Product', 'Output type', 'Why', 'Published'];

interface Outcome {
  started: number;
  /** What kept the others from being started, each sentence once. */
  refused: string[];
}

/** What was delivered and would not come out the same today, with the reasons; made anew by a click. */
export function Component() {
  const [reason, setReason] = useState<StaleReasonCode | null>(null);
  const [after, setAfter] = useState<string | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [problem, setProblem] = useState<Problem | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [answer, refetch] = useQuery({
    query: StaleQuery,
    variables: { filter: reason && { reason }, after },
    requestPolicy: 'cache-and-network',
  });
  const [{ fetching: isQueueing }, requeue] = useMutation(Requeue);
  const rows = answer.data?.staleAssets.edges.map(({ node }) => node) ?? [];
  const ids = rows.map(({ asset }) => asset.id);
  const wanted = ids.filter((id) => chosen.has(id));
  const choose = (next: StaleReasonCode | null) => {
    setReason(next);
    setAfter(null);
  };
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const submit = async () => {
    const answer = await requeue({ input: { assetIds: wanted, idempotencyKey: newKey() } });
    const result = answer.data?.requeueStaleAssets;
    setProblem(problemOf(result, answer.error));
    if (result?.__typename !== 'DispatchBatch') return;
    const sentences = [...result.lines, ...result.cadFiles].flatMap(
      (one) => problemOf(one.result, undefined)?.message ?? [],
    );
    setOutcome({ started: result.started, refused: [...new Set(sentences)] });
    setChosen(new Set());
    refetch({ requestPolicy: 'network-only' });
  };
  return (
    <main id="main" className="page" tabIndex={-1}>
      <title>Out of date · HartOMat</title>
      <header className="page-header">
        <h1>Out of date</h1>
        <div className="page-actions">
          <label className="stale-filter">
            <span className="muted">Because of</span>
            <select
              className="control"
              value={reason ?? ''}
              onChange={(event) => choose((event.target.value || null) as StaleReasonCode | null)}
            >
              <option value="">anything</option>
              {Object.entries(REASON).map(([code, label]) => (
                <option key={code} value={code}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          {rows.length > 0 && (
            <label className="check-line">
              <input
                type="checkbox"
                checked={wanted.length === ids.length}
                onChange={() => setChosen(new Set(wanted.length === ids.length ? [] : ids))}
              />
              All on this page
            </label>
          )}
          <Button
            look="primary"
            icon="refresh"
            needs="operate"
            isBusy={isQueueing}
            disabled={wanted.length === 0}
            title={wanted.length === 0 ? 'Choose what to make anew.' : undefined}
            onClick={submit}
          >
            Make {wanted.length > 0 ? wanted.length : ''} anew
          </Button>
        </div>
      </header>
      {problem && <ProblemCallout problem={problem} title="Nothing was started" />}
      {outcome && (
        <Callout
          tone={outcome.refused.length > 0 ? 'warn' : 'ok'}
          title={`${outcome.started} ${outcome.started === 1 ? 'run was' : 'runs were'} started`}
          actions={<Link to="/runs">Watch them</Link>}
        >
          {outcome.refused.length > 0
            ? outcome.refused.join(' ')
            : 'What was delivered stays until the new versions are published; then it leaves this list.'}
        </Callout>
      )}
      <div className="list-card">
        <Listing
          what="what is out of date"
          label="Out of date"
          answer={answer}
          isEmpty={rows.length === 0}
          empty={
            <EmptyState
              icon="check"
              title={
                reason ? 'Nothing is out of date because of that' : after ? 'Nothing more' : 'Everything is up to date'
              }
              actions={reason && <Button onClick={() => choose(null)}>Show everything</Button>}
            >
              Assets appear here when the CAD file, a material or a rule for materials, the template, the workflow or
              the output type they were made with has changed since.
            </EmptyState>
          }
          columns={COLUMNS}
        >
          {rows.map(({ asset, reasons }) => (
            <tr key={asset.id}>
              <td className="cell-check">
                <input
                  type="checkbox"
                  aria-label={`Choose ${asset.name} of ${asset.product?.name ?? asset.run.cadFile?.name ?? 'no product'}`}
                  checked={chosen.has(asset.id)}
                  onChange={() => toggle(asset.id)}
                />
              </td>
              <td>
                <span className="stale-asset">
                  <Thumb file={asset.artifact} />
                  <span>
                    {asset.name}
                    <p className="cell-note">
                      version {asset.version}
                      {asset.orderLine && (
                        <>
                          {' · '}
                          <Link to={`/orders/${asset.orderLine.order.id}`}>order {asset.orderLine.order.number}</Link>
                        </>
                      )}
                    </p>
                  </span>
                </span>
              </td>
              <td>
                {asset.product?.name ?? asset.run.cadFile?.name}
                {!asset.product && <p className="cell-note">CAD file</p>}
              </td>
              <td className="muted">{asset.outputType?.name}</td>
              <td>
                <ul className="stale-reasons">
                  {reasons.map(({ code, message }) => (
                    <li key={message}>
                      <Badge tone="warn">{REASON[code]}</Badge> {message}
                    </li>
                  ))}
                </ul>
              </td>
              <td className="muted numeric" title={formatDateTime(asset.publishedAt)}>
                {formatAgo(asset.publishedAt, Date.now())}
              </td>
            </tr>
          ))}
        </Listing>
      </div>
      <Pager
        label="Pages of the list"
        after={after}
        page={answer.data?.staleAssets.pageInfo}
        words={['First', 'More']}
        onPage={setAfter}
      />
    </main>
  );
}
