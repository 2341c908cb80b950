/** Where a stream was cut and how to go on: the variables of the next attempt. */
export interface Cursor {
  /** Takes a result in; returns false for one that was seen before. */
  take(data: Record<string, unknown> | null | undefined): boolean;
  variables(): Record<string, unknown>;
}

/** Follows `runEvents(after)`: a new attempt asks for what comes after the last sequence number seen, so nothing is missed
 * or repeated. Streams without such numbers start over. */
export function cursorOf(variables: Record<string, unknown> | null | undefined): Cursor {
  let last = typeof variables?.after === 'number' ? variables.after : null;
  return {
    take(data) {
      const seq = (data?.runEvents as { seq?: unknown } | undefined)?.seq;
      if (typeof seq !== 'number') return true;
      if (last !== null && seq <= last) return false;
      last = seq;
      return true;
    },
    variables: () => (last === null ? { ...variables } : { ...variables, after: last }),
  };
}

/** Waits longer after every failed attempt, 0.5 s to 10 s, with some chance so that a restarted server is not hit by all at once. */
export function retryDelayMs(attempt: number, random: number = Math.random()): number {
  return Math.min(10_000, 500 * 2 ** attempt) * (0.75 + random / 2);
}
