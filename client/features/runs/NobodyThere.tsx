import { useEffect } from 'react';
import { useQuery } from 'urql';
import { ButtonLink } from '../../components/ButtonLink.js';
import { Callout } from '../../components/Callout.js';
import { readFragment } from '../../gql/index.js';
import { WORKERS_MS, WorkerState, WorkforceQuery, whyItWaits } from '../../shared/workforce.js';

/** Says of a run that waits why nobody takes its nodes, where that is so. */
export function NobodyThere({ capabilities }: { capabilities: readonly string[] }) {
  const [{ data }, refetch] = useQuery({
    query: WorkforceQuery,
    pause: capabilities.length === 0,
    requestPolicy: 'cache-and-network',
  });
  useEffect(() => {
    if (capabilities.length === 0) return;
    const asking = setInterval(() => refetch({ requestPolicy: 'network-only' }), WORKERS_MS);
    return () => clearInterval(asking);
  }, [capabilities.length, refetch]);
  if (!data) return null;
  const workers = readFragment(WorkerState, data.workers);
  return whyItWaits(capabilities, workers).map(({ title, advice }) => (
    <Callout key={title} tone="warn" title={title} actions={<ButtonLink to="/workers">Workers</ButtonLink>}>
      {advice}
    </Callout>
  ));
}
