import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useRefusal } from '../components/access.js';
import { EmptyState } from '../components/EmptyState.js';
import type { Scope } from '../gql/graphql.js';

/** What a page is for, for those who may do it; the others are told why not, and where to go. */
export function Reserved({
  needs,
  home,
  children,
}: {
  needs: Scope;
  home: { to: string; label: string };
  children: ReactNode;
}) {
  const refusal = useRefusal(needs);
  if (refusal === null) return children;
  return (
    <div className="card">
      <EmptyState
        icon="shield"
        title="This page is not for your role"
        actions={
          <Link className="button button-primary" to={home.to}>
            {home.label}
          </Link>
        }
      >
        {refusal}
      </EmptyState>
    </div>
  );
}
