/** From when it goes well to when it goes slowly; milliseconds. */
export interface TimeRange {
  minMs: number;
  maxMs: number;
}

/** Where most of the samples lie: between their tenth and their ninetieth hundredth. `samples` must not be empty. */
export function rangeOf(samples: readonly number[]): TimeRange {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(Math.max(0, sorted[Math.round(share * (sorted.length - 1))]!));
  return { minMs: at(0.1), maxMs: at(0.9) };
}

/** How long nodes take together: at best all that can run at once does, at worst one comes after the other. Waiting for other
 * runs is not in it.
 * @param nodes in an order in which predecessors come first; `range` null: not known.
 * @returns null when the time of a node is not known. */
export function estimate(
  nodes: readonly { predecessors: readonly number[]; range: TimeRange | null }[],
): TimeRange | null {
  const ends: number[] = [];
  let maxMs = 0;
  for (const { predecessors, range } of nodes) {
    if (!range) return null;
    ends.push(Math.max(0, ...predecessors.map((idx) => ends[idx]!)) + range.minMs);
    maxMs += range.maxMs;
  }
  return { minMs: Math.max(0, ...ends), maxMs };
}
