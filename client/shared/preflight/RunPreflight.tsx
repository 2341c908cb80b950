import { useQuery } from 'urql';
import type { PreflightInput } from '../../gql/graphql.js';
import { readFragment } from '../../gql/index.js';
import { problemOf } from '../errors.js';
import { ProblemCallout } from '../Problem.js';
import { PreflightFields, RunPreflightQuery } from './operations.js';
import { PreflightReport } from './PreflightReport.js';

/** What a run would do, asked anew whenever it is about something else. */
export function RunPreflight({ input }: { input: PreflightInput }) {
  const [{ data, error, fetching }] = useQuery({
    query: RunPreflightQuery,
    variables: { input },
    requestPolicy: 'network-only',
  });
  if (fetching) return <p className="muted">Looking at what would run …</p>;
  const result = data?.preflight;
  const problem = problemOf(result, error);
  if (problem) return <ProblemCallout problem={problem} title="What would run is not known" />;
  if (result?.__typename !== 'Preflight') return null;
  return (
    <section aria-label="Preflight">
      <PreflightReport found={readFragment(PreflightFields, result)} isOpen={false} />
    </section>
  );
}
