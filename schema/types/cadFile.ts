import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { z } from 'zod';
import { importCadFile } from '../../runtime/cadFiles.js';
import { NotFoundError, ValidationError } from '../../runtime/errors.js';
import { builder } from '../builder.js';
import type { Context } from '../context.js';
import { localId } from '../globalId.js';

const CadFileNode = builder.prismaNode('CadFile', {
  id: { field: 'id' },
  nullable: true,
  description: 'A CAD file (STEP) of the library.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its file name.' }),
    artifact: t.relation('artifact', { description: 'The file.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it came in.' }),
  }),
});

builder.queryFields((t) => ({
  cadFiles: t.prismaConnection({
    type: 'CadFile',
    cursor: 'id',
    description: 'CAD files, newest first.',
    totalCount: (_root, _args, ctx) => ctx.db.cadFile.count(),
    resolve: (query, _root, _args, ctx) =>
      ctx.db.cadFile.findMany({ ...query, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] }),
  }),
  cadFile: t.prismaField({
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
    file: t.field({ type: 'File', description: 'The file itself, as GraphQL multipart, up to 25 MB.' }),
    uploadId: t.string({ description: 'What `POST /api/uploads` answered with; for files of any size.' }),
    name: t.string({
      description: 'Name to show; when left out, the name of the file.',
      validate: z.string().trim().min(1, 'Give the file a name.').max(200).nullish(),
    }),
  }),
});

async function uploaded(
  { file, uploadId }: typeof UploadCadFileInput.$inferInput,
  ctx: Context,
): Promise<{ name: string; content: Readable }> {
  if (Boolean(file) === Boolean(uploadId))
    throw new ValidationError('Send either a file or an uploadId.', [
      { path: '', message: 'Exactly one of "file" and "uploadId" is needed.' },
    ]);
  if (file) return { name: file.name, content: Readable.from(file.stream() as ReadableStream<Uint8Array>) };
  const upload = await ctx.openUpload(uploadId!);
  if (!upload) throw new NotFoundError('upload', uploadId!.slice(0, 100));
  return upload;
}

builder.mutationField('uploadCadFile', (t) =>
  t.prismaField({
    type: CadFileNode,
    description: 'Takes a STEP file into the library. The content is checked, not the name.',
    errors: { types: [ValidationError, NotFoundError] },
    args: { input: t.arg({ type: UploadCadFileInput, required: true, description: 'The file.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const { name, content } = await uploaded(input, ctx);
      try {
        const { id } = await importCadFile(ctx.platform, { name: input.name?.trim() || name, content });
        return await ctx.db.cadFile.findUniqueOrThrow({ ...query, where: { id } });
      } finally {
        // A refused file is not read to its end, so it must be closed by hand.
        content.destroy();
      }
    },
  }),
);
