import { z } from 'zod';
import { ValidationError } from '../../runtime/errors.js';
import {
  type ImportedRow,
  importLegacyOutputTypes,
  type LegacyImport,
} from '../../runtime/legacy/importOutputTypes.js';
import { LEGACY_COLUMNS, LEGACY_EXAMPLE, type LegacyColumn } from '../../workflow/legacy/columns.js';
import { builder } from '../builder.js';
import { FieldIssueObject } from './errors.js';
import { FindingObject } from './finding.js';
import { LegacyKeyReportObject } from './legacySettings.js';
import { OutputTypeNode } from './outputType.js';

const FormatEnum = builder.enumType('LegacyExportFormat', {
  description: 'How an export of old output types is written.',
  values: {
    json: { description: 'A list of objects, or an object with one list in it.' },
    csv: { description: 'With a header; separated by commas, semicolons or tabs.' },
  } as const,
});

const RowStatusEnum = builder.enumType('LegacyImportStatus', {
  description: 'What became of a row.',
  values: {
    created: { description: 'It is an output type now; in a dry run: it would be.' },
    unchanged: { description: 'It was imported before, and is left as it is.' },
    failed: { description: 'It does not fit; `issues` says why.' },
  } as const,
});

const RowObject = builder.objectRef<ImportedRow>('LegacyImportRow').implement({
  description: 'What became of one row of an export.',
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'From 1; the header is not counted.' }),
    status: t.field({ type: RowStatusEnum, description: 'What became of it.', resolve: ({ status }) => status }),
    name: t.exposeString('name', { description: 'Its name; empty where it has none.' }),
    legacyId: t.exposeString('legacyId', {
      nullable: true,
      description: 'What the old world called it: its id, else its key, else its name as a key.',
    }),
    outputType: t.prismaField({
      type: OutputTypeNode,
      nullable: true,
      description: 'The output type; null where it failed, or in a dry run.',
      complexity: 1,
      resolve: (query, { outputTypeId }, _args, { db }) =>
        outputTypeId ? db.outputType.findUnique({ ...query, where: { id: outputTypeId } }) : null,
    }),
    report: t.field({
      type: [LegacyKeyReportObject],
      description: 'One entry for each key of its render settings.',
      resolve: ({ report }) => report,
    }),
    findings: t.field({
      type: [FindingObject],
      description: 'What a person should look at in its render settings; paths point into them.',
      resolve: ({ findings }) => findings,
    }),
    issues: t.field({
      type: [FieldIssueObject],
      description: 'Why it failed; paths point into the row.',
      resolve: ({ issues }) => issues,
    }),
  }),
});

const countOf = ({ rows }: LegacyImport, status: ImportedRow['status']) =>
  rows.filter((row) => row.status === status).length;

const ImportObject = builder.objectRef<LegacyImport>('LegacyImport').implement({
  description: 'What became of an export of old output types, row by row.',
  fields: (t) => ({
    format: t.field({ type: FormatEnum, description: 'How it was read.', resolve: ({ format }) => format }),
    isDryRun: t.exposeBoolean('isDryRun', { description: 'Nothing was written.' }),
    rows: t.field({ type: [RowObject], description: 'Every row, in order.', resolve: ({ rows }) => rows }),
    createdCount: t.int({ description: 'How many were created.', resolve: (made) => countOf(made, 'created') }),
    unchangedCount: t.int({ description: 'How many were there.', resolve: (made) => countOf(made, 'unchanged') }),
    failedCount: t.int({ description: 'How many do not fit.', resolve: (made) => countOf(made, 'failed') }),
  }),
});

const ImportInput = builder.inputType('ImportLegacyOutputTypesInput', {
  description: 'An export of output types of the old world.',
  fields: (t) => ({
    content: t.string({
      required: true,
      description: 'The file, at most 5 MB and 1,000 rows.',
      validate: z.string().max(5_000_000, 'A file has at most 5 MB.'),
    }),
    format: t.field({ type: FormatEnum, description: 'How it is written; left out: told from its first character.' }),
    isDryRun: t.boolean({ defaultValue: false, description: 'Says what would happen, and writes nothing.' }),
  }),
});

const ColumnObject = builder.objectRef<LegacyColumn>('LegacyImportColumn').implement({
  description: 'A column that an export of old output types may have.',
  fields: (t) => ({
    names: t.stringList({
      description: 'What it may be called; capitals, blanks and hyphens make no difference.',
      resolve: ({ names }) => [...names],
    }),
    description: t.exposeString('description', { description: 'What it says.' }),
  }),
});

const GuideObject = builder
  .objectRef<{ columns: readonly LegacyColumn[]; example: string }>('LegacyImportGuide')
  .implement({
    description: 'How an export of old output types is written.',
    fields: (t) => ({
      columns: t.field({
        type: [ColumnObject],
        description: 'The columns that are understood; every other one is taken for a render setting.',
        resolve: ({ columns }) => [...columns],
      }),
      example: t.exposeString('example', { description: 'An export in CSV that can be imported as it is.' }),
    }),
  });

builder.queryField('legacyImportGuide', (t) =>
  t.field({
    type: GuideObject,
    authScopes: { view: true },
    description: 'What `importLegacyOutputTypes` understands.',
    resolve: () => ({ columns: Object.values(LEGACY_COLUMNS), example: LEGACY_EXAMPLE }),
  }),
);

builder.mutationField('importLegacyOutputTypes', (t) =>
  t.field({
    type: ImportObject,
    authScopes: { author: true },
    description:
      'Takes output types of the old world in: each becomes one that the legacy pipeline produces. Bad rows keep no others from coming in; importing twice changes nothing.',
    errors: { types: [ValidationError] },
    complexity: 20,
    args: { input: t.arg({ type: ImportInput, required: true, description: 'The export.' }) },
    resolve: (_root, { input }, { platform }) =>
      importLegacyOutputTypes(platform, { ...input, isDryRun: input.isDryRun ?? false }),
  }),
);
