import type { RedisOptions } from 'ioredis';
import { DomainError } from '../../modules/errors.js';

const ANSWER_MS = 5_000;
const RECONNECT_MS = { first: 50, most: 2_000 };

/** Of connections that come back by themselves: soon, however long Redis was away. */
export const RECONNECTS = {
  retryStrategy: (times) => Math.min(RECONNECT_MS.first * 2 ** times, RECONNECT_MS.most),
} satisfies RedisOptions;

/** Of connections over which nobody waits for the end of an outage: what is asked meanwhile fails. Postgres knows what is to be done,
 * so nothing is lost by it. */
export const TELLS_OUTAGES = {
  ...RECONNECTS,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  commandTimeout: ANSWER_MS,
} satisfies RedisOptions;

/** @throws DomainError `QUEUE_UNREACHABLE` where Redis does not answer, or refuses us. */
export async function checkRedis(redisUrl: string): Promise<void> {
  // Loaded only where there is a Redis.
  const { Redis } = await import('ioredis');
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
    maxRetriesPerRequest: 0,
  });
  let reason = '';
  redis.on('error', (error: Error) => {
    reason = error.message;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    throw new DomainError(
      'QUEUE_UNREACHABLE',
      `The Redis of REDIS_URL does not answer (${reason || (error as Error).message}): check REDIS_URL and that Redis runs, or unset it to keep the queues in PostgreSQL.`,
    );
  } finally {
    redis.disconnect();
  }
}
