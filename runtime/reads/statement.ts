/** Something that this builder does not know: the query goes the usual way then. */
export class NotExpressible extends Error {}

/** Arguments of a Prisma read, as far as they are known here. */
export interface ReadArgs {
  where?: unknown;
  orderBy?: unknown;
  cursor?: unknown;
  take?: number;
  skip?: number;
  select?: unknown;
  include?: unknown;
}
/** One SQL statement under construction: its parameters, and names for its tables. */
export class Statement {
  constructor(
    readonly values: unknown[] = [],
    private tables = 0,
  ) {}

  /** Goes on from here without changing what was begun. */
  copy(): Statement {
    return new Statement([...this.values], this.tables);
  }

  /** A placeholder for `value`; Postgres infers its type from what it is compared with. */
  value(value: unknown): string {
    return `$${this.values.push(value)}`;
  }

  alias(): string {
    return `t${this.tables++}`;
  }
}

export const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
