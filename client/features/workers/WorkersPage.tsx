import './workers.css';
import { useQuery } from 'urql';
import { Badge } from '../../components/Badge.js';
import { EmptyState } from '../../components/EmptyState.js';
import { formatAgo, formatDateTime } from '../../components/format.js';
import { Icon } from '../../components/Icon.js';
import { useNow } from '../../components/useNow.js';
import type { WorkerStateFragment as Worker } from '../../gql/graphql.js';
import { readFragment } from '../../gql/index.js';
import { Listing } from '../../shared/Listing.js';
import { useAskAgain } from '../../shared/useAskAgain.js';
import { CAPABILITY_WORDS, problemsOf, WORKERS_MS, WorkerState, WorkforceQuery } from '../../shared/workforce.js';
import { Queues } from './Queues.js';

function State({ worker }: { worker: Worker }) {
  return problemsOf(worker).length > 0 ? (
    <Badge tone="warn" icon="alert">
      Limited
    </Badge>
  ) : (
    <Badge tone="ok" icon="check">
      Ready
    </Badge>
  );
}

/** What its Blender can do, or why it cannot. */
function Tools({ worker }: { worker: Worker }) {
  const { blender, isAlive } = worker;
  const problems = problemsOf(worker);
  if (!worker.capabilities.includes('blender')) return <span className="muted">Does not render</span>;
  const cards = blender?.gpuDevices.map(({ name, type }) => `${name} (${type})`) ?? [];
  return (
    <div className="worker-tools">
      {blender && (
        <p>
          Blender {blender.version}
          <span className="muted">
            {' · '}
            {cards.length > 0 ? cards.join(', ') : 'no graphics card'}
            {' · '}
            {blender.hasOpenImageDenoise ? 'OpenImageDenoise' : 'plain denoiser'}
          </span>
        </p>
      )}
      {!blender && problems.length === 0 && <p className="muted">{isAlive ? 'Looking for Blender …' : 'Not known'}</p>}
      {problems.map((problem) => (
        <p key={problem} className={`worker-problem ${isAlive ? '' : 'muted'}`}>
          {isAlive && <Icon name="alert" size={14} />}
          <span>{problem}</span>
        </p>
      ))}
      {isAlive && problems.length > 0 && <p className="muted">It is looked for again every minute.</p>}
    </div>
  );
}

const COLUMNS = ['Machine', 'Takes', 'State', 'Blender and ffmpeg', 'Started', 'Last heard of'];
const GONE_COLUMNS = ['Machine', 'Took', 'Blender and ffmpeg', 'Started', 'Gone since'];

function WorkerRows({ workers, now }: { workers: readonly Worker[]; now: number }) {
  return workers.map((worker) => (
    <tr key={worker.id}>
      <td>
        {worker.host}
        <p className="field-help numeric worker-time">process {worker.pid}</p>
      </td>
      <td>{worker.capabilities.map((capability) => CAPABILITY_WORDS[capability]).join(', ')}</td>
      {worker.isAlive && (
        <td>
          <State worker={worker} />
        </td>
      )}
      <td>
        <Tools worker={worker} />
      </td>
      <td className="muted numeric worker-time">{formatDateTime(worker.startedAt)}</td>
      <td className="muted numeric worker-time" title={formatDateTime(worker.heartbeatAt)}>
        {formatAgo(worker.heartbeatAt, now)}
      </td>
    </tr>
  ));
}

/** Who does the work, and what keeps them from it. */
export function Component() {
  const [answer, refetch] = useQuery({
    query: WorkforceQuery,
    requestPolicy: 'cache-and-network',
  });
  useAskAgain(refetch, WORKERS_MS);
  const now = useNow(true);
  const workers = readFragment(WorkerState, answer.data?.workers ?? []);
  const alive = workers.filter(({ isAlive }) => isAlive);
  const gone = workers.filter(({ isAlive }) => !isAlive);
  return (
    <main id="main" className="page" tabIndex={-1}>
      <title>Workers · HartOMat</title>
      <header className="page-header">
        <h1>Workers</h1>
      </header>
      <div className="list-card">
        <Listing
          what="the workers"
          label="Workers that are running"
          answer={answer}
          isEmpty={alive.length === 0}
          empty={
            <EmptyState icon="zap" title="No worker is running">
              Runs wait until one is there. Start one: <code>npm run worker</code>
            </EmptyState>
          }
          columns={COLUMNS}
        >
          <WorkerRows workers={alive} now={now} />
        </Listing>
      </div>
      <Queues />
      {gone.length > 0 && (
        <section className="card">
          <div className="card-header">
            <h2>Gone</h2>
            <span className="muted numeric">{gone.length}</span>
            <span className="muted">in the last 24 hours</span>
          </div>
          <Listing
            what="the workers"
            label="Workers that are gone"
            answer={{ ...answer, error: undefined }}
            isEmpty={false}
            empty={null}
            columns={GONE_COLUMNS}
          >
            <WorkerRows workers={gone} now={now} />
          </Listing>
        </section>
      )}
    </main>
  );
}
