import type { ReactNode } from 'react';
import { type CombinedError, useQuery } from 'urql';
import { AccessContext } from '../components/access.js';
import { Button } from '../components/Button.js';
import { EmptyState } from '../components/EmptyState.js';
import { Icon } from '../components/Icon.js';
import { graphql } from '../gql/index.js';
import { FamiliesContext } from '../shared/families.js';

const ViewerQuery = graphql(`
  query Viewer {
    viewer {
      name
      role
      scopes
    }
    families {
      family
      label
      description
      subject
    }
  }
`);

const SIGN_IN_CODES = new Set(['UNAUTHENTICATED', 'UNAUTHORIZED', 'FORBIDDEN']);

function needsSignIn(error: CombinedError): boolean {
  const status = (error.response as Response | undefined)?.status;
  return (
    status === 401 ||
    status === 403 ||
    error.graphQLErrors.some((each) => SIGN_IN_CODES.has(String(each.extensions?.code)))
  );
}

function SignInPage() {
  return (
    <main id="main" className="gate">
      <title>Sign in · HartOMat</title>
      <div className="gate-card">
        <span className="brand-mark">
          <Icon name="cube" size={24} />
        </span>
        <h1>Sign in to HartOMat</h1>
        <p>
          HartOMat lets you in by a link that works once. Open the one printed in the terminal where HartOMat was
          started; it begins with <code>{window.location.origin}</code>.
        </p>
        <p className="muted">
          Has the link been used or run out? Ask an admin for another, or start HartOMat again with{' '}
          <code>npm start</code>: it prints a fresh one.
        </p>
        <Button look="primary" icon="refresh" onClick={() => window.location.reload()}>
          I have signed in
        </Button>
      </div>
    </main>
  );
}

/** Lets nobody past who is not signed in, and says how to sign in. */
export function SignInGate({ children }: { children: ReactNode }) {
  const [{ data, error, fetching }, refetch] = useQuery({ query: ViewerQuery });
  if (data)
    return (
      <AccessContext value={data.viewer}>
        <FamiliesContext value={data.families}>{children}</FamiliesContext>
      </AccessContext>
    );
  if (error && needsSignIn(error)) return <SignInPage />;
  if (error)
    return (
      <main id="main" className="gate">
        <title>No connection · HartOMat</title>
        <h1 className="visually-hidden">HartOMat</h1>
        <EmptyState
          icon="alert"
          title="The server does not answer"
          actions={
            <Button
              look="primary"
              icon="refresh"
              isBusy={fetching}
              onClick={() => refetch({ requestPolicy: 'network-only' })}
            >
              Try again
            </Button>
          }
        >
          Check that HartOMat is running (<code>npm start</code>) and try again.
        </EmptyState>
      </main>
    );
  return null;
}
