import { GraphQLError } from 'graphql';
import { DomainError } from '../modules/errors.js';
import type { Feed } from '../runtime/feed/feed.js';
import type { FeedEntry } from '../runtime/feed/rows.js';

/** Entries of the feed after a cursor that `matches`, for a subscription.
 * @throws GraphQLError `BAD_CURSOR`, `CURSOR_EXPIRED`, before the first entry. */
export async function feedStream(
  feed: Feed,
  after: string | null | undefined,
  matches: (entry: FeedEntry) => boolean,
): Promise<AsyncIterableIterator<FeedEntry>> {
  try {
    return await feed.follow(after ?? null, matches);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new GraphQLError(error.message, { extensions: { code: error.code } });
  }
}
