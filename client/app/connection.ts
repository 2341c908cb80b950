import { useSyncExternalStore } from 'react';

/** Which live streams are cut right now; the shell tells the person while there is one. */
const cut = new Set<object>();
const listeners = new Set<() => void>();
const reconnected = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};

export function reportCut(stream: object): void {
  cut.add(stream);
  tell();
}

export function reportAlive(stream: object): void {
  if (!cut.delete(stream)) return;
  tell();
  if (cut.size === 0) for (const listener of reconnected) listener();
}

/** Calls `listener` whenever the last stream that was cut is live again. */
export function onReconnected(listener: () => void): void {
  reconnected.add(listener);
}

/** True while the server does not answer a stream that should be live. */
export function useIsDisconnected(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => cut.size > 0,
  );
}
