import DataLoader from 'dataloader';
import type pg from 'pg';
import { type Artifact, type NodeRun, Prisma, type RunEvent } from '../generated/prisma/client.js';
import type { JsonObject } from '../modules/json.js';
import { AwaitedStatements, anyOf, type Waiting } from '../runtime/reads/awaitedStatements.js';
import type { ReaderFor } from '../runtime/reads/client.js';
import { artifactsIn, type PortValues } from '../runtime/runs/nodeInputs.js';
import type { WorkflowGraph } from '../workflow/graph.js';
import type { Plan } from '../workflow/plan.js';

/** What a run was planned to do, and the values its entry brought in. */
export interface RunPlanning {
  graph: WorkflowGraph;
  plan: Plan;
  entry: JsonObject | null;
}

/** Answers many keys with one query; keys asked for in the same tick go together, whoever asks, and the query is broken off when
 * none of them waits any more. Nothing is remembered: what is read is as new as the operation that asks. */
function batched<K, V>(
  load: (keys: readonly K[], waiting: Waiting | undefined) => Promise<(key: K) => V>,
  cacheKeyFn?: (key: K) => string,
) {
  let everybody: (Waiting | undefined)[] = [];
  const loader = new DataLoader<K, V, K | string>(
    async (keys) => {
      const waiting = anyOf(everybody);
      everybody = [];
      const answer = await load([...new Map(keys.map((key) => [cacheKeyFn?.(key) ?? key, key])).values()], waiting);
      return keys.map(answer);
    },
    { cache: false },
  );
  return (key: K, waiting: Waiting | undefined): Promise<V> => {
    everybody.push(waiting);
    return loader.load(key);
  };
}

/** Batches of what Prisma's selections cannot express. One set serves all; each operation has them for who waits for its answer. */
export function createLoaders(readerFor: ReaderFor, pool: pg.Pool) {
  const statements = new AwaitedStatements(pool);

  const planning = batched<string, RunPlanning | null>(async (runIds, waiting) => {
    const db = readerFor(waiting);
    const runs = await db.run.findMany({
      where: { id: { in: [...runIds] } },
      select: { id: true, planHash: true, entry: true },
    });
    const plans = await db.runPlan.findMany({ where: { hash: { in: [...new Set(runs.map((run) => run.planHash))] } } });
    const planByHash = new Map(plans.map((plan) => [plan.hash, plan]));
    const byRun = new Map(runs.map(({ id, entry, planHash }) => [id, { entry, stored: planByHash.get(planHash) }]));
    return (runId) => {
      const run = byRun.get(runId);
      if (!run?.stored) return null;
      return {
        graph: run.stored.graph as unknown as WorkflowGraph,
        plan: run.stored.plan as unknown as Plan,
        entry: run.entry as JsonObject | null,
      };
    };
  });

  /** The parts of a node run, in their order. */
  const parts = batched<{ runId: string; idx: number }, NodeRun[]>(async (keys, waiting) => {
    const db = readerFor(waiting);
    const plans = await Promise.all(keys.map(({ runId }) => planning(runId, waiting)));
    const places = new Map(
      keys.map((key, at) => {
        const nodes = plans[at]?.plan.nodes ?? [];
        const whole = nodes[key.idx]?.id;
        return [placeKey(key), nodes.filter(({ part }) => part && part.nodeId === whole).map(({ idx }) => idx)];
      }),
    );
    const wanted = keys
      .map((key) => ({ runId: key.runId, idx: { in: places.get(placeKey(key))! } }))
      .filter(({ idx }) => idx.in.length > 0);
    const rows = wanted.length ? await db.nodeRun.findMany({ where: { OR: wanted }, orderBy: { idx: 'asc' } }) : [];
    return (key) => rows.filter((row) => row.runId === key.runId && places.get(placeKey(key))!.includes(row.idx));
  }, placeKey);

  /** Outputs of all node runs of a run, by position in the plan. */
  const outputs = batched<string, Map<number, PortValues>>(async (runIds, waiting) => {
    const rows = await readerFor(waiting).nodeRun.findMany({
      where: { runId: { in: [...runIds] }, outputs: { not: Prisma.DbNull } },
      select: { runId: true, idx: true, outputs: true },
      orderBy: [{ runId: 'asc' }, { idx: 'asc' }],
    });
    const byRun = new Map<string, Map<number, PortValues>>(runIds.map((id) => [id, new Map()]));
    for (const row of rows) byRun.get(row.runId)!.set(row.idx, row.outputs as unknown as PortValues);
    return (runId) => byRun.get(runId)!;
  });

  const artifact = batched<string, Artifact | null>(async (ids, waiting) => {
    const rows = await readerFor(waiting).artifact.findMany({ where: { id: { in: [...ids] } } });
    const byId = new Map(rows.map((row) => [row.id, row]));
    return (id) => byId.get(id) ?? null;
  });

  /** Artifacts a run made, and those it took from the result cache, in the order of the plan. */
  const artifactsOfRun = batched<string, Artifact[]>(async (runIds, waiting) => {
    const db = readerFor(waiting);
    const [own, ...outputsOfRuns] = await Promise.all([
      db.artifact.findMany({ where: { runId: { in: [...runIds] } }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] }),
      ...runIds.map((id) => outputs(id, waiting)),
    ]);
    const referenced = new Map(
      runIds.map((id, index) => [
        id,
        [...outputsOfRuns[index]!.values()].flatMap((ports) => artifactsIn(ports).map((artifact) => artifact.id)),
      ]),
    );
    const missing = new Set([...referenced.values()].flat());
    for (const row of own) missing.delete(row.id);
    const reused = missing.size ? await db.artifact.findMany({ where: { id: { in: [...missing] } } }) : [];
    const byId = new Map([...own, ...reused].map((row) => [row.id, row]));
    return (runId) => {
      const ids = new Set([
        ...referenced.get(runId)!,
        ...own.filter((row) => row.runId === runId).map((row) => row.id),
      ]);
      return [...ids].flatMap((id) => byId.get(id) ?? []);
    };
  });

  /** The first `first` events of a run after number `after`, oldest first. */
  const events = batched<{ runId: string; after: number; first: number }, RunEvent[]>(async (keys, waiting) => {
    const { rows } = await statements.query<RunEvent & { place: string }>(
      {
        name: 'events-after',
        text: `select k.place, e.run_id as "runId", e.seq, e.at, e.type, e.node_id as "nodeId", e.data
          from unnest($1::uuid[], $2::int[], $3::int[]) with ordinality as k(run_id, after, first, place)
          cross join lateral (
            select * from run_event where run_id = k.run_id and seq > k.after order by seq limit k.first
          ) e
          order by k.place, e.seq`,
        values: [keys.map(({ runId }) => runId), keys.map(({ after }) => after), keys.map(({ first }) => first)],
      },
      waiting,
    );
    const places = new Map(keys.map((key, index) => [eventsKey(key), index + 1]));
    return (key) => rows.filter((row) => Number(row.place) === places.get(eventsKey(key)));
  }, eventsKey);

  /** The first `first` log lines of a node run, oldest first. */
  const log = batched<{ runId: string; nodeId: string; first: number }, RunEvent[]>(
    async (keys, waiting) => {
      const { rows } = await statements.query<RunEvent>(
        {
          name: 'log-lines',
          text: `select run_id as "runId", seq, at, type, node_id as "nodeId", data
            from (
              select *, row_number() over (partition by run_id, node_id order by seq) as line
              from run_event
              where run_id = any($1::uuid[]) and node_id = any($2::text[]) and type = 'node.log'
            ) lines
            where line <= $3
            order by seq`,
          values: [
            [...new Set(keys.map(({ runId }) => runId))],
            [...new Set(keys.map(({ nodeId }) => nodeId))],
            Math.max(...keys.map(({ first }) => first)),
          ],
        },
        waiting,
      );
      return ({ runId, nodeId, first }) =>
        rows.filter((row) => row.runId === runId && row.nodeId === nodeId).slice(0, first);
    },
    ({ runId, nodeId, first }) => `${runId}/${nodeId}/${first}`,
  );

  /** Ids of the newest asset of each name that was delivered for an order line. */
  const deliveredAssets = batched<string, string[]>(async (lineIds, waiting) => {
    const { rows } = await statements.query<{ id: string; line: string }>(
      {
        name: 'delivered-assets',
        text: `select distinct on (order_line_id, name) id, order_line_id as line from asset
          where order_line_id = any($1) order by order_line_id, name, published_at desc, id desc`,
        values: [lineIds],
      },
      waiting,
    );
    return (lineId) => rows.filter(({ line }) => line === lineId).map(({ id }) => id);
  });

  return (waiting: Waiting | undefined) => {
    const forThem =
      <K, V>(load: (key: K, waiting: Waiting | undefined) => Promise<V>) =>
      (key: K) =>
        load(key, waiting);
    return {
      deliveredAssets: forThem(deliveredAssets),
      planning: forThem(planning),
      parts: forThem(parts),
      outputs: forThem(outputs),
      artifact: forThem(artifact),
      artifactsOfRun: forThem(artifactsOfRun),
      events: forThem(events),
      log: forThem(log),
    };
  };
}

const placeKey = (key: { runId: string; idx: number }) => `${key.runId}/${key.idx}`;
const eventsKey = (key: { runId: string; after: number; first: number }) => `${key.runId}/${key.after}/${key.first}`;

export type Loaders = ReturnType<ReturnType<typeof createLoaders>>;
