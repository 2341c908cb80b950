import slugify from '@sindresorhus/slugify';
import type { JsonObject, JsonValue } from '../../modules/json.js';
import { JsonLossError, parseExactJson } from '../exactJson.js';
import { LEGACY_COLUMNS } from './columns.js';
import { isLegacyKind, LEGACY_KINDS, type LegacyKind } from './invocation.js';
import { asBoolean, asIntegerIn, asText, asWord } from './values.js';

/** One thing wrong with a row; `path` is a JSON pointer into it. */
export interface RowIssue {
  path: string;
  message: string;
}

/** An output type as an export of the old world has it. */
export interface LegacyExportRow {
  /** What the old world called it: its id, else its key, else its name as a key. */
  legacyId: string;
  name: string;
  description: string;
  visibility: 'public' | 'internal' | 'hidden';
  sortOrder: number;
  artifactKind: LegacyKind;
  /** Key or label; null: none. */
  pricingTier: string | null;
  /** Keys or labels. */
  categories: string[];
  /** The settings of the row, and every column that is nothing else, so that nothing is lost. */
  settings: JsonObject;
  /** Which column said what; a field that no column said is left out. */
  columns: Partial<
    Record<'name' | 'description' | 'pricingTier' | 'categories' | 'artifactKind' | 'sortOrder', string>
  >;
}

const FORMAT_KINDS = {
  png: 'still_image',
  jpg: 'still_image',
  jpeg: 'still_image',
  webp: 'still_image',
  mp4: 'turntable_video',
  webm: 'turntable_video',
  blend: 'blend_file',
} as const satisfies Record<string, LegacyKind>;

const VISIBILITIES = { public: 'public', internal: 'internal', hidden: 'hidden' } as const;

const isSet = (value: JsonValue | undefined): value is JsonValue =>
  value !== undefined && value !== null && !(typeof value === 'string' && value.trim() === '');
const columnName = (header: string) =>
  header
    .trim()
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[\s-]+/g, '_');

/** Understands one row of an export, whatever its columns are called and whether it comes from JSON or CSV (where all is text).
 * @returns the row, or everything that keeps it from being one. */
export function readLegacyExportRow(
  source: JsonObject,
): { row: LegacyExportRow } | { name: string; issues: RowIssue[] } {
  const cells = new Map<string, { header: string; value: JsonValue }>();
  for (const [header, value] of Object.entries(source))
    if (isSet(value) && !cells.has(columnName(header))) cells.set(columnName(header), { header, value });
  const issues: RowIssue[] = [];
  const say = (header: string, message: string) => void issues.push({ path: pathOf(header), message });
  const columns: LegacyExportRow['columns'] = {};
  const take = (field: keyof typeof LEGACY_COLUMNS) => {
    const found = LEGACY_COLUMNS[field].names.find((column) => cells.has(column));
    if (found === undefined) return undefined;
    const cell = cells.get(found)!;
    cells.delete(found);
    if (field in FIELDS) columns[field as keyof typeof columns] = cell.header;
    return cell;
  };
  const read = <T>(
    field: keyof typeof LEGACY_COLUMNS,
    reader: (value: JsonValue) => T | undefined,
    expected: string,
  ) => {
    const cell = take(field);
    if (!cell) return undefined;
    try {
      const value = reader(cell.value);
      if (value === undefined) say(cell.header, `“${cell.header}” should be ${expected}.`);
      return value;
    } catch (error) {
      if (!(error instanceof JsonLossError)) throw error;
      say(cell.header, error.message);
      return undefined;
    }
  };

  const id = read('id', asName, 'a text or a number');
  const key = read('key', asName, 'a text');
  const name = read('name', asName, 'a text');
  if (name === undefined && !issues.some(({ path }) => path === pathOf(columns.name ?? '')))
    say('name', 'An output type needs a name.');
  const description = read('description', asText, 'a text');
  const visibility = read('visibility', asWord(VISIBILITIES), 'public, internal or hidden');
  const isActive = read('isActive', asBoolean, 'yes or no');
  const sortOrder = read('sortOrder', asIntegerIn(-1_000_000, 1_000_000), 'a whole number');
  const given = read('settings', asBag, 'an object, in CSV written as JSON');
  const kind = read('artifactKind', (value) => asText(value)?.toLowerCase(), 'a text');
  const isAnimation = read('isAnimation', asBoolean, 'yes or no');
  const pricingTier = read('pricingTier', asName, 'the name of a pricing tier');
  const categories = read('categories', asList, 'a list of categories');
  const rest = Object.fromEntries(
    [...cells].map(([column, { value }]) => [column.replace(/^(render_|legacy_)?settings\./, ''), value]),
  );
  const settings: JsonObject = { ...given, ...rest, ...given };
  const format = asWord(FORMAT_KINDS)(settings.format ?? settings.output_format ?? settings.file_format ?? null);
  const artifactKind = kind ?? (isAnimation ? 'turntable_video' : (format ?? 'still_image'));
  if (!isLegacyKind(artifactKind))
    say(
      columns.artifactKind!,
      `The legacy pipeline cannot make a “${artifactKind}”; it makes ${LEGACY_KINDS.join(', ')}.`,
    );
  const legacyId = id ?? key ?? (name && slugify(name, { separator: '_' }));
  if (name !== undefined && !legacyId) say('name', 'The row needs an id, a key, or a name with letters.');
  if (issues.length > 0 || !isLegacyKind(artifactKind) || name === undefined || !legacyId)
    return { name: name ?? '', issues };
  return {
    row: {
      legacyId,
      name,
      description: description ?? '',
      visibility: isActive === false ? 'hidden' : (visibility ?? 'public'),
      sortOrder: sortOrder ?? 0,
      artifactKind,
      pricingTier: pricingTier ?? null,
      categories: categories ?? [],
      settings,
      columns,
    },
  };
}

const FIELDS: Record<keyof LegacyExportRow['columns'], true> = {
  name: true,
  description: true,
  pricingTier: true,
  categories: true,
  artifactKind: true,
  sortOrder: true,
};

export const pathOf = (header: string) => `/${header.replaceAll('~', '~0').replaceAll('/', '~1')}`;

const asName = (value: JsonValue) => (typeof value === 'number' ? String(value) : asText(value));

function asBag(value: JsonValue): JsonObject | undefined {
  const bag = typeof value === 'string' ? parsed(value) : value;
  return typeof bag === 'object' && bag !== null && !Array.isArray(bag) ? (bag as JsonObject) : undefined;
}

/** The JSON that a cell of CSV holds; undefined where it holds none.
 * @throws JsonLossError */
function parsed(text: string): JsonValue | undefined {
  try {
    return parseExactJson(text);
  } catch (error) {
    if (error instanceof JsonLossError) throw error;
    return undefined;
  }
}

/** `["a", "b"]`, also as JSON text, or `a; b`. */
function asList(value: JsonValue): string[] | undefined {
  if (Array.isArray(value)) {
    const names = value.map((item) => asName(item));
    return names.every((name) => name !== undefined) ? (names as string[]) : undefined;
  }
  const text = asName(value);
  if (text === undefined) return undefined;
  const json = text.startsWith('[') ? parsed(text) : undefined;
  if (Array.isArray(json)) return asList(json);
  return text
    .split(/[;,|]/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
