import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Dialog } from '../../components/Dialog.js';
import { formatDateTime } from '../../components/format.js';
import { Labelled } from '../../components/Labelled.js';
import { SubmitButtons } from '../../components/SubmitButtons.js';
import type { ComparableRunsQuery, RunFilter, RunMode } from '../../gql/graphql.js';
import { graphql } from '../../gql/index.js';
import { type Problem, problemFromError, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';

const RunsQuery = graphql(`
  query ComparableRuns($filter: RunFilter!) {
    runs(first: 50, filter: $filter) {
      edges {
        node {
          id
          mode
          createdAt
          orderLine {
            id
            lineNumber
            order {
              id
              number
            }
            product {
              id
              name
            }
          }
        }
      }
    }
  }
`);

const Compare = graphql(`
  mutation CompareRuns($input: CompareRunsInput!) {
    compareRuns(input: $input) {
      __typename
      ... on ParityReport {
        id
        status
      }
      ... on Error {
        code
        message
      }
    }
  }
`);

type Run = ComparableRunsQuery['runs']['edges'][number]['node'];
const WAY: Record<RunMode, string> = { legacy: 'legacy', graph: 'workflow', shadow: 'shadow' };

function nameOf({ mode, createdAt, orderLine }: Run): string {
  const line = orderLine && `order ${orderLine.order.number}, line ${orderLine.lineNumber}`;
  return [formatDateTime(createdAt), WAY[mode], line, orderLine?.product.name].filter(Boolean).join(' · ');
}

function useRuns(filter: RunFilter | null) {
  const [{ data, error, fetching }] = useQuery({
    query: RunsQuery,
    variables: { filter: filter ?? {} },
    pause: filter === null,
    requestPolicy: 'cache-and-network',
  });
  return { runs: filter ? (data?.runs.edges.map(({ node }) => node) ?? []) : [], error, fetching };
}

/** Any legacy run of an output type beside any run by workflow over the same product. */
export function CompareDialog({
  outputTypeId,
  onClose,
  onAsked,
}: {
  outputTypeId: string;
  onClose: () => void;
  /** With the id of the report, which workers make now. */
  onAsked: (reportId: string) => void;
}) {
  const [legacyRunId, setLegacyRunId] = useState('');
  const [graphRunId, setGraphRunId] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [{ fetching: isAsking }, compare] = useMutation(Compare);
  const ended = { outputTypeId, status: ['succeeded', 'partial'] } satisfies RunFilter;
  const legacy = useRuns({ ...ended, mode: ['legacy'] });
  const productId = legacy.runs.find(({ id }) => id === legacyRunId)?.orderLine?.product.id;
  const others = useRuns(productId ? { ...ended, productId, mode: ['graph', 'shadow'] } : null);
  const error = legacy.error ?? others.error;
  const submit = async () => {
    const answer = await compare({ input: { legacyRunId, graphRunId } });
    const result = answer.data?.compareRuns;
    setProblem(problemOf(result, answer.error));
    if (result?.__typename === 'ParityReport') onAsked(result.id);
  };
  return (
    <Dialog
      title="Compare two runs"
      size="lg"
      onClose={onClose}
      onSubmit={submit}
      footer={
        <SubmitButtons needs="operate" isBusy={isAsking} disabled={!legacyRunId || !graphRunId} onCancel={onClose}>
          Compare
        </SubmitButtons>
      }
    >
      {error && <ProblemCallout problem={problemFromError(error)} title="The runs could not be loaded" />}
      <Labelled
        label="Legacy run"
        help={
          legacy.runs.length === 0 && !legacy.fetching
            ? 'No legacy run of this output type has delivered yet.'
            : 'It is the measure.'
        }
      >
        {(ids) => (
          <select
            {...ids}
            className="control"
            value={legacyRunId}
            onChange={(event) => {
              setLegacyRunId(event.target.value);
              setGraphRunId('');
            }}
          >
            <option value="">Choose …</option>
            {legacy.runs.map((run) => (
              <option key={run.id} value={run.id}>
                {nameOf(run)}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      <Labelled
        label="Run by workflow"
        help={
          productId && others.runs.length === 0 && !others.fetching
            ? 'No workflow has made this product in this output type yet. Dispatch an order line with the workflow, or switch to shadow.'
            : 'Of the same product.'
        }
      >
        {(ids) => (
          <select
            {...ids}
            className="control"
            disabled={!productId}
            value={graphRunId}
            onChange={(event) => setGraphRunId(event.target.value)}
          >
            <option value="">Choose …</option>
            {others.runs.map((run) => (
              <option key={run.id} value={run.id}>
                {nameOf(run)}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      {problem && <ProblemCallout problem={problem} title="The runs are not compared" />}
    </Dialog>
  );
}
