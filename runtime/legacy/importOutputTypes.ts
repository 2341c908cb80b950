import type { OutputType } from '../../generated/prisma/client.js';
import { LEGACY_FAMILY } from '../../workflow/families.js';
import type { Finding } from '../../workflow/finding.js';
import { type LegacyExportRow, pathOf, type RowIssue, readLegacyExportRow } from '../../workflow/legacy/exportRow.js';
import type { LegacyKeyReport } from '../../workflow/legacy/settings.js';
import { ConflictError, ValidationError } from '../errors.js';
import { createOutputType } from '../outputTypes/outputTypes.js';
import { checkProfile } from '../outputTypes/profile.js';
import type { Platform } from '../platform.js';
import { type ExportFormat, readExport } from './exportFile.js';
import { previewLegacySettings } from './previewSettings.js';

/** What became of one row. */
export interface ImportedRow {
  /** From 1, the header not counted. */
  number: number;
  status: 'created' | 'unchanged' | 'failed';
  /** Empty where the row has none. */
  name: string;
  legacyId: string | null;
  outputTypeId: string | null;
  /** One entry for each key of its render settings. */
  report: LegacyKeyReport[];
  findings: Finding[];
  /** Why it failed; paths are JSON pointers into the row. */
  issues: RowIssue[];
}

export interface LegacyImport {
  format: ExportFormat;
  isDryRun: boolean;
  rows: ImportedRow[];
}

/** Takes an export of old output types in, row by row; a bad row keeps no other from coming in. What was imported before is left as it
 * is, whatever became of it here, so that importing twice changes nothing.
 * @param isDryRun says what would happen; writes nothing.
 * @throws ValidationError where the file as a whole cannot be read. */
export async function importLegacyOutputTypes(
  platform: Pick<Platform, 'db' | 'definition'>,
  { content, format, isDryRun = false }: { content: string; format?: ExportFormat | null; isDryRun?: boolean },
): Promise<LegacyImport> {
  const file = readExport(content, format);
  const library = await readLibrary(platform);
  const rows: ImportedRow[] = [];
  for (const exported of file.rows) {
    const base = { number: exported.number, name: '', legacyId: null, outputTypeId: null, report: [], findings: [] };
    const read =
      'source' in exported
        ? readLegacyExportRow(exported.source)
        : { name: '', issues: [{ path: '', message: exported.problem }] };
    if ('issues' in read) rows.push({ ...base, status: 'failed', ...read });
    else rows.push({ ...base, ...(await importRow(platform, read.row, exported.number, library, isDryRun)) });
  }
  return { format: file.format, isDryRun, rows };
}

interface Library {
  tiers: Map<string, string>;
  categories: Map<string, string>;
  /** Of what was imported before. */
  known: Map<string, Pick<OutputType, 'id'>>;
  /** Of this file: legacy id → number of the row. */
  seen: Map<string, number>;
}

async function readLibrary({ db }: Pick<Platform, 'db'>): Promise<Library> {
  const [tiers, categories, known] = await Promise.all([
    db.pricingTier.findMany({ where: { archivedAt: null } }),
    db.category.findMany({ where: { archivedAt: null } }),
    db.outputType.findMany({ where: { legacyId: { not: null } }, select: { id: true, legacyId: true } }),
  ]);
  const byName = (items: { id: string; key: string; label: string }[]) =>
    new Map(items.flatMap(({ id, key, label }) => [key, label].map((name) => [name.toLowerCase(), id] as const)));
  return {
    tiers: byName(tiers),
    categories: byName(categories),
    known: new Map(known.map(({ id, legacyId }) => [legacyId!, { id }])),
    seen: new Map(),
  };
}

async function importRow(
  platform: Pick<Platform, 'db' | 'definition'>,
  row: LegacyExportRow,
  number: number,
  { tiers, categories, known, seen }: Library,
  isDryRun: boolean,
): Promise<Omit<ImportedRow, 'number'>> {
  const { legacyId, name, columns } = row;
  const { report, findings } = await previewLegacySettings(platform, row.settings, row.artifactKind);
  const result = { name, legacyId, outputTypeId: null, report, findings };
  const failed = (issues: RowIssue[]) => ({ ...result, status: 'failed' as const, issues });
  const earlier = seen.get(legacyId);
  if (earlier !== undefined) return failed([{ path: '', message: `Row ${earlier} is the same output type.` }]);
  seen.set(legacyId, number);
  const before = known.get(legacyId);
  if (before) return { ...result, status: 'unchanged', outputTypeId: before.id, issues: [] };

  const issues: RowIssue[] = [];
  const find = (map: Map<string, string>, wanted: string, what: string, column: string) => {
    const id = map.get(wanted.toLowerCase());
    if (!id) issues.push({ path: pathOf(column), message: `There is no ${what} “${wanted}”.` });
    return id ?? null;
  };
  const pricingTierId = row.pricingTier && find(tiers, row.pricingTier, 'pricing tier', columns.pricingTier!);
  const categoryIds = row.categories.flatMap((one) => find(categories, one, 'category', columns.categories!) ?? []);
  const profile = {
    name,
    description: row.description,
    visibility: row.visibility,
    sortOrder: row.sortOrder,
    family: LEGACY_FAMILY,
    artifactKind: row.artifactKind,
    legacySettings: row.settings,
    pricingTierId,
    categoryIds: [...new Set(categoryIds)],
  };
  const fieldIssues = (from: RowIssue[]) =>
    from.map(({ path, message }) => {
      const [, field, ...within] = path.split('/');
      // Settings are cells of the row, or keys of one.
      if (field === 'legacySettings') return { path: within.map((name) => `/${name}`).join(''), message };
      const column = columns[field as keyof typeof columns];
      return { path: column === undefined ? path : pathOf(column), message };
    });
  issues.push(...fieldIssues((await checkProfile(platform, profile)).issues));
  if (issues.length > 0) return failed(issues);
  if (isDryRun) return { ...result, status: 'created', issues };
  try {
    const { id } = await createOutputType(platform, profile, legacyId);
    return { ...result, status: 'created', outputTypeId: id, issues };
  } catch (error) {
    if (error instanceof ConflictError && error.code === 'LEGACY_ID_TAKEN') {
      // Somebody imports the same at the same time, and was quicker.
      const { id } = await platform.db.outputType.findUniqueOrThrow({ where: { legacyId }, select: { id: true } });
      return { ...result, status: 'unchanged', outputTypeId: id, issues };
    }
    if (error instanceof ValidationError || error instanceof ConflictError)
      return failed(
        error instanceof ValidationError ? fieldIssues(error.issues) : [{ path: '', message: error.message }],
      );
    throw error;
  }
}
