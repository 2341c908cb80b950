/** Where a stream was cut and how to go on: the variables of the next attempt. */
export interface Cursor {
  /** Takes a result in; returns false for one that was seen before. */
  take(data: Record<string, unknown> | null | undefined): boolean;
  variables(): Record<string, unknown>;
}

/** Follows streams whose events say where they are: `runEvents` by number, others by `cursor`. A new attempt asks for what comes
 * after the last one seen, so nothing is missed or repeated. Streams without either start over. */
export function cursorOf(variables: Record<string, unknown> | null | undefined): Cursor {
  let last = variables?.after ?? null;
  return {
    take(data) {
      const { seq, cursor } = (Object.values(data ?? {})[0] ?? {}) as { seq?: unknown; cursor?: unknown };
      if (typeof seq === 'number') {
        if (typeof last === 'number' && seq <= last) return false;
        last = seq;
      } else if (typeof cursor === 'string') last = cursor;
      return true;
    },
    variables: () => (last === null ? { ...variables } : { ...variables, after: last }),
  };
}

/** Waits longer after every failed attempt, 0.5 s to 10 s, with some chance so that a restarted server is not hit by all at once. */
export function retryDelayMs(attempt: number, random: number = Math.random()): number {
  return Math.min(10_000, 500 * 2 ** attempt) * (0.75 + random / 2);
}
