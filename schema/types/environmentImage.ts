import { z } from 'zod';
import type { Prisma } from '../../generated/prisma/client.js';
import { ConflictError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import { archiveEnvironmentImage, uploadEnvironmentImage } from '../../runtime/library/environmentImages.js';
import { builder } from '../builder.js';
import { requireLocalId } from '../globalId.js';
import { sorting } from '../sorting.js';
import { containing, FilterText, TEXT_LIMIT } from '../textFilter.js';
import { comparable, FILE_DESCRIPTION, UPLOAD_ID_DESCRIPTION, withUploadedFile } from '../uploadedFile.js';
import { IDEMPOTENCY_KEY_DESCRIPTION, IdempotencyKey, onceFor } from './idempotencyKey.js';

const Size = z.object({ widthPx: z.number(), heightPx: z.number() });

const ImageNode = builder.prismaNode('EnvironmentImage', {
  id: { field: 'id' },
  nullable: true,
  select: { id: true },
  description: 'A picture of all directions that products are lit by (HDRI). Its content never changes.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'Name of the file; settings with `x-lookup: environmentImages` take it.',
    }),
    widthPx: t.int({
      description: 'Pixels from left to right: all round the product.',
      select: { artifact: { select: { metadata: true } } },
      resolve: ({ artifact }) => Size.parse(artifact.metadata).widthPx,
    }),
    heightPx: t.int({
      description: 'Pixels from top to bottom.',
      select: { artifact: { select: { metadata: true } } },
      resolve: ({ artifact }) => Size.parse(artifact.metadata).heightPx,
    }),
    file: t.relation('artifact', { description: 'The picture: Radiance (.hdr) or OpenEXR.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was uploaded.' }),
    archivedAt: t.expose('archivedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when it is not offered any more; null: it is.',
    }),
  }),
});

const IMAGE_SORT = sorting(
  'EnvironmentImage',
  { name: 'Name of the file.', createdAt: 'When it was uploaded.' },
  { by: 'name', direction: 'asc' },
);

interface Wanted {
  includeArchived: boolean;
  text?: string | null | undefined;
}
const where = ({ includeArchived, text }: Wanted): Prisma.EnvironmentImageWhereInput => ({
  archivedAt: includeArchived ? undefined : null,
  name: containing(text),
});

builder.queryField('environmentImages', (t) =>
  t.prismaConnection({
    authScopes: { view: true },
    type: ImageNode,
    cursor: 'id',
    description: 'Environment images by name.',
    args: {
      includeArchived: t.arg.boolean({ required: true, defaultValue: false, description: 'Archived ones too.' }),
      text: t.arg.string({ description: `In the name, in any case; ${TEXT_LIMIT}.`, validate: FilterText }),
      orderBy: t.arg(IMAGE_SORT.arg),
    },
    totalCount: (_root, args, ctx) => ctx.db.environmentImage.count({ where: where(args) }),
    resolve: (query, _root, { orderBy, ...args }, ctx) =>
      ctx.db.environmentImage.findMany({ ...query, where: where(args), orderBy: IMAGE_SORT.orderBy(orderBy) }),
  }),
);

const UploadInput = builder.inputType('UploadEnvironmentImageInput', {
  description: 'A picture of surroundings. Exactly one of `file` and `uploadId`.',
  fields: (t) => ({
    file: t.field({ type: 'File', description: FILE_DESCRIPTION }),
    uploadId: t.string({ description: UPLOAD_ID_DESCRIPTION }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
  }),
});

const ArchiveInput = builder.inputType('ArchiveEnvironmentImageInput', {
  description: 'Whether an environment image is offered.',
  fields: (t) => ({
    environmentImageId: t.id({ required: true, description: 'Which one.' }),
    isArchived: t.boolean({ required: true, defaultValue: true, description: 'False takes it back in.' }),
  }),
});

builder.mutationFields((t) => ({
  uploadEnvironmentImage: t.prismaField({
    authScopes: { author: true },
    type: ImageNode,
    description:
      'Adds an environment image under the name of its file: Radiance (.hdr) or OpenEXR, told by its content, up to 256 MB and 8192 pixels, twice as wide as high. The same picture again is the one that is there.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: UploadInput, required: true, description: 'The picture.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const { id } = await onceFor(ctx, 'uploadEnvironmentImage', await comparable(input), () =>
        withUploadedFile(input, ctx, (file) => uploadEnvironmentImage(ctx.platform, file)),
      );
      return ctx.db.environmentImage.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  archiveEnvironmentImage: t.prismaField({
    authScopes: { author: true },
    type: ImageNode,
    description: 'Takes an environment image out of what is offered, or back in. What names it still finds it.',
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: ArchiveInput, required: true, description: 'Which way.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const id = requireLocalId('EnvironmentImage', input.environmentImageId);
      await archiveEnvironmentImage(ctx.platform, id, input.isArchived);
      return ctx.db.environmentImage.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
}));
