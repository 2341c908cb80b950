import { type BenchGraph, fanout, W, WORKLOAD } from './graphs.js';

/** Something that can run the benchmark graphs. */
export interface Contestant {
  name: string;
  prepare(graph: BenchGraph): Promise<void>;
  /** Resolves when the run has ended as its submitter sees it. Call the result to read `paths` of the last node, outside the measured time. */
  run(graph: BenchGraph): Promise<() => Promise<number>>;
  close(): Promise<void>;
}

export interface Figures {
  name: string;
  /** W, one at a time. */
  p50Ms: number;
  p95Ms: number;
  /** W, 200 at once. */
  runsPerSecond: number;
  /** One run of 1 → n → 1, by n; median of three. */
  fanoutMs: Record<number, number>;
}

async function checked(contestant: Contestant, graph: BenchGraph): Promise<number> {
  const startedAt = performance.now();
  const pathsOf = await contestant.run(graph);
  const elapsed = performance.now() - startedAt;
  const paths = await pathsOf();
  if (paths !== graph.expectedPaths)
    throw new Error(`${contestant.name}: ${graph.name} counted ${paths} paths instead of ${graph.expectedPaths}`);
  return elapsed;
}

const quantile = (sorted: number[], q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]!;

export async function measure(contestant: Contestant): Promise<Figures> {
  const { latency, burst } = WORKLOAD.measures;
  await contestant.prepare(W);
  for (let i = 0; i < latency.warmup; i++) await checked(contestant, W);
  // One burst unmeasured: who comes first must not pay for the compilers of Node and Postgres.
  await Promise.all(Array.from({ length: burst.runs }, () => contestant.run(W)));
  const single: number[] = [];
  for (let i = 0; i < latency.runs; i++) single.push(await checked(contestant, W));
  single.sort((a, b) => a - b);

  const startedAt = performance.now();
  const ended = await Promise.all(Array.from({ length: burst.runs }, () => contestant.run(W)));
  const burstMs = performance.now() - startedAt;
  for (const pathsOf of ended)
    if ((await pathsOf()) !== W.expectedPaths) throw new Error(`${contestant.name}: a run of the burst went wrong`);

  const fanoutMs: Record<number, number> = {};
  for (const n of WORKLOAD.fanout.N) {
    const graph = fanout(n);
    await contestant.prepare(graph);
    await checked(contestant, graph);
    const times = [
      await checked(contestant, graph),
      await checked(contestant, graph),
      await checked(contestant, graph),
    ].sort((a, b) => a - b);
    fanoutMs[n] = times[1]!;
  }
  return {
    name: contestant.name,
    p50Ms: quantile(single, 0.5),
    p95Ms: quantile(single, 0.95),
    runsPerSecond: (burst.runs * 1000) / burstMs,
    fanoutMs,
  };
}

/** How long something takes, in milliseconds. */
export async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}

export const median = (values: readonly number[]) =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );

/** `median (least to most)`, in whole milliseconds. */
export const summary = (values: readonly number[]) =>
  `${Math.round(median(values))} ms (${Math.round(Math.min(...values))} to ${Math.round(Math.max(...values))})`;
