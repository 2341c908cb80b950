import { useEffect, useSyncExternalStore } from 'react';
import { type Client, type CombinedError, makeOperation, type Operation, type OperationResult, useClient } from 'urql';

/** A question of the page that got no answer. */
export interface FailedQuery {
  operation: Operation;
  error: CombinedError;
  /** It is being asked again right now. */
  isAsking: boolean;
}

/** By the key of their operation. Replaced with every change, so that who looks sees one. */
let failed: ReadonlyMap<number, FailedQuery> = new Map();
/** Failures that a part of the page shows itself, with how many of its parts do. */
let stated: ReadonlyMap<CombinedError, number> = new Map();
const listeners = new Set<() => void>();
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
const tell = () => {
  for (const listener of listeners) listener();
};

function setFailed(key: number, query: FailedQuery | null): void {
  if (!query && !failed.has(key)) return;
  const next = new Map(failed);
  if (query) next.set(key, query);
  else next.delete(key);
  failed = next;
  tell();
}

/** Follows what is asked (`client/app/api.ts` tells): a query that failed counts until it is answered, or nobody wants it any more. */
export const queryWatch = {
  asked({ key, kind }: Operation): void {
    const query = failed.get(key);
    if (query) setFailed(key, kind === 'teardown' ? null : { ...query, isAsking: true });
  },
  answered({ operation, error, stale }: OperationResult): void {
    if (operation.kind !== 'query') return;
    // What the cache knows meanwhile is no answer of the server.
    if (error) setFailed(operation.key, { operation, error, isAsking: false });
    else if (!stale) setFailed(operation.key, null);
  },
};

/** Asks the server, whatever the cache knows. */
export function askAgain(client: Client, operation: Operation): void {
  client.reexecuteOperation(makeOperation('query', operation, { ...operation.context, requestPolicy: 'network-only' }));
}

/** Asks everything again that failed: what kept one from its answer mostly kept others too. */
export function askFailedAgain(client: Client): void {
  for (const { operation } of failed.values()) askAgain(client, operation);
}

function changeStated(error: CombinedError, by: 1 | -1): void {
  const count = (stated.get(error) ?? 0) + by;
  const next = new Map(stated);
  if (count > 0) next.set(error, count);
  else next.delete(error);
  stated = next;
  tell();
}

/** For the part of the page that shows a failure itself: the way to ask again.
 * @returns null where it is no failure of a query, or was answered since. */
export function useStatedFailure(error: CombinedError | undefined): { isAsking: boolean; onAsk: () => void } | null {
  const client = useClient();
  const all = useSyncExternalStore(subscribe, () => failed);
  useEffect(() => {
    if (!error) return;
    changeStated(error, 1);
    return () => changeStated(error, -1);
  }, [error]);
  const query = error && [...all.values()].find((each) => each.error === error);
  return query ? { isAsking: query.isAsking, onAsk: () => askFailedAgain(client) } : null;
}

/** Failed queries: all, and those that no part of the page shows. */
export function useFailedQueries(): { all: readonly FailedQuery[]; unstated: readonly FailedQuery[] } {
  const queries = useSyncExternalStore(subscribe, () => failed);
  const shown = useSyncExternalStore(subscribe, () => stated);
  const all = [...queries.values()];
  return { all, unstated: all.filter(({ error }) => !shown.has(error)) };
}
