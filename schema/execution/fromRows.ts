import { momentText } from '../../runtime/reads/readDate.js';
import type { ReadRow, RowShape } from '../../runtime/reads/readRow.js';
import type { RelationInRow } from '../plainFields.js';
import { jsonText } from './jsonText.js';
import { isTypename, type SelectedField, type Selection, type TakeFromRow } from './selection.js';

const DATE_TIME = 'DateTime';

/** How the field is taken from rows of this shape without asking a resolver; null: it is not. */
export function takeOf(selected: SelectedField, shape: RowShape): TakeFromRow | null {
  if (selected.taking?.shape !== shape) selected.taking = { shape, take: takeValue(selected, shape) };
  return selected.taking.take;
}

function takeValue(selected: SelectedField, rows: RowShape): TakeFromRow | null {
  const { plain, shape, parentType } = selected;
  if (isTypename(selected)) {
    const text = jsonText(parentType.name);
    return () => text;
  }
  if (!plain || shape.kind !== 'leaf') return null;
  const { write, isNullable } = shape;
  // Undefined where there is nothing and has to be something: a resolver's null fails in the right words.
  const written = (value: unknown) => (value === null ? (isNullable ? 'null' : undefined) : write(value));
  const { column, fromRow } = plain;
  if (column === null)
    return (row, context) => {
      const value = fromRow(row as unknown as Record<string, unknown>, context);
      return value === undefined || value instanceof Promise ? value : written(value);
    };
  const place = rows.placeOf(column);
  if (place === undefined) return null;
  const { decode, isMoment } = rows.parts[place]!;
  if (isMoment && shape.typeName === DATE_TIME)
    return ({ values }) => {
      const text = values[place];
      return text === null ? written(null) : `"${momentText(text as string)}"`;
    };
  return decode ? (row) => written(row.member(column)) : ({ values }) => written(values[place]);
}

/** From now on the relation is taken from all rows that were read together with this one: a resolver has found its value there,
 * and what is beneath could be written at once. Before, other arguments elsewhere in the query may have been what it was read with. */
export function takeRelation(
  selected: SelectedField,
  { name }: RelationInRow,
  beneath: Selection,
  shape: RowShape,
): void {
  const { isNullable } = selected.shape;
  const take: TakeFromRow = (row, context) => {
    const value = row.member(name);
    if (value === null) return isNullable ? 'null' : undefined;
    const text = Array.isArray(value) ? rowsText(value, beneath, context) : rowText(value as ReadRow, beneath, context);
    // The next row may ask for it again, once a resolver has been asked for this one.
    if (text === undefined && selected.taking?.take === take) selected.taking = null;
    return text;
  };
  selected.taking = { shape, take };
}

function rowsText(rows: readonly ReadRow[], selection: Selection, context: unknown): string | undefined {
  const texts: string[] = [];
  for (const row of rows) {
    const text = rowText(row, selection, context);
    if (text === undefined) return undefined;
    texts.push(text);
  }
  return `[${texts.join(',')}]`;
}

/** Rows of one shape that are looked through in vain before no more are. The first may be in vain because relations are only taken
 * once a resolver has found them there. */
const MISSES = 3;

/** As `rowText`, for rows of which it is not known whether everything can be taken: where it cannot of some, it is soon not tried
 * any more. */
export function wholeRowText(row: ReadRow, selection: Selection, context: unknown): string | undefined {
  const { missed } = selection;
  const times = missed?.shape === row.shape ? missed.times : 0;
  if (times >= MISSES) return undefined;
  const text = rowText(row, selection, context);
  if (text === undefined) selection.missed = { shape: row.shape, times: times + 1 };
  return text;
}

/** A row of which everything can be taken; undefined where anything cannot, or fails: the executor finds out where. */
function rowText(row: ReadRow, { fields }: Selection, context: unknown): string | undefined {
  let text = '';
  try {
    for (const selected of fields) {
      const value = takeOf(selected, row.shape)?.(row, context);
      if (typeof value !== 'string') {
        // It is asked for again, by somebody who hears of its failure.
        value?.catch(() => undefined);
        return undefined;
      }
      text += (text === '' ? '{' : ',') + selected.keyText + value;
    }
  } catch {
    return undefined;
  }
  return text === '' ? '{}' : `${text}}`;
}
