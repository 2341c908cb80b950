import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useMutation, useQuery } from 'urql';
import { Dialog } from '../../components/Dialog.js';
import { Labelled } from '../../components/Labelled.js';
import { SubmitButtons } from '../../components/SubmitButtons.js';
import { TextField } from '../../components/TextField.js';
import type { Family } from '../../gql/graphql.js';
import { graphql } from '../../gql/index.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { useFamilies, useUsualFamily } from '../../shared/families.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { Starters } from '../../shared/starters.js';

const Create = graphql(`
  mutation CreateWorkflow($input: CreateWorkflowInput!) {
    createWorkflow(input: $input) {
      __typename
      ... on Workflow {
        id
      }
      ...ProblemParts
    }
  }
`);

const FILE = 'file';

/** The family that an exported file is of; null where it says none that there is. What is wrong with it is the server's to say. */
function familyOf(text: string, families: readonly Family[]): Family | null {
  try {
    const { family } = JSON.parse(text) as { family?: unknown };
    return families.find((each) => each === family) ?? null;
  } catch {
    return null;
  }
}

/** Begins a workflow: with a starter, or with a file that was exported. */
export function NewWorkflowDialog({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const families = useFamilies();
  const [{ data }] = useQuery({ query: Starters });
  const [{ fetching }, create] = useMutation(Create);
  const [name, setName] = useState('');
  const [family, setFamily] = useState(useUsualFamily());
  const [beginning, setBeginning] = useState<string | null>(null);
  const [file, setFile] = useState<File | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const starters = data?.workflowStarters.filter((starter) => starter.family === family) ?? [];
  const chosen = beginning ?? starters[0]?.key ?? null;
  const starter = starters.find(({ key }) => key === chosen);
  /** The file says of itself what it is about, and is called something already. */
  const take = async (taken: File | null) => {
    setFile(taken);
    if (!taken) return;
    const said = familyOf(
      await taken.text(),
      families.map((each) => each.family),
    );
    if (said) setFamily(said);
    setName((typed) => typed || taken.name.replace(/\.json$/i, ''));
  };
  const submit = async () => {
    const source = chosen === FILE ? { file: await file?.text() } : { starter: chosen };
    const answer = await create({ input: { name, family, description: starter?.description, ...source } });
    const result = answer.data?.createWorkflow;
    const failed = problemOf(result, answer.error);
    setProblem(failed);
    if (!failed && result?.__typename === 'Workflow') navigate(`/workflows/${result.id}`);
  };
  return (
    <Dialog
      title="New workflow"
      onClose={onClose}
      onSubmit={submit}
      footer={
        <SubmitButtons
          isBusy={fetching}
          disabled={name.trim() === '' || chosen === null || (chosen === FILE && !file)}
          onCancel={onClose}
        >
          Make the workflow
        </SubmitButtons>
      }
    >
      <TextField label="Name" maxLength={200} value={name} onChange={setName} />
      <Labelled label="Family" help="What its runs are about. It cannot be changed later.">
        {(ids) => (
          <select
            {...ids}
            className="control"
            value={family}
            onChange={(event) => {
              setFamily(event.target.value as Family);
              setBeginning(null);
            }}
          >
            {families.map((each) => (
              <option key={each.family} value={each.family}>
                {each.label}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      <Labelled label="Begin with" help={chosen === FILE ? undefined : starter?.description}>
        {(ids) => (
          <select
            {...ids}
            className="control"
            value={chosen ?? ''}
            onChange={(event) => setBeginning(event.target.value)}
          >
            {starters.map(({ key, name }) => (
              <option key={key} value={key}>
                {name}
              </option>
            ))}
            <option value={FILE}>An exported file …</option>
          </select>
        )}
      </Labelled>
      {chosen === FILE && (
        <Labelled label="File">
          {(ids) => (
            <input
              {...ids}
              type="file"
              accept=".json,application/json"
              onChange={(event) => take(event.target.files?.[0] ?? null)}
            />
          )}
        </Labelled>
      )}
      {problem && <ProblemCallout problem={problem} title="The workflow was not made" />}
    </Dialog>
  );
}
