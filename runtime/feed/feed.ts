import type pg from 'pg';
import type { Logger } from 'pino';
import { Listener } from '../listener.js';
import { FeedFollower, type FeedSource } from './follower.js';
import {
  checkPlace,
  FEED_PAGE,
  type FeedEntry,
  type FeedPlace,
  feedEnd,
  isAfter,
  readCursor,
  readFeed,
} from './rows.js';

/** How many entries are kept at hand for followers. Who is further behind reads from the table. */
const TAIL = 1_000;
const HELD_UP_MS = { first: 5, most: 250 };
const FAILED_MS = 500;

/** What happens to the runs and assets of the whole installation, live. One connection listens and one reader reads, however many
 * follow: they get the same objects. Everybody goes at their own pace, and what is kept for them does not grow: who is slow reads
 * the table again. */
export class Feed implements FeedSource {
  private readonly listener: Listener;
  /** How many follow it. */
  followers = 0;
  private waiting = new Set<() => void>();
  /** Entries between `from` and `end`, in their order. */
  private tail: FeedEntry[] = [];
  private from: FeedPlace | null = null;
  end: FeedPlace | null = null;
  private opening: Promise<FeedPlace> | null = null;
  private reading: Promise<void> | null = null;
  private isStale = false;
  private isClosed = false;

  constructor(
    private readonly pool: pg.Pool,
    databaseUrl: string,
    private readonly log: Logger,
  ) {
    const wake = () => void this.catchUp();
    this.listener = new Listener(databaseUrl, 'hartomat_feed', wake, wake);
  }

  /** Entries after `cursor` (from now on where it is null) that `matches`, as they come, until whoever follows returns.
   * @throws DomainError `BAD_CURSOR`, `CURSOR_EXPIRED`. */
  async follow(cursor: string | null, matches: (entry: FeedEntry) => boolean): Promise<FeedFollower> {
    const given = cursor === null ? null : readCursor(cursor);
    if (given) await checkPlace(this.pool, given);
    this.followers += 1;
    try {
      const end = await this.open();
      return new FeedFollower(this, given ?? end, matches);
    } catch (error) {
      this.leave();
      throw error;
    }
  }

  close(): Promise<void> {
    this.isClosed = true;
    return this.listener.close();
  }

  keeps(place: FeedPlace): boolean {
    return this.from !== null && !isAfter(this.from, place);
  }

  atHand(after: FeedPlace, matches: (entry: FeedEntry) => boolean): FeedEntry | null {
    let low = 0;
    let high = this.tail.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isAfter(this.tail[middle]!, after)) high = middle;
      else low = middle + 1;
    }
    for (; low < this.tail.length; low++) if (matches(this.tail[low]!)) return this.tail[low]!;
    return null;
  }

  async page(place: FeedPlace): Promise<FeedEntry[]> {
    const { entries } = await readFeed(this.pool, place);
    return entries;
  }

  onceGrown(grown: () => void): void {
    this.waiting.add(grown);
  }

  /** Begins to listen; what is written from then on is read. @returns the end of the feed. */
  private open(): Promise<FeedPlace> {
    if (this.end) return Promise.resolve(this.end);
    this.opening ??= (async () => {
      await this.listener.ready();
      const end = await feedEnd(this.pool);
      this.tail = [];
      this.from = end;
      this.end = end;
      // Whoever was told of something meanwhile had no end to read from.
      void this.catchUp();
      return end;
    })().finally(() => {
      this.opening = null;
    });
    return this.opening;
  }

  leave(grown?: () => void): void {
    if (grown) this.waiting.delete(grown);
    this.followers -= 1;
    if (this.followers > 0) return;
    this.tail = [];
    this.from = null;
    this.end = null;
  }

  private async catchUp(): Promise<void> {
    this.isStale = true;
    this.reading ??= this.read().finally(() => {
      this.reading = null;
    });
    await this.reading;
  }

  private async read(): Promise<void> {
    let heldUpMs = HELD_UP_MS.first;
    while (this.isStale && this.end && !this.isClosed) {
      this.isStale = false;
      try {
        const after = this.end;
        const { entries, isHeldUp } = await readFeed(this.pool, after);
        if (this.end !== after) continue;
        if (entries.length > 0) this.take(entries);
        if (entries.length === FEED_PAGE) this.isStale = true;
        else if (isHeldUp) {
          this.isStale = true;
          await new Promise((resolve) => setTimeout(resolve, heldUpMs));
          heldUpMs = entries.length > 0 ? HELD_UP_MS.first : Math.min(heldUpMs * 2, HELD_UP_MS.most);
        }
      } catch (err) {
        if (this.isClosed) return;
        this.log.warn({ err }, 'the feed could not be read; it is tried again');
        this.isStale = true;
        await new Promise((resolve) => setTimeout(resolve, FAILED_MS));
      }
    }
  }

  private take(entries: FeedEntry[]): void {
    this.tail.push(...entries);
    this.end = entries.at(-1)!;
    if (this.tail.length > TAIL) {
      const gone = this.tail.splice(0, this.tail.length - TAIL);
      this.from = gone.at(-1)!;
    }
    const waiting = this.waiting;
    this.waiting = new Set();
    for (const grown of waiting) grown();
  }
}
