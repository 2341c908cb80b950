import { useRouteError } from 'react-router';
import { Button } from '../components/Button.js';
import { EmptyState } from '../components/EmptyState.js';

/** What browsers say when a page's files do not come: the server is away, or a newer release has others. */
const NOT_LOADED = /dynamically imported module|importing a module script|error loading/i;

/** Shown when a page itself breaks, for example because a new release replaced its files. */
export function RouteFailure() {
  const error = useRouteError();
  const message = error instanceof Error ? error.message : 'unknown error';
  const isMissing = NOT_LOADED.test(message);
  return (
    <main id="main" className="page">
      <title>Something went wrong · HartOMat</title>
      <h1 className="visually-hidden">Something went wrong</h1>
      <EmptyState
        icon="alert"
        title={isMissing ? 'This page did not arrive' : 'This page could not be shown'}
        actions={
          <Button look="primary" icon="refresh" onClick={() => window.location.reload()}>
            Reload
          </Button>
        }
      >
        {isMissing ? (
          'The server does not answer, or HartOMat was brought up to date in the meantime. Reload the page.'
        ) : (
          <>
            Your work on the server is safe. Reload the page; if it happens again, tell whoever looks after HartOMat
            what it says here: <code>{message}</code>
          </>
        )}
      </EmptyState>
    </main>
  );
}
