import type pg from 'pg';
import type { PrismaClient } from '../../generated/prisma/client.js';
import { contentHash } from '../../modules/hash.js';
import { anyOf, type Waiting } from './awaitedStatements.js';
import { Gathering } from './gathering.js';
import { type Datamodel, describeModels, type Model } from './models.js';
import { list } from './select.js';
import { SharedStatements } from './sharedStatements.js';
import { isPlainObject, NotExpressible, type ReadArgs, Statement } from './statement.js';
import { condition } from './where.js';

/** Statements that a connection keeps prepared; further ones are planned each time. Clients decide what there is. */
const MAX_PREPARED = 300;

type Row = Record<string, unknown>;
/** A read of Prisma's, by its name there. */
type Read = (args: any, waiting?: Waiting) => Promise<unknown>;
/** The client as whoever waits for its answers is given it: what runs on when they are gone is broken off. */
export type ReaderFor = (waiting?: Waiting) => PrismaClient;

/** The same client, whose reads are one SQL statement each, however deep they select: Postgres puts the rows together as
 * JSON. What the builder cannot express, and everything that writes, goes through Prisma as before; the answers are the same
 * either way (client.test.ts compares them). */
export function readingInOneStatement(db: PrismaClient, pool: pg.Pool, datamodel: Datamodel): ReaderFor {
  const models = describeModels(db, datamodel);
  const statements = new SharedStatements(pool);
  const prepared = new Map<string, string>();

  function nameOf(text: string): string | undefined {
    const known = prepared.get(text);
    if (known || prepared.size >= MAX_PREPARED) return known;
    const name = `read-${contentHash(text).slice(0, 40)}`;
    prepared.set(text, name);
    return name;
  }

  /** The rows, or null where the builder has to pass. */
  async function read(model: Model, args: ReadArgs, waiting?: Waiting): Promise<Row[] | null> {
    const built = unlessPassing(() => list(models, model, args));
    if (!built) return null;
    // In one row: Postgres sends many small ones in pieces, each of which would be read by itself.
    const text = `select coalesce(json_agg(v), '[]')::text from (${built.sql}) list`;
    const config: pg.QueryArrayConfig = { name: nameOf(text)!, text, values: [...built.values], rowMode: 'array' };
    const { decode, isBackwards } = built;
    const result = await statements.query(config, waiting);
    const rows = result.once(decode, ([[json]]) => (JSON.parse(json) as unknown[]).map((row) => decode(row) as Row));
    return isBackwards ? rows.toReversed() : [...rows];
  }

  /** How many rows there are, or null where the builder has to pass. */
  async function count(model: Model, args: ReadArgs, waiting?: Waiting): Promise<number | null> {
    const { where, ...others } = args;
    if (Object.values(others).some((value) => value !== undefined)) return null;
    const statement = new Statement();
    const alias = statement.alias();
    const met = unlessPassing(() => condition(models, statement, model, alias, where));
    if (met === null) return null;
    // Not prepared: over many rows, which way is quick depends on the values.
    const text = `select count(*) from ${model.table} ${alias} where ${met}`;
    const { rows: counts } = await statements.query({ text, values: statement.values }, waiting);
    return Number((counts[0] as { count: string }).count);
  }

  const byKey = new Gathering<Keyed, Row | null | undefined>();

  /** The row with this key; null: there is none; undefined: the builder has to pass. */
  function readByKey(
    model: Model,
    key: string,
    id: string,
    args: ReadArgs,
    waiting?: Waiting,
  ): Promise<Row | null | undefined> {
    const { where: _, ...rest } = args;
    const sort = sameSelection(rest) ?? `${model.name} ${JSON.stringify(rest)}`;
    return byKey.ask(sort, { id, waiting }, async (lot) => {
      const hasKey = !isPlainObject(rest.select) || rest.select[key];
      const select = hasKey ? rest.select : { ...(rest.select as object), [key]: true };
      const ids = [...new Set(lot.map((one) => one.id))];
      // Postgres plans `= any` anew each time, which takes longer than reading one row.
      const where = { [key]: ids.length === 1 ? ids[0] : { in: ids } };
      const found = await read(model, { ...rest, select, where }, anyOf(lot.map((one) => one.waiting)));
      const byId = new Map(found?.map((row) => [row[key], row]));
      return lot.map((one) => (found ? (byId.get(one.id) ?? null) : undefined));
    });
  }

  const many =
    (model: Model, byPrisma: Read): Read =>
    async (args, waiting) =>
      (await read(model, args ?? {}, waiting)) ?? byPrisma(args);

  const counted =
    (model: Model, byPrisma: Read): Read =>
    async (args, waiting) =>
      (await count(model, args ?? {}, waiting)) ?? byPrisma(args);

  const one =
    (model: Model, byPrisma: Read, isNeeded: boolean): Read =>
    async (args, waiting) => {
      const where = withoutKeyName(model, args?.where);
      const [[key, id] = ['', null], ...others] = Object.entries(where);
      const field = model.fields.get(key);
      const isByKey =
        others.length === 0 && typeof id === 'string' && field?.kind === 'column' && model.key.join() === field.column;
      const found = isByKey
        ? await readByKey(model, key, id, args, waiting)
        : (await read(model, { ...args, where, take: 1 }, waiting))?.concat(null as never)[0];
      // Prisma says in its own words what was not found.
      return found === undefined || (found === null && isNeeded) ? byPrisma(args) : found;
    };

  // Put before the client rather than into it: an extension of Prisma's would go through every answer once more, and
  // would read for transactions outside of them.
  const delegates = new Map<PropertyKey, (waiting?: Waiting) => object>();
  for (const model of models.values()) {
    const name = `${model.name[0]!.toLowerCase()}${model.name.slice(1)}` as 'run';
    const delegate = db[name];
    const reads: Record<PropertyKey, Read> = {
      findMany: many(model, (args) => delegate.findMany(args)),
      findFirst: one(model, (args) => delegate.findFirst(args), false),
      findFirstOrThrow: one(model, (args) => delegate.findFirstOrThrow(args), true),
      findUnique: one(model, (args) => delegate.findUnique(args), false),
      findUniqueOrThrow: one(model, (args) => delegate.findUniqueOrThrow(args), true),
      count: counted(model, (args) => delegate.count(args)),
    };
    delegates.set(name, (waiting) => {
      const get = (target: object, key: PropertyKey) => {
        const read = reads[key];
        return read ? (args: unknown) => read(args, waiting) : Reflect.get(target, key);
      };
      return new Proxy(delegate, { get });
    });
  }
  return (waiting) =>
    new Proxy(db, { get: (target, key) => delegates.get(key)?.(waiting) ?? Reflect.get(target, key) });
}

/** The key of a row, and who waits for it. */
interface Keyed {
  id: string;
  waiting: Waiting | undefined;
}

/** What tells a read from others that select something else, where that needs no comparing: one frozen selection is of one field of
 * the API (schema/execution/keptPlans.ts). */
function sameSelection({ select, ...others }: ReadArgs): object | null {
  const isAll = Object.values(others).every((value) => value === undefined);
  return isAll && typeof select === 'object' && Object.isFrozen(select) ? select : null;
}

/** What was built; null where the builder has to pass. */
function unlessPassing<T>(build: () => T): T | null {
  try {
    return build();
  } catch (error) {
    if (error instanceof NotExpressible) return null;
    throw error;
  }
}

/** `{ runId_idx: { runId, idx } }` as `{ runId, idx }`. */
function withoutKeyName({ fields }: Model, where: unknown): Record<string, unknown> {
  const named = Object.entries(isPlainObject(where) ? where : {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    named.flatMap(([name, value]) =>
      !fields.has(name) && name.includes('_') && isPlainObject(value) ? Object.entries(value) : [[name, value]],
    ),
  );
}
