import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useClient, useQuery } from 'urql';
import { graphql } from '../../gql/index.js';
import { isTerminal } from '../status.js';
import { applyEvents, type LiveEvent, mergeEvents } from './liveRun.js';

const RunQuery = graphql(`
  query Run($id: ID!) {
    run(id: $id) {
      id
      title
      family
      status
      mode
      graph
      progress
      lastSeq
      createdAt
      startedAt
      finishedAt
      failure {
        code
        message
        nodeId
      }
      workflow {
        id
        name
      }
      workflowVersion {
        id
        number
      }
      cadFile {
        id
        name
      }
      orderLine {
        id
        lineNumber
        order {
          id
          number
        }
      }
      rerunFrom
      rerunOf {
        id
      }
      nodeRuns {
        id
        nodeId
        step
        label
        partOf {
          nodeId
          label
          size
          unit
        }
        moduleKey
        capability
        status
        attempt
        maxAttempts
        progress
        message
        isCached
        outputs {
          artifact {
            id
          }
        }
        readyAt
        startedAt
        finishedAt
        failure {
          code
          message
          nodeId
          failureClass
          details
        }
      }
      artifacts {
        ...RunFileParts
      }
      assets {
        id
        name
        kind
        artifact {
          id
        }
      }
      deliveries {
        ...SentMessage
      }
      events(after: 0, first: 500) {
        seq
        at
        type
        nodeId
        data
      }
    }
    nodeDefinitions {
      ...GraphDefinition
    }
  }
`);

const RunEvents = graphql(`
  subscription RunEvents($runId: ID!, $after: Int!) {
    runEvents(runId: $runId, after: $after) {
      seq
      at
      type
      nodeId
      data
    }
  }
`);

/** Events are taken in at most this often, so that a fan-out of a thousand nodes does not redraw a thousand times. */
const BATCH_MS = 80;
/** What is not in the events (outputs, files) is asked for again at most this often. */
const REFETCH_MS = 600;
const CHANGES_MORE: ReadonlySet<string> = new Set([
  'node.finished',
  'node.retrying',
  'run.started',
  'run.cancelling',
  'run.finished',
  'run.retried',
]);

const NO_EVENTS: readonly LiveEvent[] = [];

/** A run that stays up to date: its newest snapshot with the live events on top. Null: no run. */
export function useLiveRun(id: string | null) {
  const client = useClient();
  const [{ data, error, fetching, stale, operation }, refetch] = useQuery({
    query: RunQuery,
    variables: { id: id ?? '' },
    pause: id === null,
    requestPolicy: 'cache-and-network',
  });
  // While another run is on its way, the data is still of the last one.
  const snapshot = operation?.variables.id === id ? data?.run : undefined;
  const [heard, setHeard] = useState({ of: id, events: NO_EVENTS });
  const events = heard.of === id ? heard.events : NO_EVENTS;
  const hear = useCallback(
    (more: readonly LiveEvent[]) =>
      setHeard((known) => {
        const before = known.of === id ? known.events : NO_EVENTS;
        const after = mergeEvents(before, more);
        return known.of === id && after === before ? known : { of: id, events: after };
      }),
    [id],
  );
  const newestSeq = useRef(0);
  newestSeq.current = events.at(-1)?.seq ?? 0;

  useEffect(() => {
    if (snapshot) hear(snapshot.events);
  }, [snapshot, hear]);

  const run = useMemo(() => (snapshot ? applyEvents(snapshot, events) : snapshot), [snapshot, events]);
  const isBehind = run ? (events.at(-1)?.seq ?? 0) < run.lastSeq : false;
  const isStreaming = run ? !isTerminal(run.status) || isBehind : false;

  useEffect(() => {
    if (!isStreaming || id === null) return;
    let buffer: LiveEvent[] = [];
    let batchTimer: ReturnType<typeof setTimeout> | undefined;
    let refetchTimer: ReturnType<typeof setTimeout> | undefined;
    const askAgain = () => {
      refetchTimer = undefined;
      refetch({ requestPolicy: 'network-only' });
    };
    const takeIn = () => {
      batchTimer = undefined;
      const taken = buffer;
      buffer = [];
      hear(taken);
      if (taken.some((event) => CHANGES_MORE.has(event.type))) refetchTimer ??= setTimeout(askAgain, REFETCH_MS);
    };
    const { unsubscribe } = client
      .subscription(RunEvents, { runId: id, after: newestSeq.current })
      .subscribe((result) => {
        if (!result.data) return;
        buffer.push(result.data.runEvents);
        batchTimer ??= setTimeout(takeIn, BATCH_MS);
      });
    return () => {
      unsubscribe();
      clearTimeout(batchTimer);
      if (refetchTimer === undefined) return;
      // The end of the stream came with news that the snapshot does not have.
      clearTimeout(refetchTimer);
      askAgain();
    };
  }, [client, id, isStreaming, hear, refetch]);

  return {
    run,
    events,
    definitions: data?.nodeDefinitions,
    error,
    isLoading: (fetching || stale) && !snapshot,
    refetch: () => refetch({ requestPolicy: 'network-only' }),
  };
}

export type LiveRunData = NonNullable<ReturnType<typeof useLiveRun>['run']>;
export type LiveNodeData = LiveRunData['nodeRuns'][number];
