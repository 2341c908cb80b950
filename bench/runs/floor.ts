import { randomUUID } from 'node:crypto';
import { createPostgresBackend, Queue, runMigrations, Worker, withBackend } from 'bullmq';
import pg from 'pg';
import type { BenchGraph } from '../graphs.js';
import type { Contestant } from '../measure.js';
import { noop, type Payload, RUN_INPUT } from '../step.js';

interface Job {
  graph: string;
  runId: string;
  node: string;
}
type Wiring = { first: string; last: string; predecessors: Map<string, string[]>; successors: Map<string, string[]> };

/** Where the floor keeps outputs and the counts of unmet predecessors. */
interface RunState {
  begin(runId: string, wiring: Wiring): Promise<void>;
  inputs(runId: string, nodes: string[]): Promise<Payload[]>;
  /** Records an output and returns the successors whose last predecessor this was. */
  finish(runId: string, node: string, output: Payload, successors: string[]): Promise<string[]>;
  paths(runId: string, node: string): Promise<number>;
  close(): Promise<void>;
}

/** As in runtime/queues/queues.ts: what is quickest with few jobs and with many. */
const FEW_JOBS = 8;

/** The same graphs as raw BullMQ jobs, one a node, and the least of a scheduler: a node's job writes its output, counts its
 * successors down and adds the jobs of those that became ready. No fences, history, progress, retries or recovery. */
export async function floor(
  urls: { databaseUrl: string; redisUrl: string | null },
  concurrency: number,
  stateIn: 'memory' | 'postgres',
): Promise<Contestant> {
  const name = `floor-${randomUUID()}`;
  const { queue, makeWorker } = urls.redisUrl ? onRedis(name, urls.redisUrl) : await onPostgres(name, urls.databaseUrl);
  const state = stateIn === 'memory' ? inMemory() : await inPostgres(urls.databaseUrl);
  const wirings = new Map<string, Wiring>();
  const done = new Map<string, () => void>();
  const jobOptions = { removeOnComplete: true, removeOnFail: true };

  const worker = makeWorker(async ({ graph, runId, node }) => {
    const wiring = wirings.get(graph)!;
    const before = wiring.predecessors.get(node) ?? [];
    const output = noop(node, before.length ? await state.inputs(runId, before) : [RUN_INPUT]);
    const ready = await state.finish(runId, node, output, wiring.successors.get(node) ?? []);
    const jobs = ready.map((next) => ({
      name: 'noop',
      data: { graph, runId, node: next },
      opts: { ...jobOptions, jobId: `${runId}-${next}` },
    }));
    if (jobs.length > FEW_JOBS) await queue.addBulk(jobs);
    else await Promise.all(jobs.map(({ name, data, opts }) => queue.add(name, data, opts)));
    if (node === wiring.last) done.get(runId)?.();
  }, concurrency);
  await worker.waitUntilReady();

  return {
    name: `raw BullMQ on ${urls.redisUrl ? 'Redis' : 'Postgres'}, state in ${stateIn === 'memory' ? 'memory' : 'Postgres'}`,
    async prepare(graph: BenchGraph) {
      wirings.set(graph.name, {
        first: graph.nodes[0]!,
        last: graph.nodes.at(-1)!,
        predecessors: group(graph.edges.map(([from, to]) => [to, from])),
        successors: group(graph.edges),
      });
    },
    async run(graph: BenchGraph) {
      const runId = randomUUID();
      const wiring = wirings.get(graph.name)!;
      const ended = new Promise<void>((resolve) => done.set(runId, resolve));
      await state.begin(runId, wiring);
      await queue.add(
        'noop',
        { graph: graph.name, runId, node: wiring.first },
        { ...jobOptions, jobId: `${runId}-${wiring.first}` },
      );
      await ended;
      done.delete(runId);
      return () => state.paths(runId, wiring.last);
    },
    async close() {
      await worker.close();
      await queue.close();
      await state.close();
    },
  };
}

function group(pairs: [string, string][]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [key, value] of pairs) groups.set(key, [...(groups.get(key) ?? []), value]);
  return groups;
}

type Handler = (job: Job) => Promise<void>;

function onRedis(name: string, url: string) {
  const connection = { url, maxRetriesPerRequest: null };
  return {
    queue: new Queue<Job>(name, { connection }),
    makeWorker: (handler: Handler, concurrency: number) =>
      new Worker<Job>(name, (job) => handler(job.data), { connection, concurrency }),
  };
}

async function onPostgres(name: string, connectionString: string) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await runMigrations(client as never);
  await client.end();
  const backend = withBackend(createPostgresBackend);
  return {
    queue: new backend.Queue<Job>(name, { connection: { connectionString, max: 4 } }) as unknown as Queue<Job>,
    makeWorker: (handler: Handler, concurrency: number) =>
      new backend.Worker<Job>(name, (job) => handler(job.data), {
        connection: { connectionString, max: 10 },
        concurrency,
      }) as unknown as Worker<Job>,
  };
}

function inMemory(): RunState {
  const runs = new Map<string, { pending: Map<string, number>; outputs: Map<string, Payload> }>();
  return {
    async begin(runId, wiring) {
      runs.set(runId, {
        pending: new Map([...wiring.predecessors].map(([node, before]) => [node, before.length])),
        outputs: new Map(),
      });
    },
    inputs: async (runId, nodes) => nodes.map((node) => runs.get(runId)!.outputs.get(node)!),
    async finish(runId, node, output, successors) {
      const { pending, outputs } = runs.get(runId)!;
      outputs.set(node, output);
      return successors.filter((next) => {
        pending.set(next, pending.get(next)! - 1);
        return pending.get(next) === 0;
      });
    },
    paths: async (runId, node) => runs.get(runId)!.outputs.get(node)!.paths,
    close: async () => {},
  };
}

async function inPostgres(connectionString: string): Promise<RunState> {
  const pool = new pg.Pool({ connectionString, max: 10 });
  await pool.query(
    'CREATE TABLE IF NOT EXISTS floor_node (run_id uuid, node text, pending int NOT NULL, output jsonb, PRIMARY KEY (run_id, node)) WITH (fillfactor = 50)',
  );
  return {
    async begin(runId, wiring) {
      const nodes = [...new Set([wiring.first, ...wiring.predecessors.keys()])];
      await pool.query({
        name: 'floor_begin',
        text: 'INSERT INTO floor_node (run_id, node, pending) SELECT $1, node, pending FROM unnest($2::text[], $3::int[]) AS n(node, pending)',
        values: [runId, nodes, nodes.map((node) => wiring.predecessors.get(node)?.length ?? 0)],
      });
    },
    async inputs(runId, nodes) {
      const { rows } = await pool.query({
        name: 'floor_inputs',
        text: 'SELECT node, output FROM floor_node WHERE run_id = $1 AND node = ANY($2)',
        values: [runId, nodes],
      });
      const outputs = new Map(rows.map(({ node, output }) => [node, output as Payload]));
      return nodes.map((node) => outputs.get(node)!);
    },
    async finish(runId, node, output, successors) {
      const { rows } = await pool.query({
        name: 'floor_finish',
        text: `WITH done AS (UPDATE floor_node SET output = $3 WHERE run_id = $1 AND node = $2)
               UPDATE floor_node SET pending = pending - 1 WHERE run_id = $1 AND node = ANY($4) RETURNING node, pending`,
        values: [runId, node, output, successors],
      });
      return rows.filter(({ pending }) => pending === 0).map((row) => row.node);
    },
    async paths(runId, node) {
      const { rows } = await pool.query('SELECT output FROM floor_node WHERE run_id = $1 AND node = $2', [runId, node]);
      return rows[0].output.paths;
    },
    close: () => pool.end(),
  };
}
