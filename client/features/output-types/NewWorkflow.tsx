import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Button } from '../../components/Button.js';
import { Labelled } from '../../components/Labelled.js';
import { TextField } from '../../components/TextField.js';
import type { Family } from '../../gql/graphql.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { Starters } from '../../shared/starters.js';
import { BeginWorkflow, PublishBegunWorkflow } from './operations.js';

/** Begins a workflow with a starter and publishes it, so that an output type can run it at once. */
export function NewWorkflow({
  family,
  onMade,
  onClose,
}: {
  family: Family;
  onMade: (workflowId: string) => void;
  onClose: () => void;
}) {
  const [{ data }] = useQuery({ query: Starters });
  const [beginning, begin] = useMutation(BeginWorkflow);
  const [publishing, publish] = useMutation(PublishBegunWorkflow);
  const [name, setName] = useState('');
  const [key, setKey] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const starters = data?.workflowStarters.filter((starter) => starter.family === family) ?? [];
  const starter = starters.find((each) => each.key === key) ?? starters[0];
  const submit = async () => {
    const made = await begin({
      input: { name, family, description: starter?.description, starter: starter?.key },
    });
    const workflow = made.data?.createWorkflow;
    const failed = problemOf(workflow, made.error);
    setProblem(failed);
    if (failed || workflow?.__typename !== 'Workflow') return;
    const done = await publish({ input: { workflowId: workflow.id, expectedRevision: workflow.draftRevision } });
    const refused = problemOf(done.data?.publishWorkflow, done.error);
    setProblem(refused);
    if (!refused) onMade(workflow.id);
  };
  return (
    <div className="sub-form">
      <TextField label="Name of the workflow" maxLength={200} value={name} onChange={setName} />
      <Labelled label="Begin with" help={starter?.description}>
        {(ids) => (
          <select
            {...ids}
            className="control"
            value={starter?.key ?? ''}
            onChange={(event) => setKey(event.target.value)}
          >
            {starters.map((each) => (
              <option key={each.key} value={each.key}>
                {each.name}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      <div className="page-actions">
        <Button
          isBusy={beginning.fetching || publishing.fetching}
          disabled={name.trim() === '' || !starter}
          onClick={submit}
        >
          Make and publish it
        </Button>
        <Button look="quiet" onClick={onClose}>
          Not now
        </Button>
      </div>
      {problem && <ProblemCallout problem={problem} title="The workflow was not made" />}
    </div>
  );
}
