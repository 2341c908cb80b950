import { cancel } from '../engine/engine.js';
import { isCancellable } from '../engine/transitions.js';
import { ConflictError, NotFoundError } from '../errors.js';
import type { Platform } from '../platform.js';

/** Stops a run: nodes that wait are cancelled at once, running ones are killed by their workers within seconds. Asking twice does no harm.
 * @param by who asks, for the history.
 * @throws ConflictError when the run has ended. */
export async function cancelRun(platform: Pick<Platform, 'pool'>, runId: string, by = 'owner'): Promise<void> {
  const before = await cancel(platform.pool, runId, by);
  if (before === null) throw new NotFoundError('run', runId);
  if (before !== 'cancelling' && !isCancellable(before as never))
    throw new ConflictError(`The run has ended already (${before}), so there is nothing to cancel.`, 'RUN_ENDED');
}
