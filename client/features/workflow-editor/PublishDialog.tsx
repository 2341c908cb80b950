import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Callout } from '../../components/Callout.js';
import { Dialog } from '../../components/Dialog.js';
import { Labelled } from '../../components/Labelled.js';
import { useNotify } from '../../components/Notices.js';
import { SubmitButtons } from '../../components/SubmitButtons.js';
import { graphql } from '../../gql/index.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { GraphDiff } from './GraphDiff.js';

const Publish = graphql(`
  mutation PublishWorkflow($input: PublishWorkflowInput!) {
    publishWorkflow(input: $input) {
      __typename
      ... on Workflow {
        id
        hasUnpublishedChanges
        latestVersion {
          id
          number
        }
      }
      ...ProblemParts
    }
  }
`);

const Preview = graphql(`
  query PublishPreview($id: ID!) {
    workflow(id: $id) {
      id
      publishPreview {
        diff {
          ...GraphDiffParts
        }
        affected {
          outputType {
            id
            name
          }
          losses {
            code
            message
          }
        }
      }
    }
  }
`);

/** Makes the saved draft the newest version: shows what changes, and asks before an output type loses something. */
export function PublishDialog({
  workflow,
  revision,
  errors,
  onClose,
}: {
  workflow: { id: string; versionNumber: number | null };
  revision: number;
  /** What is wrong with the draft: it cannot be published until there is nothing. */
  errors: readonly string[];
  onClose: () => void;
}) {
  const notify = useNotify();
  const [note, setNote] = useState('');
  const [{ fetching }, publish] = useMutation(Publish);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [{ data: shown }] = useQuery({
    query: Preview,
    variables: { id: workflow.id },
    requestPolicy: 'network-only',
  });
  const [hasAccepted, setAccepted] = useState(false);
  const preview = shown?.workflow?.publishPreview;
  const harmed = preview?.affected.filter(({ losses }) => losses.length > 0) ?? [];
  const others = (preview?.affected.length ?? 0) - harmed.length;
  const next = (workflow.versionNumber ?? 0) + 1;
  const submit = async () => {
    const acceptedLosses = hasAccepted ? harmed.map(({ outputType }) => outputType.id) : [];
    const { data, error } = await publish({
      input: { workflowId: workflow.id, expectedRevision: revision, note, acceptedLosses },
    });
    const result = problemOf(data?.publishWorkflow, error);
    setProblem(result);
    if (result) return;
    notify({ text: `Version ${next} is published. New runs use it.` });
    onClose();
  };
  return (
    <Dialog
      title={`Publish version ${next}`}
      size="lg"
      onClose={onClose}
      onSubmit={submit}
      footer={
        <SubmitButtons
          look={harmed.length > 0 ? 'danger' : 'primary'}
          icon="check"
          isBusy={fetching}
          disabled={errors.length > 0 || (harmed.length > 0 && !hasAccepted)}
          onCancel={onClose}
        >
          Publish version {next}
        </SubmitButtons>
      }
    >
      {errors.length > 0 && (
        <Callout tone="bad" title="The draft cannot be published as it is">
          <ul className="issue-list">
            {errors.map((message) => (
              <li key={message}>{message}</li>
            ))}
          </ul>
        </Callout>
      )}
      <p>New runs of this workflow use the new version from now on. Runs under way finish with what they began with.</p>
      {preview?.diff && (
        <section className="publish-diff">
          <h3>Against version {workflow.versionNumber}</h3>
          <GraphDiff diff={preview.diff} />
        </section>
      )}
      {harmed.length > 0 && (
        <Callout
          tone="warn"
          title={harmed.length === 1 ? 'An output type loses something' : 'Output types lose something'}
        >
          <ul className="issue-list">
            {harmed.map(({ outputType, losses }) => (
              <li key={outputType.id}>
                <strong>{outputType.name}</strong>: {losses.map(({ message }) => message).join(' ')}
              </li>
            ))}
          </ul>
          <label className="accept">
            <input type="checkbox" checked={hasAccepted} onChange={(event) => setAccepted(event.target.checked)} />
            Publish it all the same
          </label>
        </Callout>
      )}
      {others > 0 && (
        <p className="muted">
          {others === 1 ? 'One output type runs' : `${others} output types run`} this workflow and{' '}
          {others === 1 ? 'keeps' : 'keep'} what {others === 1 ? 'it sells' : 'they sell'}.
        </p>
      )}
      <Labelled label="What changed" help="For whoever looks at the versions later. May stay empty.">
        {(ids) => (
          <textarea
            {...ids}
            className="control"
            rows={3}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        )}
      </Labelled>
      {problem && <ProblemCallout problem={problem} />}
    </Dialog>
  );
}
