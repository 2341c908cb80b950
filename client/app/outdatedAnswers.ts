import { type Exchange, makeOperation, mapExchange, type Operation } from 'urql';

/** Asks queries again whose answer was on its way while something was changed: it may not know of the change, and the client takes
 * asking again while an answer is on its way for the same question. To stand where operations leave for the server.
 * @param reexecute how the client runs an operation anew. */
export function outdatedAnswers(reexecute: (operation: Operation) => void): Exchange {
  /** Queries that wait for their answer, by key, and whether something was changed since they were sent. */
  const sent = new Map<number, { isOutdated: boolean }>();
  return mapExchange({
    onOperation({ kind, key }) {
      if (kind === 'query') sent.set(key, { isOutdated: false });
      else if (kind === 'teardown') sent.delete(key);
    },
    onResult({ operation }) {
      if (operation.kind === 'mutation') for (const query of sent.values()) query.isOutdated = true;
      if (operation.kind !== 'query') return;
      const isOutdated = sent.get(operation.key)?.isOutdated;
      sent.delete(operation.key);
      if (!isOutdated) return;
      // Once this answer has been taken in: before, the client would take it for the same question.
      setTimeout(() =>
        reexecute(makeOperation('query', operation, { ...operation.context, requestPolicy: 'network-only' })),
      );
    },
  });
}
