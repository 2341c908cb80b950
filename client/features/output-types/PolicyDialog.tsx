import type { JsonSchema } from '@jsonforms/core';
import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';
import { Loading } from '../../components/EmptyState.js';
import { SubmitButtons } from '../../components/SubmitButtons.js';
import { sameJson } from '../../components/sameJson.js';
import { SchemaForm } from '../../forms/SchemaForm.js';
import { graphql } from '../../gql/index.js';
import { type Problem, problemFromError, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';

const PolicyQuery = graphql(`
  query ParityPolicy($id: ID!) {
    parityPolicyForm {
      schema
      uiSchema
      defaults
    }
    outputType(id: $id) {
      id
      revision
      parity {
        policy
      }
    }
  }
`);

const SetPolicy = graphql(`
  mutation SetParityPolicy($input: SetParityPolicyInput!) {
    setParityPolicy(input: $input) {
      __typename
      ... on OutputType {
        id
        revision
      }
      ...ProblemParts
    }
  }
`);

/** What counts as the same for an output type, and how often it must have been the same. */
export function PolicyDialog({
  outputTypeId,
  onClose,
  onSaved,
}: {
  outputTypeId: string;
  onClose: () => void;
  onSaved: () => void;
}) {
  const [{ data, error }] = useQuery({
    query: PolicyQuery,
    variables: { id: outputTypeId },
    requestPolicy: 'network-only',
  });
  const [{ fetching }, save] = useMutation(SetPolicy);
  const [changed, setChanged] = useState<unknown>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const form = data?.parityPolicyForm;
  const outputType = data?.outputType;
  const stored = outputType?.parity?.policy;
  const policy = changed ?? stored;
  const submit = async () => {
    const answer = await save({ input: { outputTypeId, revision: outputType?.revision, policy } });
    const failed = problemOf(answer.data?.setParityPolicy, answer.error);
    setProblem(failed);
    if (failed) return;
    onSaved();
    onClose();
  };
  return (
    <Dialog
      title="Thresholds"
      size="lg"
      onClose={onClose}
      onSubmit={submit}
      footer={
        <>
          <Button
            look="quiet"
            disabled={!form || sameJson(policy, form.defaults)}
            onClick={() => setChanged(form?.defaults)}
          >
            Back to the defaults
          </Button>
          <SubmitButtons
            needs="author"
            isBusy={fetching}
            disabled={!outputType || sameJson(policy, stored)}
            onCancel={onClose}
          >
            Save
          </SubmitButtons>
        </>
      }
    >
      <p className="muted">
        Comparisons that were judged by other limits do not count towards the workflow until they are judged again.
      </p>
      {error && <ProblemCallout problem={problemFromError(error)} title="The thresholds could not be loaded" />}
      {problem && <ProblemCallout problem={problem} title="The thresholds were not changed" />}
      {!data && !error && <Loading label="Loading the thresholds" />}
      {form && outputType && (
        <SchemaForm
          schema={form.schema as JsonSchema}
          uiSchema={form.uiSchema}
          value={policy}
          defaults={form.defaults}
          messages={problem?.issues.map(({ path, message }) => ({ path: path.slice('/policy'.length), message }))}
          onChange={setChanged}
        />
      )}
    </Dialog>
  );
}
