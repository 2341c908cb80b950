import { useState } from 'react';
import { useMutation } from 'urql';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';
import type { RunStatus } from '../../gql/graphql.js';
import { graphql } from '../../gql/index.js';
import { type Problem, problemOf } from '../errors.js';
import { ProblemCallout } from '../Problem.js';

const CancelRun = graphql(`
  mutation CancelRun($id: ID!) {
    cancelRun(id: $id) {
      __typename
      ... on Run {
        id
        status
        lastSeq
      }
      ...ProblemParts
    }
  }
`);

const RetryRun = graphql(`
  mutation RetryRun($id: ID!) {
    retryRun(id: $id) {
      __typename
      ... on Run {
        id
        status
        lastSeq
      }
      ...ProblemParts
    }
  }
`);

const ASK = {
  cancel: {
    title: 'Cancel this run?',
    text: 'Nodes that wait are dropped at once, running ones are stopped within seconds. What is done stays, and you can retry later.',
    act: 'Cancel the run',
    back: 'Keep it running',
  },
  retry: {
    title: 'Retry this run?',
    text: 'Failed, skipped and cancelled nodes run again. What succeeded is kept.',
    act: 'Retry the run',
    back: 'Not now',
  },
} as const;

/** Cancel or retry, each after asking. */
export function RunActions({ id, status, onDone }: { id: string; status: RunStatus; onDone: () => void }) {
  const [asked, setAsked] = useState<keyof typeof ASK | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [cancelling, cancel] = useMutation(CancelRun);
  const [retrying, retry] = useMutation(RetryRun);
  const isBusy = cancelling.fetching || retrying.fetching;
  const close = () => {
    setAsked(null);
    setProblem(null);
  };
  const act = async () => {
    const result =
      asked === 'cancel'
        ? await cancel({ id }).then(({ data, error }) => problemOf(data?.cancelRun, error))
        : await retry({ id }).then(({ data, error }) => problemOf(data?.retryRun, error));
    setProblem(result);
    if (!result) close();
    onDone();
  };
  return (
    <>
      {(status === 'queued' || status === 'running' || status === 'cancelling') && (
        <Button
          icon="stop"
          needs={['operate', 'order']}
          isBusy={status === 'cancelling'}
          onClick={() => setAsked('cancel')}
        >
          {status === 'cancelling' ? 'Cancelling …' : 'Cancel'}
        </Button>
      )}
      {(status === 'failed' || status === 'partial' || status === 'cancelled') && (
        <Button look="primary" icon="refresh" needs="operate" onClick={() => setAsked('retry')}>
          Retry
        </Button>
      )}
      {asked && (
        <Dialog
          title={ASK[asked].title}
          onClose={close}
          footer={
            <>
              <Button onClick={close}>{ASK[asked].back}</Button>
              <Button look={asked === 'cancel' ? 'danger' : 'primary'} isBusy={isBusy} onClick={act}>
                {ASK[asked].act}
              </Button>
            </>
          }
        >
          <p>{ASK[asked].text}</p>
          {problem && <ProblemCallout problem={problem} />}
        </Dialog>
      )}
    </>
  );
}
