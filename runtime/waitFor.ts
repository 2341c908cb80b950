import type { EventEmitter } from 'node:events';

/** Resolves with the name of whichever of `names` is emitted first, or with null on `signal`. */
export function waitFor<T extends string>(
  bus: EventEmitter,
  names: readonly T[],
  signal: AbortSignal,
): Promise<T | null> {
  return new Promise((resolve) => {
    const listeners = names.map((name) => [name, () => settle(name)] as const);
    const onAbort = () => settle(null);
    const settle = (name: T | null) => {
      for (const [each, listener] of listeners) bus.off(each, listener);
      signal.removeEventListener('abort', onAbort);
      resolve(name);
    };
    for (const [each, listener] of listeners) bus.on(each, listener);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
  });
}
