import { retry } from '../engine/engine.js';
import { isRetryable } from '../engine/transitions.js';
import { ConflictError, NotFoundError } from '../errors.js';
import type { Platform } from '../platform.js';
import { enqueueReady } from './enqueueReady.js';

/** Runs the failed, skipped and cancelled nodes of an ended run again; what succeeded is kept.
 * @throws ConflictError when the run is still going or has nothing left to do. */
export async function retryRun(
  platform: Pick<Platform, 'pool' | 'queues' | 'log'>,
  runId: string,
  by = 'owner',
): Promise<void> {
  const result = await retry(platform.pool, runId, by);
  if (result === null) throw new NotFoundError('run', runId);
  if (result.fallbackId)
    throw new ConflictError(
      'The legacy pipeline has taken over from this run. Retry its run instead.',
      'RUN_TAKEN_OVER',
    );
  if (result.isEmpty) throw new ConflictError('The run never had a step to run. Start a new one.', 'RUN_NOT_RETRYABLE');
  if (!isRetryable(result.before as never))
    throw new ConflictError(
      result.before === 'succeeded'
        ? 'The run succeeded; there is nothing to retry.'
        : `The run is still going (${result.before}).`,
      'RUN_NOT_RETRYABLE',
    );
  await enqueueReady(platform, result.ready);
}
