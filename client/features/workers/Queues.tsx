import { useQuery } from 'urql';
import { Badge } from '../../components/Badge.js';
import { formatDuration } from '../../components/format.js';
import { useNow } from '../../components/useNow.js';
import type { QueuesQuery } from '../../gql/graphql.js';
import { graphql } from '../../gql/index.js';
import { Listing } from '../../shared/Listing.js';
import { useAskAgain } from '../../shared/useAskAgain.js';
import { CAPABILITY_WORDS } from '../../shared/workforce.js';

const Query = graphql(`
  query Queues {
    queues {
      capability
      waiting
      waitingSince
      retrying
      running
      workers
    }
  }
`);

/** Queues move by the second while anything runs. */
const QUEUES_MS = 3_000;

type Queue = QueuesQuery['queues'][number];

function State({ queue: { waiting, running, workers } }: { queue: Queue }) {
  if (workers === 0)
    return (
      <Badge tone={waiting > 0 ? 'bad' : 'warn'} icon="alert">
        Nobody takes from it
      </Badge>
    );
  if (waiting > 0)
    return (
      <Badge tone="calm" icon="clock">
        Queueing
      </Badge>
    );
  return running > 0 ? (
    <Badge tone="ok" icon="play">
      Flowing
    </Badge>
  ) : (
    <span className="muted">Idle</span>
  );
}

const number = (label: string) => ({ label, isEnd: true });
const COLUMNS = [
  'Queue',
  'State',
  number('Waiting'),
  number('Longest wait'),
  number('Running'),
  number('Retry later'),
  number('Workers'),
];

/** What waits for which workers. */
export function Queues() {
  const [answer, refetch] = useQuery({ query: Query, requestPolicy: 'cache-and-network' });
  useAskAgain(refetch, QUEUES_MS);
  const now = useNow(true);
  return (
    <section className="card">
      <div className="card-header">
        <h2>Queues</h2>
      </div>
      <Listing what="the queues" label="Queues" answer={answer} isEmpty={false} empty={null} columns={COLUMNS}>
        {answer.data?.queues.map((queue) => (
          <tr key={queue.capability}>
            <td>{CAPABILITY_WORDS[queue.capability]}</td>
            <td>
              <State queue={queue} />
            </td>
            <td className="cell-end numeric">{queue.waiting}</td>
            <td className="cell-end numeric worker-time">
              {queue.waitingSince ? formatDuration(now - Date.parse(queue.waitingSince)) : '–'}
            </td>
            <td className="cell-end numeric">{queue.running}</td>
            <td className="cell-end numeric">{queue.retrying}</td>
            <td className="cell-end numeric">{queue.workers}</td>
          </tr>
        ))}
      </Listing>
    </section>
  );
}
