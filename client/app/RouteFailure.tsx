import { useRouteError } from 'react-router';
import { Button } from '../components/Button.js';
import { EmptyState } from '../components/EmptyState.js';

/** Shown when a page itself breaks, for example because a new release replaced its files. */
export function RouteFailure() {
  const error = useRouteError();
  return (
    <main id="main" className="page">
      <h1 className="visually-hidden">Something went wrong</h1>
      <EmptyState
        icon="alert"
        title="This page could not be shown"
        actions={
          <Button look="primary" icon="refresh" onClick={() => window.location.reload()}>
            Reload
          </Button>
        }
      >
        Your work on the server is safe. Reload the page; if it happens again, tell whoever looks after HartOMat what it
        says here: <code>{error instanceof Error ? error.message : 'unknown error'}</code>
      </EmptyState>
    </main>
  );
}
