import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';
import { EmptyState, Loading } from '../../components/EmptyState.js';
import { formatDateTime } from '../../components/format.js';
import { useNotify } from '../../components/Notices.js';
import { graphql } from '../../gql/index.js';
import { type Problem, problemFromError, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { GraphDiff } from './GraphDiff.js';

const History = graphql(`
  query WorkflowHistory($id: ID!, $after: String) {
    workflow(id: $id) {
      id
      versions(first: 20, after: $after) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        edges {
          node {
            id
            number
            note
            publishedBy
            publishedAt
          }
        }
      }
    }
  }
`);

const Difference = graphql(`
  query WorkflowDifference($workflowId: ID!, $from: Int!, $to: Int) {
    workflowDiff(workflowId: $workflowId, from: $from, to: $to) {
      ...GraphDiffParts
    }
  }
`);

const Restore = graphql(`
  mutation RestoreWorkflowVersion($input: RestoreWorkflowVersionInput!) {
    restoreWorkflowVersion(input: $input) {
      __typename
      ... on Workflow {
        id
        draft
        draftRevision
        hasUnpublishedChanges
        findings {
          code
          severity
          message
          nodeId
          path
        }
      }
      ...ProblemParts
    }
  }
`);

/** The published versions: what each one changed, and the way back to it. */
export function HistoryDialog({
  workflow,
  revision,
  onClose,
}: {
  workflow: { id: string; name: string };
  revision: number;
  onClose: () => void;
}) {
  const notify = useNotify();
  const [after, setAfter] = useState<string | null>(null);
  const [{ data, error, fetching }] = useQuery({
    query: History,
    variables: { id: workflow.id, after },
    requestPolicy: 'cache-and-network',
  });
  const [chosen, setChosen] = useState<number | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [{ fetching: isRestoring }, restore] = useMutation(Restore);
  const list = data?.workflow?.versions;
  const goBack = async ({ id: versionId, number }: { id: string; number: number }) => {
    const answer = await restore({ input: { workflowId: workflow.id, versionId, expectedRevision: revision } });
    const failed = problemOf(answer.data?.restoreWorkflowVersion, answer.error);
    setProblem(failed);
    if (failed) return;
    notify({ text: `The draft is what version ${number} was. Undo in the editor takes it back.` });
    onClose();
  };
  return (
    <Dialog title={`Versions of ${workflow.name}`} size="lg" onClose={onClose}>
      {error && <ProblemCallout problem={problemFromError(error)} title="The versions could not be loaded" />}
      {problem && <ProblemCallout problem={problem} title="The draft is as it was" />}
      {!list && fetching && <Loading label="Loading the versions" />}
      {list?.totalCount === 0 && (
        <EmptyState icon="flow" title="Nothing published yet">
          Every time you publish, the draft is kept here as a version that never changes.
        </EmptyState>
      )}
      {list && list.totalCount > 0 && (
        <ol className="history">
          {list.edges.map(({ node: version }) => (
            <li key={version.id}>
              <div className="history-row">
                <div>
                  <h3>Version {version.number}</h3>
                  <p className="muted">
                    {formatDateTime(version.publishedAt)}
                    {version.publishedBy && ` · ${version.publishedBy}`}
                  </p>
                  {version.note && <p>{version.note}</p>}
                </div>
                <div className="history-actions">
                  <Button
                    aria-expanded={chosen === version.number}
                    onClick={() => setChosen(chosen === version.number ? null : version.number)}
                  >
                    Compare
                  </Button>
                  <Button icon="undo" needs="author" isBusy={isRestoring} onClick={() => goBack(version)}>
                    Put into the draft
                  </Button>
                </div>
              </div>
              {chosen === version.number && <Comparison workflowId={workflow.id} number={version.number} />}
            </li>
          ))}
        </ol>
      )}
      {list?.pageInfo.hasNextPage && <Button onClick={() => setAfter(list.pageInfo.endCursor ?? null)}>Older</Button>}
      {after && <Button onClick={() => setAfter(null)}>Newest</Button>}
    </Dialog>
  );
}

/** What a version changed against the one before it, and what the saved draft changes against it. */
function Comparison({ workflowId, number }: { workflowId: string; number: number }) {
  const [{ data: before }] = useQuery({
    query: Difference,
    variables: { workflowId, from: number - 1, to: number },
    pause: number === 1,
  });
  const [{ data: since }] = useQuery({
    query: Difference,
    variables: { workflowId, from: number, to: null },
    requestPolicy: 'network-only',
  });
  return (
    <div className="comparison">
      {number > 1 && (
        <section>
          <h4>Against version {number - 1}</h4>
          {before?.workflowDiff && <GraphDiff diff={before.workflowDiff} />}
        </section>
      )}
      <section>
        <h4>The draft against it</h4>
        {since?.workflowDiff && <GraphDiff diff={since.workflowDiff} />}
      </section>
    </div>
  );
}
