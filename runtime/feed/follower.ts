import { type FeedEntry, type FeedPlace, isAfter } from './rows.js';

const END = { done: true, value: undefined } as const;

/** What a follower reads from. */
export interface FeedSource {
  /** The newest place that can be told. */
  readonly end: FeedPlace | null;
  /** The first entry after a place that `matches`, where all since then are at hand; null: none of them does. */
  atHand(after: FeedPlace, matches: (entry: FeedEntry) => boolean): FeedEntry | null;
  /** Whether all that came after a place is at hand. */
  keeps(place: FeedPlace): boolean;
  page(after: FeedPlace): Promise<FeedEntry[]>;
  /** Has `grown` called once when there is more. */
  onceGrown(grown: () => void): void;
  /** @param grown - is not to be called any more. */
  leave(grown: () => void): void;
}

/** Somebody who reads the feed from a place on, at their own pace, and waits for more at its end. There are hundreds, and each is
 * woken by every entry: no generator, no listener and no signal comes between them and the feed. */
export class FeedFollower implements AsyncIterableIterator<FeedEntry, undefined> {
  private page: FeedEntry[] = [];
  private isClosed = false;
  private wake: () => void = () => {};

  constructor(
    private readonly source: FeedSource,
    private place: FeedPlace,
    private readonly matches: (entry: FeedEntry) => boolean,
  ) {}

  /** One at a time. */
  async next(): Promise<IteratorResult<FeedEntry, undefined>> {
    try {
      while (!this.isClosed) {
        const value = this.inPage() ?? this.atHand();
        if (value) return { done: false, value };
        const { end } = this.source;
        if (!this.source.keeps(this.place)) this.page = await this.source.page(this.place);
        // What was read while the page was on its way may not be on it.
        if (this.page.length === 0 && this.source.end === end && !this.isClosed) await this.grown();
      }
      return END;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Ends at once, also while somebody waits for the next entry. */
  async return(): Promise<IteratorResult<FeedEntry, undefined>> {
    this.close();
    return END;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.source.leave(this.wake);
    this.wake();
  }

  private grown(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      this.source.onceGrown(resolve);
    });
  }

  private inPage(): FeedEntry | null {
    for (;;) {
      const entry = this.page.shift();
      if (!entry) return null;
      this.place = entry;
      if (this.matches(entry)) return entry;
    }
  }

  private atHand(): FeedEntry | null {
    if (!this.source.keeps(this.place)) return null;
    const entry = this.source.atHand(this.place, this.matches);
    const seen = entry ?? this.source.end!;
    // A page may reach further than what is at hand.
    if (isAfter(seen, this.place)) this.place = seen;
    return entry;
  }
}
