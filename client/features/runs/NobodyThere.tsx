import { useEffect } from 'react';
import { useQuery } from 'urql';
import { ButtonLink } from '../../components/ButtonLink.js';
import { Callout } from '../../components/Callout.js';
import { readFragment } from '../../gql/index.js';
import { WORKERS_MS, WorkerState, WorkforceQuery, whyNobody } from '../../shared/workforce.js';

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
  return capabilities.map((capability) => {
    const why = whyNobody(capability, workers);
    return (
      why && (
        <Callout
          key={capability}
          tone="warn"
          title={why.title}
          actions={<ButtonLink to="/workers">Workers</ButtonLink>}
        >
          {why.advice}
        </Callout>
      )
    );
  });
}
