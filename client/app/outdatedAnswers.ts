import { type Exchange, makeOperation, mapExchange, type Operation } from 'urql';

/** Asks queries again whose answer was on its way while something was changed: it may not know of the change, and the client takes
 * asking again while an answer is on its way for the same question. To stand where operations leave for the server.
 * @param reexecute how the client runs an operation anew. */
export function outdatedAnswers(reexecute: (operation: Operation) => void): Exchange {
  /** Queries that wait for their answer, by key. They are kept as they came by here: the operation of an answer bears what exchanges
   * further on noted in it, such as that its hash was tried already. */
  const sent = new Map<number, { query: Operation; isOutdated: boolean }>();
  return mapExchange({
    onOperation(operation) {
      if (operation.kind === 'query') sent.set(operation.key, { query: operation, isOutdated: false });
      else if (operation.kind === 'teardown') sent.delete(operation.key);
    },
    onResult({ operation }) {
      if (operation.kind === 'mutation') for (const one of sent.values()) one.isOutdated = true;
      const answered = sent.get(operation.key);
      if (!answered) return;
      sent.delete(operation.key);
      const { query, isOutdated } = answered;
      if (!isOutdated) return;
      // Once this answer has been taken in: before, the client would take it for the same question.
      setTimeout(() => reexecute(makeOperation('query', query, { ...query.context, requestPolicy: 'network-only' })));
    },
  });
}
