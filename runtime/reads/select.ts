import type { Column, Model, Models, Relation } from './models.js';
import { order } from './order.js';
import { ReadDate } from './readDate.js';
import { type Decode, type RowClass, type RowPart, RowShape } from './readRow.js';
import { isPlainObject, NotExpressible, type ReadArgs, Statement } from './statement.js';
import { condition, joined } from './where.js';

const KNOWN: ReadonlySet<string> = new Set(['where', 'orderBy', 'cursor', 'take', 'skip', 'select', 'include']);

/** Postgres passes at most a hundred values to a function. */
const MAX_PARTS = 100;

/** A row called `ROOT` as SQL, with the parameters of the statement that begins with it. */
interface RootShape {
  sql: string;
  decode: Decode;
  statement: Statement;
}

/** The row that a statement is about. */
const ROOT = 't0';

/** Of selections that are frozen, so that what was built of one stays right. */
const rootShapes = new WeakMap<object, RootShape>();

function rootShape(models: Models, model: Model, args: ReadArgs): RootShape {
  const selection = args.select ?? args.include ?? model;
  const known = rootShapes.get(selection);
  if (known) return known;
  const statement = new Statement();
  const { sql, decode } = shape(models, statement, model, statement.alias(), args);
  const built = { sql, decode, statement };
  if (selection === model || Object.isFrozen(selection)) rootShapes.set(selection, built);
  return built;
}

/** A statement for a list: each row one JSON array (arrays are shorter than objects, and half as dear to make and to read).
 * @throws NotExpressible */
export function list(
  models: Models,
  model: Model,
  args: ReadArgs,
): { sql: string; values: readonly unknown[]; decode: Decode; isBackwards: boolean } {
  const { sql, decode, statement: begun } = rootShape(models, model, args);
  const statement = begun.copy();
  const { page, isBackwards } = pageOf(models, statement, model, args);
  return { sql: `select ${sql} as v from (${page}) ${ROOT}`, values: statement.values, decode, isBackwards };
}

/** The rows of a list within another, in the same way.
 * @param link - the condition that binds the list to the row above it; given the name of its table. */
function rows(
  models: Models,
  statement: Statement,
  model: Model,
  args: ReadArgs,
  link: (alias: string) => string,
): { sql: string; decode: Decode; isBackwards: boolean } {
  const { page, isBackwards } = pageOf(models, statement, model, args, link);
  const outer = statement.alias();
  const { sql, decode } = shape(models, statement, model, outer, args);
  return { sql: `select ${sql} as v from (${page}) ${outer}`, decode, isBackwards };
}

/** The page of a list: it is cut first and its rows are filled in afterwards, so that nothing is gathered for rows nobody sees. */
function pageOf(
  models: Models,
  statement: Statement,
  model: Model,
  args: ReadArgs,
  link: (alias: string) => string | null = () => null,
): { page: string; isBackwards: boolean } {
  for (const [name, value] of Object.entries(args))
    if (value !== undefined && !KNOWN.has(name)) throw new NotExpressible(name);
  const inner = statement.alias();
  const { take, skip } = args;
  const isBackwards = take !== undefined && take < 0;
  const { orderBy, after } = order(statement, model, inner, args, isBackwards);
  const conditions = [link(inner), condition(models, statement, model, inner, args.where), after].filter(
    (one) => one && one !== 'true',
  );
  const page = [
    `select ${inner}.* from ${model.table} ${inner}`,
    conditions.length > 0 ? ` where ${conditions.join(' and ')}` : '',
    orderBy ? ` order by ${orderBy}` : '',
    // Whole numbers in the text: the planner has to know whether it is a page or everything.
    take === undefined ? '' : ` limit ${whole(Math.abs(take))}`,
    skip ? ` offset ${whole(skip)}` : '',
  ].join('');
  return { page, isBackwards };
}

function whole(count: number): number {
  if (!Number.isSafeInteger(count) || count < 0) throw new NotExpressible('take');
  return count;
}

/** One row called `alias` as a JSON array with what `select` or `include` asks for. */
function shape(
  models: Models,
  statement: Statement,
  model: Model,
  alias: string,
  { select, include }: ReadArgs,
): { sql: string; decode: Decode } {
  const wanted = new Map<string, unknown>();
  if (!select) for (const field of model.fields.values()) if (field.kind === 'column') wanted.set(field.name, true);
  for (const [name, value] of Object.entries((select ?? include ?? {}) as object)) if (value) wanted.set(name, value);
  const parts: (RowPart & { sql: string })[] = [];
  for (const [name, value] of wanted) {
    if (name === '_count') parts.push({ name, ...counts(models, statement, model, alias, value) });
    else {
      const field = model.fields.get(name);
      if (!field) throw new NotExpressible(name);
      if (field.kind === 'column') parts.push({ name, ...columnPart(field, alias) });
      else parts.push({ name, ...relationPart(models, statement, field, alias, value) });
    }
  }
  if (parts.length > MAX_PARTS) throw new NotExpressible('so many fields');
  return { sql: arrayOf(parts), decode: decoder(model.Row, parts) };
}

const arrayOf = (parts: readonly { sql: string }[]) => `json_build_array(${parts.map(({ sql }) => sql).join(', ')})`;

function decoder(Row: RowClass, parts: readonly RowPart[]): Decode {
  const shape = new RowShape(parts);
  return (values: unknown[]) => new Row(shape, values);
}

function columnPart({ column, type }: Column, alias: string): Omit<RowPart, 'name'> & { sql: string } {
  const sql = `${alias}.${column}`;
  if (type === 'DateTime') return { sql, decode: (text: string) => new ReadDate(text), isMoment: true };
  // JSON has no numbers of this size that JavaScript could read.
  if (type === 'BigInt') return { sql: `${sql}::text`, decode: (text: string) => BigInt(text) };
  if (type === 'Bytes' || type === 'Decimal') throw new NotExpressible(type);
  return { sql, decode: null };
}

function relationPart(models: Models, statement: Statement, relation: Relation, alias: string, value: unknown) {
  const args = (value === true ? {} : value) as ReadArgs;
  const target = models.get(relation.model)!;
  const { sql, decode, isBackwards } = rows(models, statement, target, args, (there) => joined(relation, alias, there));
  if (!relation.isList) return { sql: `(${sql})`, decode };
  const decodeList: Decode = (values: unknown[]) => {
    const decoded = values.map(decode);
    return isBackwards ? decoded.reverse() : decoded;
  };
  const name = statement.alias();
  return { sql: `(select coalesce(json_agg(${name}.v), '[]') from (${sql}) ${name})`, decode: decodeList };
}

function counts(models: Models, statement: Statement, model: Model, alias: string, value: unknown) {
  const wanted = isPlainObject(value) ? value.select : undefined;
  if (!isPlainObject(wanted)) throw new NotExpressible('_count');
  const parts = Object.entries(wanted)
    .filter(([, one]) => one)
    .map(([name, one]) => {
      const relation = model.fields.get(name);
      if (relation?.kind !== 'relation') throw new NotExpressible(name);
      const target = models.get(relation.model)!;
      const there = statement.alias();
      const met = condition(models, statement, target, there, isPlainObject(one) ? one.where : undefined);
      const sql = `(select count(*) from ${target.table} ${there} where ${joined(relation, alias, there)} and ${met})`;
      return { name, sql };
    });
  const names = parts.map(({ name }) => name);
  const decode = (values: unknown[]) => Object.fromEntries(names.map((name, i) => [name, values[i]]));
  return { sql: arrayOf(parts), decode };
}
