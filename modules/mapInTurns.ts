import { setImmediate as others } from 'node:timers/promises';
import type { ModuleContext } from './context.js';

/** How long it computes at a stretch, in milliseconds. */
const TURN_MS = 50;

/** `items.map(work)` for so many that it takes seconds: lets everybody else in this process have a turn now and then, says how far it
 * is, and stops when the signal aborts.
 * @param label - what people call an item: "Part".
 * @throws the signal's reason. */
export async function mapInTurns<Item, Result>(
  ctx: Pick<ModuleContext, 'signal' | 'progress'>,
  label: string,
  items: readonly Item[],
  work: (item: Item) => Result,
): Promise<Result[]> {
  const results: Result[] = [];
  let since = performance.now();
  for (const item of items) {
    if (performance.now() - since > TURN_MS) {
      ctx.progress(results.length / items.length, `${label} ${results.length} of ${items.length}`);
      await others();
      ctx.signal.throwIfAborted();
      since = performance.now();
    }
    results.push(work(item));
  }
  return results;
}
