import { useEffect } from 'react';
import { useClient } from 'urql';
import { Button } from '../components/Button.js';
import { Callout } from '../components/Callout.js';
import { problemFromError } from '../shared/errors.js';
import { askAgain, askFailedAgain, useFailedQueries } from '../shared/failedQueries.js';

/** A server that does not answer is asked again this often. */
const AGAIN_MS = 5_000;

/** Asks again what got no answer at all, for as long as somebody looks. Streams that were cut do it by themselves. */
export function useAskingAgain(): void {
  const client = useClient();
  const unanswered = useFailedQueries().all.filter(({ error, isAsking }) => error.networkError && !isAsking);
  const operations = unanswered.map(({ operation }) => operation);
  const keys = operations.map(({ key }) => key).join();
  useEffect(() => {
    if (!keys) return;
    const timer = setInterval(() => {
      if (!document.hidden) for (const operation of operations) askAgain(client, operation);
    }, AGAIN_MS);
    return () => clearInterval(timer);
  }, [keys, client]);
}

/** What of the page could not be loaded, where no part of it says so itself. */
export function LoadFailures({ isDisconnected }: { isDisconnected: boolean }) {
  const client = useClient();
  const failures = useFailedQueries().unstated.map((query) => ({ ...query, problem: problemFromError(query.error) }));
  const shown = failures.filter(
    // Pages say themselves that there is nothing at their address, the shell that the server is away.
    ({ problem, error }) => problem.code !== 'BAD_ID' && !(isDisconnected && error.networkError),
  );
  if (shown.length === 0) return null;
  return (
    <div className="load-failures">
      <Callout
        tone="bad"
        title="Not everything here could be loaded"
        actions={
          <Button icon="refresh" isBusy={shown.some(({ isAsking }) => isAsking)} onClick={() => askFailedAgain(client)}>
            Try again
          </Button>
        }
      >
        {[...new Set(shown.map(({ problem }) => problem.message))].map((message) => (
          <p key={message}>{message}</p>
        ))}
      </Callout>
    </div>
  );
}
