import { Link } from 'react-router';
import { EmptyState } from '../components/EmptyState.js';

export function NotFoundPage() {
  return (
    <main id="main" className="page" tabIndex={-1}>
      <title>Page not found · HartOMat</title>
      <h1 className="visually-hidden">Page not found</h1>
      <EmptyState
        icon="search"
        title="There is no page at this address"
        actions={
          <Link className="button button-primary" to="/runs">
            Go to the runs
          </Link>
        }
      >
        The link may be old, or a letter may be missing.
      </EmptyState>
    </main>
  );
}
