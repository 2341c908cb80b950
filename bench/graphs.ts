import { readFileSync } from 'node:fs';

interface Workload {
  nodes: string[];
  edges: [string, string][];
  fanout: { N: number[] };
  measures: { latency: { runs: number; warmup: number }; burst: { runs: number }; queueConcurrency: number };
}

export const WORKLOAD: Workload = JSON.parse(readFileSync(new URL('workload.json', import.meta.url), 'utf8'));

export interface BenchGraph {
  name: string;
  nodes: string[];
  edges: [string, string][];
  /** `paths` of the last node when every node ran exactly as wired. */
  expectedPaths: number;
}

export const W: BenchGraph = { name: 'W', nodes: WORKLOAD.nodes, edges: WORKLOAD.edges, expectedPaths: 6 };

/** 1 → n → 1. */
export function fanout(n: number): BenchGraph {
  const middle = Array.from({ length: n }, (_, i) => `m${i}`);
  return {
    name: `fanout-${n}`,
    nodes: ['first', ...middle, 'last'],
    edges: middle.flatMap((node): [string, string][] => [
      ['first', node],
      [node, 'last'],
    ]),
    expectedPaths: n,
  };
}
