import { useEffect, useRef } from 'react';
import type { OperationContext } from 'urql';

/** Asks a query again and again while `isOn` and somebody looks at the page. */
export function useAskAgain(
  refetch: (context: Partial<OperationContext>) => void,
  everyMs: number,
  isOn: boolean = true,
): void {
  const latest = useRef(refetch);
  useEffect(() => {
    latest.current = refetch;
  });
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => {
      if (!document.hidden) latest.current({ requestPolicy: 'network-only' });
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, isOn]);
}
