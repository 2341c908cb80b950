import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import type { JsonObject, JsonValue } from '../../modules/json.js';
import { JsonLossError, parseExactJson } from '../../workflow/exactJson.js';
import { ValidationError } from '../errors.js';

export type ExportFormat = 'json' | 'csv';
const MAX_ROWS = 1_000;

/** A row of an export that could be read, or why it could not. `number` counts from 1, without the header. */
export type ExportedRow = { number: number } & ({ source: JsonObject } | { problem: string });

/** Reads an export of old output types: a JSON array of objects (or an object that holds one), or CSV with a header. Rows that cannot be
 * read do not keep the others from being read.
 * @param format left out: told from the first character.
 * @throws ValidationError `IMPORT_UNREADABLE`, `IMPORT_TOO_LONG`. */
export function readExport(
  content: string,
  format?: ExportFormat | null,
): { format: ExportFormat; rows: ExportedRow[] } {
  const text = content.replace(/^\uFEFF/, '');
  const found = format ?? (/^\s*[[{]/.test(text) ? 'json' : 'csv');
  const rows = found === 'json' ? jsonRows(text) : csvRows(text);
  if (rows.length === 0) throw unreadable('The file has no rows.');
  if (rows.length > MAX_ROWS)
    throw unreadable(`The file has ${rows.length} rows; at most ${MAX_ROWS} are taken at a time.`, 'IMPORT_TOO_LONG');
  return { format: found, rows };
}

function jsonRows(text: string): ExportedRow[] {
  let value: JsonValue;
  try {
    value = parseExactJson(text);
  } catch (error) {
    if (error instanceof JsonLossError)
      throw unreadable(
        `${error.message} ${error.code === 'JSON_NUMBER_INEXACT' ? 'Write it as a text, in quotes.' : ''}`.trim(),
      );
    throw unreadable(`The file is not valid JSON: ${(error as SyntaxError).message}.`);
  }
  const lists = isObject(value) ? Object.values(value).filter((inner) => Array.isArray(inner)) : [value];
  const [list] = lists;
  if (lists.length !== 1 || !Array.isArray(list))
    throw unreadable('The JSON should be a list of output types, or an object with one list in it.');
  return list.map((source, at) =>
    isObject(source) ? { number: at + 1, source } : { number: at + 1, problem: 'The row is not an object.' },
  );
}

const CSV = { relax_column_count: true, skip_empty_lines: true, trim: true } as const;

/** The one that divides the header into most columns; csv-parse's own guess is led astray by settings written as JSON. */
function delimiterOf(text: string): string {
  const columns = (delimiter: string) => parse(text, { ...CSV, delimiter, to: 1 })[0]?.length ?? 0;
  return [';', '\t'].reduce((best, delimiter) => (columns(delimiter) > columns(best) ? delimiter : best), ',');
}

function csvRows(text: string): ExportedRow[] {
  let records: string[][];
  try {
    records = parse(text, { ...CSV, delimiter: delimiterOf(text) });
  } catch (error) {
    if (error instanceof CsvError) throw unreadable(`The file is not valid CSV: ${error.message}.`);
    throw error;
  }
  const [header = [], ...rows] = records;
  const twice = header.find((name, at) => name !== '' && header.indexOf(name) !== at);
  if (twice !== undefined) throw unreadable(`The header has the column “${twice}” twice.`);
  return rows.map((cells, at) => {
    const number = at + 1;
    if (cells.length > header.length && cells.slice(header.length).some((cell) => cell !== ''))
      return { number, problem: `The row has ${cells.length} columns, the header has ${header.length}.` };
    const named = header.flatMap((name, column) => (name === '' ? [] : [[name, cells[column] ?? ''] as const]));
    return { number, source: Object.fromEntries(named) };
  });
}

const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const unreadable = (message: string, code = 'IMPORT_UNREADABLE') =>
  new ValidationError(message, [{ path: '/content', message }], [], code);
