import DataLoader from 'dataloader';
import type pg from 'pg';
import { type Artifact, type NodeRun, Prisma, type PrismaClient, type RunEvent } from '../generated/prisma/client.js';
import type { JsonObject } from '../modules/json.js';
import { artifactsIn, type PortValues } from '../runtime/runs/nodeInputs.js';
import type { WorkflowGraph } from '../workflow/graph.js';
import type { Plan } from '../workflow/plan.js';

/** What a run was planned to do, and the values its entry brought in. */
export interface RunPlanning {
  graph: WorkflowGraph;
  plan: Plan;
  entry: JsonObject | null;
}

/** Answers many keys with one query; keys asked for in the same tick go together. Nothing is remembered:
 * what is read is as new as the operation that asks. */
function batched<K, V>(load: (keys: readonly K[]) => Promise<(key: K) => V>, cacheKeyFn?: (key: K) => string) {
  return new DataLoader<K, V, K | string>(
    async (keys) => {
      const answer = await load([...new Map(keys.map((key) => [cacheKeyFn?.(key) ?? key, key])).values()]);
      return keys.map(answer);
    },
    { cache: false },
  );
}

/** Batches of what Prisma's selections cannot express. Nothing of a request is in them, so one set serves all. */
export function createLoaders(db: PrismaClient, pool: pg.Pool) {
  const planning = batched<string, RunPlanning | null>(async (runIds) => {
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
  const parts = batched<{ runId: string; idx: number }, NodeRun[]>(async (keys) => {
    const plans = await Promise.all(keys.map(({ runId }) => planning.load(runId)));
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
  const outputs = batched<string, Map<number, PortValues>>(async (runIds) => {
    const rows = await db.nodeRun.findMany({
      where: { runId: { in: [...runIds] }, outputs: { not: Prisma.DbNull } },
      select: { runId: true, idx: true, outputs: true },
      orderBy: [{ runId: 'asc' }, { idx: 'asc' }],
    });
    const byRun = new Map<string, Map<number, PortValues>>(runIds.map((id) => [id, new Map()]));
    for (const row of rows) byRun.get(row.runId)!.set(row.idx, row.outputs as unknown as PortValues);
    return (runId) => byRun.get(runId)!;
  });

  const artifact = batched<string, Artifact | null>(async (ids) => {
    const rows = await db.artifact.findMany({ where: { id: { in: [...ids] } } });
    const byId = new Map(rows.map((row) => [row.id, row]));
    return (id) => byId.get(id) ?? null;
  });

  /** Artifacts a run made, and those it took from the result cache, in the order of the plan. */
  const artifactsOfRun = batched<string, Artifact[]>(async (runIds) => {
    const [own, ...outputsOfRuns] = await Promise.all([
      db.artifact.findMany({ where: { runId: { in: [...runIds] } }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] }),
      ...runIds.map((id) => outputs.load(id)),
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
  const events = batched<{ runId: string; after: number; first: number }, RunEvent[]>(async (keys) => {
    const rows = await db.$queryRaw<(RunEvent & { place: number })[]>`
        select k.place, e.run_id as "runId", e.seq, e.at, e.type, e.node_id as "nodeId", e.data
        from unnest(${keys.map((key) => key.runId)}::uuid[], ${keys.map((key) => key.after)}::int[], ${keys.map((key) => key.first)}::int[])
          with ordinality as k(run_id, after, first, place)
        cross join lateral (
          select * from run_event where run_id = k.run_id and seq > k.after order by seq limit k.first
        ) e
        order by k.place, e.seq`;
    const places = new Map(keys.map((key, index) => [eventsKey(key), index + 1]));
    return (key) => rows.filter((row) => Number(row.place) === places.get(eventsKey(key)));
  }, eventsKey);

  /** The first `first` log lines of a node run, oldest first. */
  const log = batched<{ runId: string; nodeId: string; first: number }, RunEvent[]>(
    async (keys) => {
      const rows = await db.$queryRaw<RunEvent[]>`
        select run_id as "runId", seq, at, type, node_id as "nodeId", data
        from (
          select *, row_number() over (partition by run_id, node_id order by seq) as line
          from run_event
          where run_id = any(${[...new Set(keys.map((key) => key.runId))]}::uuid[])
            and node_id = any(${[...new Set(keys.map((key) => key.nodeId))]}::text[])
            and type = 'node.log'
        ) lines
        where line <= ${Math.max(...keys.map((key) => key.first))}
        order by seq`;
      return ({ runId, nodeId, first }) =>
        rows.filter((row) => row.runId === runId && row.nodeId === nodeId).slice(0, first);
    },
    ({ runId, nodeId, first }) => `${runId}/${nodeId}/${first}`,
  );

  /** Ids of the newest asset of each name that was delivered for an order line. */
  const deliveredAssets = batched<string, string[]>(async (lineIds) => {
    const { rows } = await pool.query<{ id: string; line: string }>({
      name: 'delivered-assets',
      text: `select distinct on (order_line_id, name) id, order_line_id as line from asset
        where order_line_id = any($1) order by order_line_id, name, published_at desc, id desc`,
      values: [lineIds],
    });
    return (lineId) => rows.filter(({ line }) => line === lineId).map(({ id }) => id);
  });

  return {
    deliveredAssets,
    planning,
    parts,
    outputs,
    artifact,
    artifactsOfRun,
    events,
    log,
  };
}

const placeKey = (key: { runId: string; idx: number }) => `${key.runId}/${key.idx}`;
const eventsKey = (key: { runId: string; after: number; first: number }) => `${key.runId}/${key.after}/${key.first}`;

export type Loaders = ReturnType<typeof createLoaders>;
