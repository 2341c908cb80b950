import { useState } from 'react';
import { useClient, useMutation } from 'urql';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';
import { Labelled } from '../../components/Labelled.js';
import { useNotify } from '../../components/Notices.js';
import { SubmitButtons } from '../../components/SubmitButtons.js';
import { saveFile } from '../../components/saveFile.js';
import { TextField } from '../../components/TextField.js';
import { graphql } from '../../gql/index.js';
import { type Problem, problemFromError, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { useArchiving } from '../../shared/useArchiving.js';

const Update = graphql(`
  mutation UpdateWorkflow($input: UpdateWorkflowInput!) {
    updateWorkflow(input: $input) {
      __typename
      ... on Workflow {
        id
        name
        description
      }
      ...ProblemParts
    }
  }
`);

const Archive = graphql(`
  mutation ArchiveWorkflow($id: ID!, $isArchived: Boolean!) {
    archiveWorkflow(id: $id, isArchived: $isArchived) {
      __typename
      ... on Workflow {
        id
        isArchived
      }
      ...ProblemParts
    }
  }
`);

const ExportFile = graphql(`
  query WorkflowFile($id: ID!) {
    workflow(id: $id) {
      id
      key
      exportFile
    }
  }
`);

/** What a workflow is called and for, its file, and the way into the archive and back. */
export function AboutDialog({
  workflow: { id, name: wasName, description: wasDescription, isArchived },
  onClose,
}: {
  workflow: { id: string; name: string; description: string; isArchived: boolean };
  onClose: () => void;
}) {
  const notify = useNotify();
  const [name, setName] = useState(wasName);
  const [description, setDescription] = useState(wasDescription);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [updating, update] = useMutation(Update);
  const [archiving, archive] = useMutation(Archive);
  const setArchived = useArchiving((refusal) => (refusal ? setProblem(refusal) : onClose()));
  const submit = async () => {
    const { data, error } = await update({ input: { workflowId: id, name, description } });
    const failed = problemOf(data?.updateWorkflow, error);
    setProblem(failed);
    if (failed) return;
    notify({ text: `“${name.trim()}” is saved.` });
    onClose();
  };
  return (
    <Dialog
      title="About the workflow"
      onClose={onClose}
      onSubmit={submit}
      footer={
        <SubmitButtons
          needs="author"
          isBusy={updating.fetching}
          disabled={name.trim() === '' || (name === wasName && description === wasDescription)}
          beside={
            <Button
              needs="author"
              isBusy={archiving.fetching}
              onClick={() =>
                setArchived(wasName, !isArchived, async (isAway) => {
                  const { data, error } = await archive({ id, isArchived: isAway });
                  return problemOf(data?.archiveWorkflow, error);
                })
              }
            >
              {isArchived ? 'Bring back' : 'Archive'}
            </Button>
          }
          onCancel={onClose}
        >
          Save
        </SubmitButtons>
      }
    >
      <TextField label="Name" maxLength={200} value={name} onChange={setName} />
      <Labelled label="What it is for" help="Shown in the list of workflows.">
        {(ids) => (
          <textarea
            {...ids}
            className="control"
            rows={4}
            value={description}
            onChange={(event) => setDescription(event.target.value)}
          />
        )}
      </Labelled>
      <ExportButton workflowId={id} onProblem={setProblem} />
      {problem && <ProblemCallout problem={problem} title="That did not go through" />}
    </Dialog>
  );
}

/** Hands out the saved draft as a file. */
function ExportButton({ workflowId, onProblem }: { workflowId: string; onProblem: (problem: Problem | null) => void }) {
  const client = useClient();
  const [isBusy, setBusy] = useState(false);
  const hand = async () => {
    setBusy(true);
    const { data, error } = await client
      .query(ExportFile, { id: workflowId }, { requestPolicy: 'network-only' })
      .toPromise();
    setBusy(false);
    onProblem(error ? problemFromError(error) : null);
    if (data?.workflow) saveFile(`${data.workflow.key}.json`, 'application/json', data.workflow.exportFile);
  };
  return (
    <div className="labelled">
      <Button icon="download" isBusy={isBusy} onClick={hand}>
        Export the draft
      </Button>
      <p className="field-help">A file to keep or to hand on; “New workflow” begins with it again.</p>
    </div>
  );
}
