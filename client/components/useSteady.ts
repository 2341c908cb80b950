import { useCallback, useRef } from 'react';

/** A function that stays the same however often its component is drawn, and does what the newest drawing says: for parts that are
 * drawn anew with every handler they get. */
export function useSteady<Args extends unknown[], Result>(work: (...args: Args) => Result): (...args: Args) => Result {
  const latest = useRef(work);
  latest.current = work;
  return useCallback((...args: Args) => latest.current(...args), []);
}
