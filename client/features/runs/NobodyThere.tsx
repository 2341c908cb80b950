import { useQuery } from 'urql';
import { ButtonLink } from '../../components/ButtonLink.js';
import { Callout } from '../../components/Callout.js';
import type { Capability } from '../../gql/graphql.js';
import { readFragment } from '../../gql/index.js';
import { useAskAgain } from '../../shared/useAskAgain.js';
import { WORKERS_MS, WorkerState, WorkforceQuery, whyItWaits } from '../../shared/workforce.js';

/** Says of a run that waits why nobody takes its nodes, where that is so. */
export function NobodyThere({ capabilities }: { capabilities: readonly Capability[] }) {
  const [{ data }, refetch] = useQuery({
    query: WorkforceQuery,
    pause: capabilities.length === 0,
    requestPolicy: 'cache-and-network',
  });
  useAskAgain(refetch, WORKERS_MS, capabilities.length > 0);
  if (!data) return null;
  const workers = readFragment(WorkerState, data.workers);
  return whyItWaits(capabilities, workers).map(({ title, advice }) => (
    <Callout key={title} tone="warn" title={title} actions={<ButtonLink to="/workers">Workers</ButtonLink>}>
      {advice}
    </Callout>
  ));
}
