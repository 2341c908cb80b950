import { type ReactNode, useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';
import { EmptyState, Loading } from '../../components/EmptyState.js';
import { formatDateTime } from '../../components/format.js';
import { Labelled } from '../../components/Labelled.js';
import { useNotify } from '../../components/Notices.js';
import { Pager } from '../../components/Pager.js';
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
        draftUpgrade {
          ...GraphDiffParts
        }
        findings {
          ...EditorFinding
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
  workflow: { id: string; name: string; versionNumber: number | null };
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
  const [chosenNumber, setChosen] = useState<number | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [{ fetching: isRestoring }, restore] = useMutation(Restore);
  const list = data?.workflow?.versions;
  const versions = list?.edges.map(({ node }) => node) ?? [];
  const chosen = versions.find(({ number }) => number === chosenNumber) ?? versions[0];
  const goBack = async ({ id: versionId, number }: { id: string; number: number }) => {
    const answer = await restore({ input: { workflowId: workflow.id, versionId, expectedRevision: revision } });
    const failed = problemOf(answer.data?.restoreWorkflowVersion, answer.error);
    setProblem(failed);
    if (failed) return;
    notify({ text: `The draft is what version ${number} was. Undo in the editor takes it back.` });
    onClose();
  };
  return (
    <Dialog size="full" title={`Versions of ${workflow.name}`} onClose={onClose}>
      {error && <ProblemCallout problem={problemFromError(error)} title="The versions could not be loaded" />}
      {problem && <ProblemCallout problem={problem} title="The draft is as it was" />}
      {!list && fetching && <Loading label="Loading the versions" />}
      {list?.totalCount === 0 && (
        <EmptyState icon="flow" title="Nothing published yet">
          Every time you publish, the draft is kept here as a version that never changes.
        </EmptyState>
      )}
      {chosen && (
        <div className="history">
          <nav aria-label="Versions">
            <ol>
              {versions.map(({ id, number, publishedAt, publishedBy, note }) => (
                <li key={id}>
                  <button
                    type="button"
                    className="history-version"
                    aria-current={id === chosen.id}
                    onClick={() => setChosen(number)}
                  >
                    <strong>Version {number}</strong>
                    <span className="muted">
                      {formatDateTime(publishedAt)}
                      {publishedBy && ` · ${publishedBy}`}
                    </span>
                    {note && <span>{note}</span>}
                  </button>
                </li>
              ))}
            </ol>
            <Pager label="Pages of versions" after={after} page={list?.pageInfo} onPage={setAfter} />
          </nav>
          <VersionComparison
            key={chosen.id}
            workflowId={workflow.id}
            number={chosen.number}
            newest={workflow.versionNumber ?? chosen.number}
            act={
              <Button icon="undo" needs="author" isBusy={isRestoring} onClick={() => goBack(chosen)}>
                Put into the draft
              </Button>
            }
          />
        </div>
      )}
    </Dialog>
  );
}

const DRAFT = 'draft';

/** What differs between a version and another one, or the draft; at first the version before it. */
function VersionComparison({
  workflowId,
  number,
  newest,
  act,
}: {
  workflowId: string;
  number: number;
  /** Number of the newest version. */
  newest: number;
  /** What can be done with the version. */
  act: ReactNode;
}) {
  const [other, setOther] = useState(number > 1 ? String(number - 1) : DRAFT);
  const ends = other === DRAFT ? [number] : [number, Number(other)].sort((a, b) => a - b);
  const [{ data, error, fetching }] = useQuery({
    query: Difference,
    variables: { workflowId, from: ends[0]!, to: ends[1] ?? null },
    requestPolicy: 'network-only',
  });
  const others = Array.from({ length: newest }, (_, index) => newest - index).filter((each) => each !== number);
  return (
    <section className="comparison" aria-label={`Version ${number}`}>
      <header className="history-row">
        <Labelled label={`Version ${number} compared with`}>
          {(ids) => (
            <select {...ids} className="control" value={other} onChange={(event) => setOther(event.target.value)}>
              <option value={DRAFT}>The draft</option>
              {others.map((each) => (
                <option key={each} value={each}>
                  Version {each}
                </option>
              ))}
            </select>
          )}
        </Labelled>
        {act}
      </header>
      {error && <ProblemCallout problem={problemFromError(error)} title="They could not be compared" />}
      {!data && fetching && <Loading label="Comparing" />}
      {data?.workflowDiff && (
        <>
          <p className="muted">
            What {ends[1] ? `version ${ends[1]}` : 'the draft'} has otherwise than version {ends[0]}:
          </p>
          <GraphDiff diff={data.workflowDiff} />
        </>
      )}
    </section>
  );
}
