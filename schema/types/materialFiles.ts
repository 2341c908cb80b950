import { z } from 'zod';
import { ModuleError } from '../../modules/errors.js';
import { ConflictError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import { receiveMaterialScene, receiveTexture } from '../../runtime/materials/files.js';
import { setBlendAsset, setTexture } from '../../runtime/materials/materials.js';
import { builder } from '../builder.js';
import { requireLocalId } from '../globalId.js';
import { comparable, FILE_DESCRIPTION, UPLOAD_ID_DESCRIPTION, withUploadedFile } from '../uploadedFile.js';
import { IDEMPOTENCY_KEY_DESCRIPTION, IdempotencyKey, onceFor } from './idempotencyKey.js';
import { MaterialNode, TextureChannelEnum } from './material.js';

const UploadTextureInput = builder.inputType('UploadMaterialTextureInput', {
  description: 'A texture for a material. Exactly one of `file` and `uploadId`.',
  fields: (t) => ({
    materialId: t.id({ required: true, description: 'The material.' }),
    channel: t.field({ type: TextureChannelEnum, required: true, description: 'What the texture stands for.' }),
    file: t.field({ type: 'File', description: FILE_DESCRIPTION }),
    uploadId: t.string({ description: UPLOAD_ID_DESCRIPTION }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
  }),
});

const RemoveTextureInput = builder.inputType('RemoveMaterialTextureInput', {
  description: 'Which texture goes.',
  fields: (t) => ({
    materialId: t.id({ required: true, description: 'The material.' }),
    channel: t.field({ type: TextureChannelEnum, required: true, description: 'What the texture stands for.' }),
  }),
});

const UploadBlendInput = builder.inputType('UploadMaterialBlendInput', {
  description: 'A .blend file with a material. Exactly one of `file` and `uploadId`.',
  fields: (t) => ({
    materialId: t.id({ required: true, description: 'The material of the library it is for.' }),
    material: t.string({
      description: 'Its name in the file; may be left out when there is only one.',
      validate: z.string().trim().min(1).max(63).nullish(),
    }),
    file: t.field({ type: 'File', description: FILE_DESCRIPTION }),
    uploadId: t.string({ description: UPLOAD_ID_DESCRIPTION }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
  }),
});

builder.mutationFields((t) => ({
  uploadMaterialTexture: t.prismaField({
    authScopes: { author: true },
    type: MaterialNode,
    description: 'Sets a texture: PNG, JPEG or WebP up to 64 MB and 8192 pixels a side, told by its content.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: UploadTextureInput, required: true, description: 'The texture.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const id = await existing(ctx.db, input.materialId);
      await onceFor(ctx, 'uploadMaterialTexture', await comparable(input), async () => {
        const file = await withUploadedFile(input, ctx, (received) =>
          receiveTexture(ctx.platform, input.channel, received),
        );
        return setTexture(ctx.platform, id, input.channel, file);
      });
      return ctx.db.material.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  removeMaterialTexture: t.prismaField({
    authScopes: { author: true },
    type: MaterialNode,
    description: 'Takes a texture away: the value counts again.',
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: RemoveTextureInput, required: true, description: 'Which one.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const { id } = await setTexture(ctx.platform, requireLocalId('Material', input.materialId), input.channel, null);
      return ctx.db.material.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  uploadMaterialBlend: t.prismaField({
    authScopes: { author: true },
    type: MaterialNode,
    description:
      'Lets Blender take the material from a .blend file up to 256 MB. Blender looks at it first: the material must be there, with its pictures packed and without scripts.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: UploadBlendInput, required: true, description: 'The file.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const id = await existing(ctx.db, input.materialId);
      await onceFor(ctx, 'uploadMaterialBlend', await comparable(input), async () => {
        const asset = await withUploadedFile(input, ctx, (received) =>
          receiveMaterialScene(ctx.platform, input.material?.trim() || null, received),
        ).catch((error: unknown) => {
          // Blender itself is at fault, or it is not here.
          throw error instanceof ModuleError ? new ConflictError(error.message, error.code) : error;
        });
        return setBlendAsset(ctx.platform, id, asset);
      });
      return ctx.db.material.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  removeMaterialBlend: t.prismaField({
    authScopes: { author: true },
    type: MaterialNode,
    description: 'Takes the .blend file away: values and textures count again.',
    errors: { types: [NotFoundError] },
    args: { id: t.arg.id({ required: true, description: 'The material.' }) },
    resolve: async (query, _root, args, ctx) => {
      const { id } = await setBlendAsset(ctx.platform, requireLocalId('Material', args.id), null);
      return ctx.db.material.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
}));

/** Looked up before a large file is received for nothing. */
async function existing(
  db: { material: { count(query: { where: { id: string } }): Promise<number> } },
  globalId: string,
): Promise<string> {
  const id = requireLocalId('Material', globalId);
  if ((await db.material.count({ where: { id } })) === 0) throw new NotFoundError('material', globalId);
  return id;
}
