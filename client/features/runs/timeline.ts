export interface TimedNode {
  nodeId: string;
  readyAt?: string | null;
  startedAt?: string | null;
  finishedAt?: string | null;
}

/** A node's bar; all in ms since the run was created. Null: that has not begun. */
export interface Bar {
  nodeId: string;
  waitFrom: number | null;
  runFrom: number | null;
  runTo: number | null;
}

/** Where every node's waiting and working lie in time; what still goes on reaches to `nowMs`. */
export function timelineBars(
  nodes: readonly TimedNode[],
  createdAt: string,
  nowMs: number,
): { bars: Bar[]; spanMs: number } {
  const zero = Date.parse(createdAt);
  const since = (iso: string | null | undefined) => (iso ? Math.max(0, Date.parse(iso) - zero) : null);
  const bars = nodes.map(({ nodeId, readyAt, startedAt, finishedAt }): Bar => {
    const runFrom = since(startedAt);
    return {
      nodeId,
      waitFrom: since(readyAt),
      runFrom,
      runTo: runFrom === null ? null : (since(finishedAt) ?? nowMs - zero),
    };
  });
  const spanMs = Math.max(1, ...bars.flatMap((bar) => [bar.waitFrom ?? 0, bar.runFrom ?? 0, bar.runTo ?? 0]));
  return { bars, spanMs };
}

/** Round places for about six ticks over the span, from 0. */
export function ticks(spanMs: number): number[] {
  const rough = spanMs / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? power * 10;
  return Array.from({ length: Math.floor(spanMs / step) + 1 }, (_, index) => index * step);
}
