import type { Column, Model } from './models.js';
import { isPlainObject, NotExpressible, type ReadArgs, type Statement } from './statement.js';

interface Key {
  field: Column;
  isDescending: boolean;
}

/** `order by` of a list, and the condition that begins it at its cursor: by the values the cursor's row is sorted by, so that
 * a page stays right whatever is added before it.
 * @throws NotExpressible */
export function order(
  statement: Statement,
  model: Model,
  alias: string,
  { orderBy, cursor }: ReadArgs,
  isBackwards: boolean,
): { orderBy: string; after: string | null } {
  const keys = (orderBy === undefined ? [] : Array.isArray(orderBy) ? orderBy : [orderBy]).flatMap((one) =>
    keysOf(model, one),
  );
  const descends = ({ isDescending }: Key) => isDescending !== isBackwards;
  const text = keys.map((key) => `${alias}.${key.field.column} ${descends(key) ? 'desc' : 'asc'}`).join(', ');
  if (cursor === undefined) {
    if (isBackwards && keys.length === 0) throw new NotExpressible('take');
    return { orderBy: text, after: null };
  }
  // Without a unique last key the cursor's place is not certain.
  const last = keys.at(-1);
  if (!last || model.key.length !== 1 || last.field.column !== model.key[0]) throw new NotExpressible('cursor');
  if (!isPlainObject(cursor) || Object.keys(cursor).length !== 1 || !(last.field.name in cursor))
    throw new NotExpressible('cursor');
  const placeholder = statement.value(cursor[last.field.name]);
  const at = ({ field }: Key) =>
    `(select c.${field.column} from ${model.table} c where c.${model.key[0]} = ${placeholder})`;
  const name = ({ field }: Key) => `${alias}.${field.column}`;
  const beyond = (key: Key) => {
    const passed = `${name(key)} ${descends(key) ? '<' : '>'} ${at(key)}`;
    if (key.field.isRequired) return passed;
    // To Postgres nulls are the largest, whichever way it sorts.
    const [large, small] = descends(key) ? [at(key), name(key)] : [name(key), at(key)];
    return `(${passed} or (${large} is null and ${small} is not null))`;
  };
  const same = (key: Key) => `${name(key)} ${key.field.isRequired ? '=' : 'is not distinct from'} ${at(key)}`;
  const alternatives = keys.map((key, i) => {
    const isLast = i === keys.length - 1;
    const step = isLast ? `${name(key)} ${descends(key) ? '<=' : '>='} ${at(key)}` : beyond(key);
    return [...keys.slice(0, i).map(same), step].join(' and ');
  });
  const first = keys[0]!;
  // Said once more for the index, which can begin there.
  const start = first.field.isRequired ? `${name(first)} ${descends(first) ? '<=' : '>='} ${at(first)} and ` : '';
  return { orderBy: text, after: `${start}(${alternatives.map((one) => `(${one})`).join(' or ')})` };
}

function keysOf(model: Model, orderBy: unknown): Key[] {
  if (!isPlainObject(orderBy)) throw new NotExpressible('orderBy');
  return Object.entries(orderBy)
    .filter(([, direction]) => direction !== undefined)
    .map(([name, direction]) => {
      const field = model.fields.get(name);
      if (field?.kind !== 'column' || (direction !== 'asc' && direction !== 'desc'))
        throw new NotExpressible('orderBy');
      return { field, isDescending: direction === 'desc' };
    });
}
