import { createPostgresBackend, DelayedError, type Job, Queue, runMigrations, Worker, withBackend } from 'bullmq';
import pg from 'pg';
import { CAPABILITIES, type Capability } from '../../modules/define.js';
import { checkRedis, RECONNECTS, TELLS_OUTAGES } from './redis.js';

/** "Attempt this node", nothing more: Postgres says whether there still is something to attempt. */
export interface NodeJob {
  runId: string;
  idx: number;
}

/** A node that waits for a worker. */
export interface ReadyNode extends NodeJob {
  capability: Capability;
  step: string;
  /** Attempts begun so far. */
  attempt: number;
  delayMs?: number;
  /** Of a shadow run: taken only where nothing else waits. */
  isShadow?: boolean;
}

export interface QueueSettings {
  databaseUrl: string;
  redisUrl: string | null;
  /** Namespace of the queues, for several installations on one Redis. */
  prefix?: string;
}

const JOB_OPTIONS = { removeOnComplete: true, removeOnFail: true } as const;
/** Small pools: each queue and consumer has its own, and opens connections only when it needs them. */
const QUEUE_CONNECTIONS = 2;
const CONSUMER_CONNECTIONS = 4;
/** Up to so many jobs are written one by one: on Postgres the set-based insert costs as much as about ten of them. */
const FEW_JOBS = 8;
/** How long a job stays away that cannot be done now. */
const LATER_MS = 1_000;
/** A job that a power cut swallows is written again by the sweeper, so the queue need not wait for the disk. */
const UNSYNCED = '-c synchronous_commit=off';

type AnyQueue = Pick<Queue<NodeJob>, 'add' | 'addBulk' | 'getJobCounts' | 'close' | 'on' | 'waitUntilReady'>;
export type Consumer = Pick<Worker<NodeJob>, 'close' | 'pause' | 'on' | 'waitUntilReady'>;
/** `later`: the node cannot be attempted now, and its job goes back to the queue for a moment. */
export type Handled = 'done' | 'later';
type Handler = (job: NodeJob) => Promise<Handled>;

/** One BullMQ queue a capability, on PostgreSQL or, where a Redis URL is given, on Redis. */
export class Queues {
  private constructor(
    readonly backend: 'postgres' | 'redis',
    private readonly queues: Map<Capability, AnyQueue>,
    private readonly makeConsumer: (name: string, handler: Handler, concurrency: number) => Consumer,
    private readonly hangUp: () => Promise<void>,
  ) {}

  /** @throws DomainError `QUEUE_UNREACHABLE` where Redis does not answer. */
  static async open(settings: QueueSettings): Promise<Queues> {
    const opened = settings.redisUrl
      ? await onRedis(settings.redisUrl, settings.prefix)
      : await onPostgres(settings.databaseUrl);
    const queues = new Map(CAPABILITIES.map((capability) => [capability, opened.makeQueue(queueName(capability))]));
    return new Queues(settings.redisUrl ? 'redis' : 'postgres', queues, opened.makeConsumer, opened.hangUp);
  }

  /** Hears of what goes wrong beside the calls, such as an idle connection that drops. */
  onError(handler: (error: Error) => void): void {
    for (const queue of this.queues.values()) queue.on('error', handler);
  }

  /** Writes one job a node and attempt. A job that exists already is left as it is, so calling twice does no harm.
   * @throws Error at once, or within seconds, where the queue does not answer. */
  async enqueue(nodes: ReadyNode[]): Promise<void> {
    const byCapability = groupByCapability(nodes);
    await Promise.all(
      [...byCapability].map(async ([capability, group]) => {
        const queue = this.queues.get(capability)!;
        const jobs = group.map(jobOf);
        if (jobs.length > FEW_JOBS) await queue.addBulk(jobs);
        else await Promise.all(jobs.map(({ name, data, opts }) => queue.add(name, data, opts)));
      }),
    );
  }

  /** Starts to take jobs of a capability. `handler` must not throw for reasons that belong to the node. */
  consume(capability: Capability, concurrency: number, handler: Handler): Consumer {
    return this.makeConsumer(queueName(capability), handler, concurrency);
  }

  /** Jobs by state, by capability, for operators.
   * @throws Error where the queue does not answer, as `enqueue`. */
  async depths(): Promise<Record<Capability, Record<string, number>>> {
    const entries = await Promise.all(
      [...this.queues].map(async ([capability, queue]) => [capability, await queue.getJobCounts()] as const),
    );
    return Object.fromEntries(entries) as Record<Capability, Record<string, number>>;
  }

  /** Within seconds, also where the queue does not answer. */
  async close(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
    await this.hangUp();
  }
}

/** Behind every job without a priority. */
const SHADOW_PRIORITY = 100;

const jobOf = ({ runId, idx, step, attempt, delayMs, isShadow }: ReadyNode) => ({
  name: step,
  data: { runId, idx },
  opts: {
    ...JOB_OPTIONS,
    jobId: `${runId}-${idx}-${attempt}`,
    ...(delayMs ? { delay: delayMs } : {}),
    ...(isShadow ? { priority: SHADOW_PRIORITY } : {}),
  },
});

const queueName = (capability: Capability) => `hartomat-${capability}`;

function groupByCapability(nodes: ReadyNode[]): Map<Capability, ReadyNode[]> {
  const groups = new Map<Capability, ReadyNode[]>();
  for (const node of nodes) {
    const group = groups.get(node.capability);
    if (group) group.push(node);
    else groups.set(node.capability, [node]);
  }
  return groups;
}

interface Opened {
  makeQueue(name: string): AnyQueue;
  makeConsumer(name: string, handler: Handler, concurrency: number): Consumer;
  /** Ends what queues share, once they are closed. */
  hangUp(): Promise<void>;
}

const processorOf = (handler: Handler) => async (job: Job<NodeJob>, token?: string) => {
  if ((await handler(job.data)) === 'done') return;
  await job.moveToDelayed(Date.now() + LATER_MS, token);
  throw new DelayedError();
};

async function onPostgres(databaseUrl: string): Promise<Opened> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await runMigrations(client as never);
  } finally {
    await client.end();
  }
  const backend = withBackend(createPostgresBackend);
  const connection = (max: number) => ({ connectionString: databaseUrl, max, options: UNSYNCED });
  return {
    makeQueue: (name) =>
      new backend.Queue<NodeJob>(name, { connection: connection(QUEUE_CONNECTIONS) }) as unknown as AnyQueue,
    makeConsumer: (name, handler, concurrency) =>
      new backend.Worker<NodeJob>(name, processorOf(handler), {
        connection: connection(CONSUMER_CONNECTIONS),
        concurrency,
        ...CONSUMER_OPTIONS,
      }) as unknown as Consumer,
    hangUp: async () => {},
  };
}

async function onRedis(redisUrl: string, prefix?: string): Promise<Opened> {
  await checkRedis(redisUrl);
  const { Redis } = await import('ioredis');
  // One of our own for all queues: BullMQ cannot close its own while Redis is away.
  const connection = new Redis(redisUrl, TELLS_OUTAGES);
  const shared = prefix ? { prefix } : {};
  return {
    makeQueue: (name) => new Queue<NodeJob>(name, { connection, ...shared }),
    makeConsumer: (name, handler, concurrency) =>
      new Worker<NodeJob>(name, processorOf(handler), {
        connection: { url: redisUrl, ...RECONNECTS, maxRetriesPerRequest: null },
        concurrency,
        ...shared,
        ...CONSUMER_OPTIONS,
      }),
    hangUp: async () => {
      await connection.quit().catch(() => connection.disconnect());
    },
  };
}

/** A killed worker's jobs come back after half a minute at most; the sweeper is quicker, see worker/sweeper.ts. */
const CONSUMER_OPTIONS = { lockDuration: 30_000, stalledInterval: 15_000, maxStalledCount: 1_000 } as const;
