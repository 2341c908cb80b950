import type { Logger } from 'pino';
import type { Queues, ReadyNode } from '../queues/queues.js';

/** Hands nodes to their queues. They are safe in the database by now, so a job that cannot be written is the sweeper's to write again. */
export async function enqueueReady(
  { queues, log }: { queues: Queues; log: Logger },
  ready: ReadyNode[] | null | undefined,
): Promise<void> {
  await queues
    .enqueue(ready ?? [])
    .catch((err) => log.error({ err }, 'jobs could not be written; the sweeper will write them again'));
}
