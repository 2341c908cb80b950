import { z } from 'zod';
import type { Prisma } from '../../generated/prisma/client.js';
import { ConflictError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import { importCadFile } from '../../runtime/library/cadFiles.js';
import { builder } from '../builder.js';
import { localId } from '../globalId.js';
import { sorting } from '../sorting.js';
import { containing, FilterText, TEXT_LIMIT } from '../textFilter.js';
import { comparable, FILE_DESCRIPTION, UPLOAD_ID_DESCRIPTION, withUploadedFile } from '../uploadedFile.js';
import { IDEMPOTENCY_KEY_DESCRIPTION, IdempotencyKey, onceFor } from './idempotencyKey.js';

const NEWEST = {
  where: { orderLineId: null },
  take: 1,
  orderBy: [{ createdAt: 'desc' as const }, { id: 'desc' as const }],
};

const CadFileNode = builder.prismaNode('CadFile', {
  id: { field: 'id' },
  nullable: true,
  select: { id: true },
  description: 'A CAD file (STEP) of the library.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its file name.' }),
    artifact: t.relation('artifact', { description: 'The file.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it came in.' }),
    lastIntake: t.prismaField({
      type: 'Run',
      nullable: true,
      description: 'The newest run over it alone; null: it was never taken in.',
      select: (_args, _ctx, nestedSelection) => ({ runs: nestedSelection(NEWEST) }),
      resolve: (_query, { runs }) => runs[0] ?? null,
    }),
  }),
});

const CadFileFilter = builder.inputType('CadFileFilter', {
  description: 'Which CAD files; all conditions that are given must hold.',
  fields: (t) => ({
    text: t.string({ description: `In the name, in any case; ${TEXT_LIMIT}.`, validate: FilterText }),
    from: t.field({ type: 'DateTime', description: 'Came in at this moment or later.' }),
    to: t.field({ type: 'DateTime', description: 'Came in before this moment.' }),
  }),
});

const CAD_FILE_SORT = sorting(
  'CadFile',
  { createdAt: 'When it came in.', name: 'Its file name.' },
  { by: 'createdAt', direction: 'desc' },
);

function where(filter: typeof CadFileFilter.$inferInput | null | undefined): Prisma.CadFileWhereInput {
  const { text, from, to } = filter ?? {};
  return {
    name: containing(text),
    createdAt: from || to ? { gte: from ?? undefined, lt: to ?? undefined } : undefined,
  };
}

builder.queryFields((t) => ({
  cadFiles: t.prismaConnection({
    authScopes: { view: true },
    type: 'CadFile',
    cursor: 'id',
    description: 'CAD files, newest first.',
    args: {
      filter: t.arg({ type: CadFileFilter, description: 'Which ones; all when left out.' }),
      orderBy: t.arg(CAD_FILE_SORT.arg),
    },
    totalCount: (_root, { filter }, ctx) => ctx.db.cadFile.count({ where: where(filter) }),
    resolve: (query, _root, { filter, orderBy }, ctx) =>
      ctx.db.cadFile.findMany({ ...query, where: where(filter), orderBy: CAD_FILE_SORT.orderBy(orderBy) }),
  }),
  cadFile: t.prismaField({
    authScopes: { view: true },
    type: 'CadFile',
    nullable: true,
    description: 'One CAD file, or null.',
    args: { id: t.arg.id({ required: true, description: 'Id of a CAD file.' }) },
    resolve: (query, _root, { id }, ctx) =>
      ctx.db.cadFile.findUnique({ ...query, where: { id: localId('CadFile', id) } }),
  }),
}));

const UploadCadFileInput = builder.inputType('UploadCadFileInput', {
  description: 'Exactly one of `file` and `uploadId`.',
  fields: (t) => ({
    file: t.field({ type: 'File', description: FILE_DESCRIPTION }),
    uploadId: t.string({ description: UPLOAD_ID_DESCRIPTION }),
    name: t.string({
      description: 'Name to show; when left out, the name of the file.',
      validate: z.string().trim().min(1, 'Give the file a name.').max(200).nullish(),
    }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
  }),
});

builder.mutationField('uploadCadFile', (t) =>
  t.prismaField({
    authScopes: { author: true },
    type: CadFileNode,
    description: 'Takes a STEP file into the library. The content is checked, not the name.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: UploadCadFileInput, required: true, description: 'The file.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const { id } = await onceFor(ctx, 'uploadCadFile', await comparable(input), () =>
        withUploadedFile(input, ctx, ({ name, content }) =>
          importCadFile(ctx.platform, { name: input.name?.trim() || name, content }),
        ),
      );
      return ctx.db.cadFile.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
);
