import { LRUCache } from 'lru-cache';

/** Keeps the `max` values that were asked for last; asked for with `forceFetch(key, { context: how to make it })`. Who asks while one is
 * being made waits for the same, also where others push it out meanwhile; what failed is not kept. */
export const latest = <T extends object>(max: number) =>
  new LRUCache<string, T, () => Promise<T>>({
    max,
    ignoreFetchAbort: true,
    fetchMethod: (_key, _before, { context: make }) => make(),
  });

export type Latest<T extends object> = ReturnType<typeof latest<T>>;
