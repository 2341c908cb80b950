import { useState } from 'react';
import { useMutation } from 'urql';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';
import { graphql } from '../../gql/index.js';
import { type Problem, problemOf } from '../errors.js';
import { ProblemCallout } from '../Problem.js';

const Rerun = graphql(`
  mutation RerunFromNode($input: RerunFromNodeInput!) {
    rerunFromNode(input: $input) {
      __typename
      ... on Run {
        id
      }
      ...ProblemParts
    }
  }
`);

/** Makes a node of an ended run anew in another run, after asking. */
export function RerunFromNode({
  runId,
  nodeId,
  label,
  onStarted,
}: {
  runId: string;
  nodeId: string;
  label: string;
  /** Takes the id of the new run. */
  onStarted: (runId: string) => void;
}) {
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [{ fetching }, rerun] = useMutation(Rerun);
  const close = () => {
    setAsking(false);
    setProblem(null);
  };
  const act = async () => {
    const { data, error } = await rerun({ input: { runId, nodeId } });
    setProblem(problemOf(data?.rerunFromNode, error));
    if (data?.rerunFromNode.__typename !== 'Run') return;
    close();
    onStarted(data.rerunFromNode.id);
  };
  return (
    <>
      <Button icon="refresh" needs="operate" onClick={() => setAsking(true)}>
        Run again from here
      </Button>
      {isAsking && (
        <Dialog
          title={`Run again from “${label}”?`}
          onClose={close}
          footer={
            <>
              <Button onClick={close}>Not now</Button>
              <Button look="primary" isBusy={fetching} onClick={act}>
                Start the run
              </Button>
            </>
          }
        >
          <p>
            Another run of the same graph and settings begins. This node and all that depends on it are made anew, even
            where results are kept; what comes before is reused.
          </p>
          <p className="muted">What is published becomes a new version, and messages are sent again.</p>
          {problem && <ProblemCallout problem={problem} />}
        </Dialog>
      )}
    </>
  );
}
