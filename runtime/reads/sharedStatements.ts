import { setImmediate } from 'node:timers/promises';
import type pg from 'pg';
import { AwaitedStatements, anyOf, type Waiting } from './awaitedStatements.js';
import { Gathering } from './gathering.js';

/** What one statement gave to everybody who asked for it. Nobody may change it. */
export class SharedResult {
  private readonly made = new Map<object, unknown>();

  constructor(readonly rows: readonly any[]) {}

  /** What is made of the rows, for all who want it of them once. @param way - the same object says: made in the same way */
  once<T>(way: object, make: (rows: readonly any[]) => T): T {
    if (!this.made.has(way)) this.made.set(way, make(this.rows));
    return this.made.get(way) as T;
  }
}

/** Runs statements that read. Clients ask for the same again and again, and all at once when they hear of a change: one statement does
 * for all that wait with the same text and the same values (gathering.ts says who waits). */
export class SharedStatements {
  private readonly awaited: AwaitedStatements;
  private readonly alike = new Gathering<
    { waiting: Waiting | undefined },
    { result: SharedResult; isShared: boolean }
  >();

  constructor(pool: pg.Pool) {
    this.awaited = new AwaitedStatements(pool);
  }

  /** @param waiting - undefined: somebody waits to the end
   * @throws DomainError `CANCELLED` where nobody waits any more; the database's error */
  async query(config: pg.QueryConfig, waiting: Waiting | undefined): Promise<SharedResult> {
    const sort = `${config.name ?? config.text} ${JSON.stringify(config.values, bigAsText)}`;
    const { result, isShared } = await this.alike.ask(sort, { waiting }, async (lot) => {
      const { rows } = await this.awaited.query(config, anyOf(lot.map((one) => one.waiting)));
      const shared = { result: new SharedResult(rows), isShared: lot.length > 1 };
      return lot.map(() => shared);
    });
    // One answer after the other is written to its end: side by side, all would be in memory at once, and half done.
    if (isShared) await setImmediate();
    return result;
  }
}

/** JSON has no big integers. In a list, so that they are not taken for texts. */
const bigAsText = (_key: string, value: unknown) => (typeof value === 'bigint' ? [String(value)] : value);
