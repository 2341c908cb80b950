import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { DomainError } from '../../modules/errors.js';

/** How often is looked whether anybody still waits for the statements that run. */
const LOOK_MS = 250;

/** Whoever waits for an answer, until they are gone. */
export type Waiting = Pick<AbortSignal, 'aborted'>;

/** As much of a pool as reads need. */
export interface Statements {
  query<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<pg.QueryResult<R>>;
}

interface Running {
  client: pg.PoolClient;
  waiting: Waiting;
  /** Set once the database was asked to break it off; settles when it has heard. */
  broken: Promise<void> | null;
}

/** Runs statements, and breaks those off that run on when nobody waits for them any more. It looks at all of them from time to time:
 * to have each hear of its client would cost every query something, and hardly any needs it. */
export class AwaitedStatements {
  private readonly running = new Set<Running>();
  private isWatching = false;

  constructor(private readonly pool: pg.Pool) {}

  /** @param waiting - undefined: somebody waits for good.
   * @throws DomainError `CANCELLED` where nobody waited even before it began; the database's error where it was broken off */
  async query<R extends pg.QueryResultRow>(
    config: pg.QueryConfig,
    waiting: Waiting | undefined,
  ): Promise<pg.QueryResult<R>> {
    if (!waiting) return this.pool.query<R>(config);
    const client = await this.pool.connect();
    if (waiting.aborted) {
      client.release();
      throw new DomainError('CANCELLED', 'Nobody waits for the answer any more.');
    }
    const one: Running = { client, waiting, broken: null };
    this.running.add(one);
    if (!this.isWatching) void this.watch();
    client.on('error', toldByStatement);
    let isSound = false;
    try {
      const result = await answerOf<R>(client, config);
      isSound = true;
      return result;
    } finally {
      this.running.delete(one);
      client.off('error', toldByStatement);
      // Not given on to anybody whose statement would be broken off instead.
      await one.broken;
      client.release(!isSound || one.broken !== null);
    }
  }

  /** For those who read for one who waits. */
  awaitedBy(waiting: Waiting | undefined): Statements {
    return { query: (text, values) => this.query({ text, values }, waiting) };
  }

  private async watch(): Promise<void> {
    this.isWatching = true;
    while (this.running.size > 0) {
      await setTimeout(LOOK_MS, undefined, { ref: false });
      const left = [...this.running].filter(({ waiting }) => waiting.aborted);
      if (left.length > 0) await this.breakOff(left);
    }
    this.isWatching = false;
  }

  /** Over a connection of its own: those of the pool may all be taken, by these very statements. */
  private async breakOff(statements: readonly Running[]): Promise<void> {
    const other = new pg.Client(this.pool.options);
    other.on('error', toldByStatement);
    const cancel = async () => {
      await other.connect();
      await other.query('select pg_cancel_backend(pid) from unnest($1::int[]) pid', [statements.map(processOf)]);
    };
    // Where that fails, the next look tries again, and in the end there is the limit of statements.
    const broken = cancel().catch(() => undefined);
    for (const one of statements) one.broken = broken;
    await broken;
    await other.end();
  }
}

/** By a callback: with the promise that `pg` makes, much of what was read stayed alive until the next full garbage collection
 * (decision 0008). */
const answerOf = <R extends pg.QueryResultRow>(client: pg.PoolClient, config: pg.QueryConfig) =>
  new Promise<pg.QueryResult<R>>((resolve, reject) => {
    client.query<R>(config, (error, result) => (error ? reject(error) : resolve(result)));
  });

/** Waits as long as one of them does; undefined: one of them waits for good. */
export function anyOf(everybody: readonly (Waiting | undefined)[]): Waiting | undefined {
  const leaving = everybody.filter((one) => one !== undefined);
  if (leaving.length < everybody.length) return undefined;
  if (leaving.length === 1) return leaving[0];
  return {
    get aborted() {
      return leaving.every(({ aborted }) => aborted);
    },
  };
}

/** A connection that is lost fails its statement too. */
const toldByStatement = () => undefined;

/** Of the server, at the other end of the connection; not in the types of `pg`. */
const processOf = ({ client }: Running) => (client as unknown as { processID: number }).processID;
