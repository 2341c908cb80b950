import DataLoader from 'dataloader';
import type pg from 'pg';
import type { PrismaClient } from '../../generated/prisma/client.js';
import { DomainError } from '../../modules/errors.js';
import { contentHash } from '../../modules/hash.js';
import { type Datamodel, describeModels, type Model } from './models.js';
import { rows } from './select.js';
import { isPlainObject, NotExpressible, type ReadArgs, Statement } from './statement.js';

/** Statements that a connection keeps prepared; further ones are planned each time. Clients decide what there is. */
const MAX_PREPARED = 300;

type Row = Record<string, unknown>;
/** A read of Prisma's, by its name there. */
type Read = (args?: any) => Promise<unknown>;

/** The same client, whose reads are one SQL statement each, however deep they select: Postgres puts the rows together as
 * JSON. What the builder cannot express, and everything that writes, goes through Prisma as before; the answers are the same
 * either way (client.test.ts compares them). */
export function readingInOneStatement(db: PrismaClient, pool: pg.Pool, datamodel: Datamodel): PrismaClient {
  const models = describeModels(db, datamodel);
  const prepared = new Map<string, string>();

  function nameOf(text: string): string | undefined {
    const known = prepared.get(text);
    if (known || prepared.size >= MAX_PREPARED) return known;
    const name = `read-${contentHash(text).slice(0, 40)}`;
    prepared.set(text, name);
    return name;
  }

  /** The rows, or null where the builder has to pass. */
  async function read(model: Model, args: ReadArgs): Promise<Row[] | null> {
    const statement = new Statement();
    let built: ReturnType<typeof rows>;
    try {
      built = rows(models, statement, model, args);
    } catch (error) {
      if (error instanceof NotExpressible) return null;
      throw error;
    }
    const text = `select v::text from (${built.sql}) list`;
    const { rows: texts } = await pool.query<[string]>({
      name: nameOf(text)!,
      text,
      values: statement.values,
      rowMode: 'array',
    });
    if (texts.length === 0 && isPlainObject(args.cursor)) await mustBeThere(model, Object.values(args.cursor)[0]);
    const decoded = texts.map(([json]) => built.decode(JSON.parse(json)) as Row);
    return built.isBackwards ? decoded.reverse() : decoded;
  }

  /** A page that begins at a row that is no more would look like the end of the list.
   * @throws DomainError `CURSOR_GONE` */
  async function mustBeThere({ table, key }: Model, id: unknown): Promise<void> {
    const { rowCount } = await pool.query(`select 1 from ${table} where ${key[0]} = $1`, [id]);
    if (rowCount === 0)
      throw new DomainError('CURSOR_GONE', 'The row that this cursor marks is no more. Begin the list anew.');
  }

  /** Reads by key that begin in the same tick and select the same, by what they select. */
  const gathering = new Map<string, DataLoader<string, Row | null | undefined>>();

  /** The row with this key; null: there is none; undefined: the builder has to pass. */
  function readByKey(model: Model, key: string, id: string, args: ReadArgs): Promise<Row | null | undefined> {
    const { where: _, ...rest } = args;
    const sort = `${model.name} ${JSON.stringify(rest)}`;
    let loader = gathering.get(sort);
    if (!loader) {
      loader = new DataLoader<string, Row | null | undefined>(
        async (ids) => {
          gathering.delete(sort);
          const select = isPlainObject(rest.select) ? { ...rest.select, [key]: true } : rest.select;
          // Postgres plans `= any` anew each time, which takes longer than reading one row.
          const where = { [key]: ids.length === 1 ? ids[0] : { in: [...ids] } };
          const found = await read(model, { ...rest, select, where });
          const byId = new Map(found?.map((row) => [row[key], row]));
          return ids.map((one) => (found ? (byId.get(one) ?? null) : undefined));
        },
        { cache: false },
      );
      gathering.set(sort, loader);
    }
    return loader.load(id);
  }

  const many =
    (model: Model, byPrisma: Read): Read =>
    async (args) =>
      (await read(model, args ?? {})) ?? byPrisma(args);

  const one =
    (model: Model, byPrisma: Read, isNeeded: boolean): Read =>
    async (args) => {
      const where = withoutKeyName(model, args?.where);
      const [[key, id] = ['', null], ...others] = Object.entries(where);
      const field = model.fields.get(key);
      const isByKey =
        others.length === 0 && typeof id === 'string' && field?.kind === 'column' && model.key.join() === field.column;
      const found = isByKey
        ? await readByKey(model, key, id, args)
        : (await read(model, { ...args, where, take: 1 }))?.concat(null as never)[0];
      // Prisma says in its own words what was not found.
      return found === undefined || (found === null && isNeeded) ? byPrisma(args) : found;
    };

  // Put before the client rather than into it: an extension of Prisma's would go through every answer once more, and
  // would read for transactions outside of them.
  const delegates = new Map<PropertyKey, object>();
  for (const model of models.values()) {
    const name = `${model.name[0]!.toLowerCase()}${model.name.slice(1)}` as 'run';
    const delegate = db[name];
    const reads: Record<PropertyKey, Read> = {
      findMany: many(model, (args) => delegate.findMany(args)),
      findFirst: one(model, (args) => delegate.findFirst(args), false),
      findFirstOrThrow: one(model, (args) => delegate.findFirstOrThrow(args), true),
      findUnique: one(model, (args) => delegate.findUnique(args), false),
      findUniqueOrThrow: one(model, (args) => delegate.findUniqueOrThrow(args), true),
    };
    delegates.set(name, new Proxy(delegate, { get: (target, key) => reads[key] ?? Reflect.get(target, key) }));
  }
  return new Proxy(db, { get: (target, key) => delegates.get(key) ?? Reflect.get(target, key) });
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
