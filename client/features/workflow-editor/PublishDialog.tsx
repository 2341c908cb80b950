import { useState } from 'react';
import { useMutation } from 'urql';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';
import { Labelled } from '../../components/Labelled.js';
import { graphql } from '../../gql/index.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';

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
      ... on Error {
        code
        message
      }
      ... on ValidationError {
        issues {
          path
          message
        }
      }
    }
  }
`);

/** Makes the saved draft the newest version. */
export function PublishDialog({
  workflow,
  revision,
  onClose,
}: {
  workflow: { id: string; versionNumber: number | null };
  revision: number;
  onClose: () => void;
}) {
  const [note, setNote] = useState('');
  const [{ fetching }, publish] = useMutation(Publish);
  const [problem, setProblem] = useState<Problem | null>(null);
  const next = (workflow.versionNumber ?? 0) + 1;
  const submit = async () => {
    const { data, error } = await publish({ input: { workflowId: workflow.id, expectedRevision: revision, note } });
    const result = problemOf(data?.publishWorkflow, error);
    setProblem(result);
    if (!result) onClose();
  };
  return (
    <Dialog
      title={`Publish version ${next}`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button look="primary" icon="check" isBusy={fetching} onClick={submit}>
            Publish version {next}
          </Button>
        </>
      }
    >
      <p>New runs of this workflow use the new version from now on. Runs under way finish with what they began with.</p>
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
