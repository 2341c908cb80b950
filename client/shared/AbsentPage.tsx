import { Link } from 'react-router';
import type { CombinedError } from 'urql';
import { EmptyState, Loading } from '../components/EmptyState.js';
import { problemFromError } from './errors.js';
import { ProblemCallout } from './Problem.js';

/** The page of one thing for as long as it is not there: on its way, not to be loaded, or not at this address. */
export function AbsentPage({
  what,
  error,
  isLoading,
  home,
}: {
  /** In the middle of a sentence: `run`. */
  what: string;
  error: CombinedError | undefined;
  isLoading: boolean;
  /** Where all of them are. */
  home: { to: string; label: string };
}) {
  const problem = error && problemFromError(error);
  /** What is no id at all is no id of anything here. */
  const isAbsent = problem ? problem.code === 'BAD_ID' : !isLoading;
  return (
    <main id="main" className="page" tabIndex={-1}>
      <title>{`${what[0]!.toUpperCase()}${what.slice(1)} · HartOMat`}</title>
      <h1 className="visually-hidden">{`${what[0]!.toUpperCase()}${what.slice(1)}`}</h1>
      {problem && !isAbsent && <ProblemCallout problem={problem} title={`The ${what} could not be loaded`} />}
      {!error && isLoading && <Loading label={`Loading the ${what}`} rows={8} />}
      {isAbsent && (
        <EmptyState
          icon="search"
          title={`There is no ${what} at this address`}
          actions={
            <Link className="button button-primary" to={home.to}>
              {home.label}
            </Link>
          }
        >
          The link may be old, or what it led to was removed.
        </EmptyState>
      )}
    </main>
  );
}
