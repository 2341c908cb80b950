const FIRST_WAIT_S = 5;
const FACTOR = 4;
const MOST_S = 4 * 3600;
/** A fifth more or less, so that what failed together does not come back together. */
const JITTER = 0.2;

/** Attempts before a delivery is given up: after 5 s, 20 s, 80 s, 5 min, 21 min, 85 min, and three times 4 hours, some 14 hours in all. */
export const MAX_ATTEMPTS = 10;

/** How long to wait after attempt number `attempt` (from 1) failed, in milliseconds; null: it was the last.
 * @param random - 0 to 1. */
export function waitAfter(attempt: number, random = Math.random()): number | null {
  if (attempt >= MAX_ATTEMPTS) return null;
  const seconds = Math.min(FIRST_WAIT_S * FACTOR ** (attempt - 1), MOST_S);
  return Math.round(seconds * 1000 * (1 + JITTER * (2 * random - 1)));
}
