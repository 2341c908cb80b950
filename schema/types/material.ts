import { z } from 'zod';
import type { Prisma } from '../../generated/prisma/client.js';
import { toJsonSchema } from '../../modules/define.js';
import type { JsonObject } from '../../modules/json.js';
import { TEXTURE_CHANNELS, type TextureChannel } from '../../modules/shapes/materials.js';
import { ConflictError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import {
  archiveMaterial,
  createMaterial,
  formOf,
  MaterialForm,
  materialOf,
  updateMaterial,
} from '../../runtime/materials/materials.js';
import { buildUiSchema } from '../../workflow/uiSchema.js';
import { builder } from '../builder.js';
import { localId, requireLocalId } from '../globalId.js';
import { sorting } from '../sorting.js';
import { containing, FilterText, TEXT_LIMIT } from '../textFilter.js';
import { ArtifactNode } from './artifact.js';
import { IDEMPOTENCY_KEY_DESCRIPTION, IdempotencyKey, onceFor } from './idempotencyKey.js';

const CHANNEL_DESCRIPTIONS: Record<TextureChannel, string> = {
  baseColor: 'The base colour, sRGB.',
  metallic: 'How metallic, grey.',
  roughness: 'How rough, grey.',
  normal: 'Fine relief: a normal map in tangent space, as of OpenGL.',
};
export const TextureChannelEnum = builder.enumType('TextureChannel', {
  description: 'What a texture stands for.',
  values: Object.fromEntries(
    TEXTURE_CHANNELS.map((channel) => [channel, { value: channel, description: CHANNEL_DESCRIPTIONS[channel] }]),
  ) as { [C in TextureChannel]: { value: C; description: string } },
});

const MaterialTextureObject = builder
  .objectRef<{ channel: TextureChannel; artifactId: string }>('MaterialTexture')
  .implement({
    description: 'One picture of a material.',
    fields: (t) => ({
      channel: t.expose('channel', { type: TextureChannelEnum, description: 'What it stands for.' }),
      artifact: t.field({
        type: ArtifactNode,
        nullable: true,
        description: 'The file.',
        resolve: ({ artifactId }, _args, ctx) => ctx.loaders.artifact(artifactId),
      }),
    }),
  });

const BlendAssetObject = builder.objectRef<{ material: string; artifactId: string }>('MaterialBlendAsset').implement({
  description: 'A material of a .blend file.',
  fields: (t) => ({
    material: t.exposeString('material', { description: 'Its name in the file.' }),
    artifact: t.field({
      type: ArtifactNode,
      nullable: true,
      description: 'The .blend file.',
      resolve: ({ artifactId }, _args, ctx) => ctx.loaders.artifact(artifactId),
    }),
  }),
});

export const MaterialNode = builder.prismaNode('Material', {
  id: { field: 'id' },
  nullable: true,
  select: { id: true },
  description: 'A material of the library.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Stable key: rules, products and order lines name it.' }),
    label: t.exposeString('label', { description: 'Name for people.' }),
    properties: t.field({
      type: 'JSON',
      description: 'Its values as of `materialForm`: baseColor, metallic, roughness, …',
      select: { spec: true },
      resolve: ({ spec }) => formOf(spec as JsonObject),
    }),
    textures: t.field({
      type: [MaterialTextureObject],
      description: 'Pictures that take the place of values.',
      select: { name: true, label: true, spec: true },
      resolve: (material) => {
        const { textures } = materialOf(material);
        return TEXTURE_CHANNELS.flatMap((channel) => {
          const file = textures?.[channel];
          return file ? [{ channel, artifactId: file.id }] : [];
        });
      },
    }),
    blendAsset: t.field({
      type: BlendAssetObject,
      nullable: true,
      description: 'Blender takes this instead of values and textures; null: there is none.',
      select: { name: true, label: true, spec: true },
      resolve: (material) => {
        const { blendAsset } = materialOf(material);
        return blendAsset ? { material: blendAsset.material, artifactId: blendAsset.file.id } : null;
      },
    }),
    revision: t.exposeInt('revision', { description: 'Goes up with every change.' }),
    archivedAt: t.expose('archivedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when it is not offered any more; null: it is.',
    }),
    ruleCount: t.int({
      description: 'How many rules map parts to it.',
      select: { _count: { select: { rules: true } } },
      resolve: ({ _count }) => _count.rules,
    }),
  }),
});

const FORM = toJsonSchema(MaterialForm);
const FormObject = builder.simpleObject('MaterialForm', {
  description: 'How the values of a material are edited.',
  fields: (t) => ({
    schema: t.field({ type: 'JSON', description: 'JSON Schema (draft 7) of `properties`.', nullable: false }),
    uiSchema: t.field({ type: 'JSON', description: 'JSONForms UI schema.', nullable: false }),
    defaults: t.field({ type: 'JSON', description: 'Values of a new material.', nullable: false }),
  }),
});
const slider = { slider: true };

const MATERIAL_SORT = sorting(
  'Material',
  { label: 'Name for people.', name: 'Stable key.', revision: 'How often it was changed.' },
  { by: 'label', direction: 'asc' },
);

interface Wanted {
  includeArchived: boolean;
  text?: string | null | undefined;
}
function where({ includeArchived, text }: Wanted): Prisma.MaterialWhereInput {
  const contains = containing(text);
  return {
    archivedAt: includeArchived ? undefined : null,
    OR: contains && [{ label: contains }, { name: contains }],
  };
}

builder.queryFields((t) => ({
  materials: t.prismaConnection({
    authScopes: { view: true },
    type: MaterialNode,
    cursor: 'id',
    description: 'Materials by label.',
    args: {
      includeArchived: t.arg.boolean({ required: true, defaultValue: false, description: 'Archived ones too.' }),
      text: t.arg.string({
        description: `In the label or the name, in any case; ${TEXT_LIMIT}.`,
        validate: FilterText,
      }),
      orderBy: t.arg(MATERIAL_SORT.arg),
    },
    totalCount: (_root, args, ctx) => ctx.db.material.count({ where: where(args) }),
    resolve: (query, _root, { orderBy, ...args }, ctx) =>
      ctx.db.material.findMany({ ...query, where: where(args), orderBy: MATERIAL_SORT.orderBy(orderBy) }),
  }),
  material: t.prismaField({
    authScopes: { view: true },
    type: MaterialNode,
    nullable: true,
    description: 'One material, or null.',
    args: { id: t.arg.id({ required: true, description: 'Id of a material.' }) },
    resolve: (query, _root, { id }, ctx) =>
      ctx.db.material.findUnique({ ...query, where: { id: localId('Material', id) } }),
  }),
  materialForm: t.field({
    authScopes: { view: true },
    type: FormObject,
    description: 'How the values of a material are edited: enough to draw a form.',
    resolve: () => ({
      schema: FORM,
      uiSchema: buildUiSchema(FORM, {
        controls: { metallic: slider, roughness: slider, transmission: slider, clearcoat: slider },
      }),
      defaults: MaterialForm.parse({}),
    }),
  }),
}));

const Properties = z.record(z.string(), z.json(), 'An object of names and values.').nullish();

const CreateMaterialInput = builder.inputType('CreateMaterialInput', {
  description: 'A new material.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Stable key: small letters, digits and _, up to 64.' }),
    label: t.string({ required: true, description: 'Name for people, 1 to 120 characters.' }),
    properties: t.field({
      type: 'JSON',
      description: 'Values as of `materialForm`; what is left out has its default.',
      validate: Properties,
    }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
  }),
});

const UpdateMaterialInput = builder.inputType('UpdateMaterialInput', {
  description: 'A change of a material.',
  fields: (t) => ({
    materialId: t.id({ required: true, description: 'Which one.' }),
    revision: t.int({
      description: 'The revision you have seen; another one is a conflict. Left out: whatever is there.',
    }),
    label: t.string({ description: 'Name for people; left out: as before.' }),
    properties: t.field({ type: 'JSON', description: 'Values to change; the others stay.', validate: Properties }),
  }),
});

const ArchiveMaterialInput = builder.inputType('ArchiveMaterialInput', {
  description: 'Whether a material is offered.',
  fields: (t) => ({
    materialId: t.id({ required: true, description: 'Which one.' }),
    isArchived: t.boolean({ required: true, defaultValue: true, description: 'False takes it back in.' }),
  }),
});

builder.mutationFields((t) => ({
  createMaterial: t.prismaField({
    authScopes: { author: true },
    type: MaterialNode,
    description: 'Adds a material to the library.',
    errors: { types: [ValidationError, ConflictError] },
    args: { input: t.arg({ type: CreateMaterialInput, required: true, description: 'The new material.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const { id } = await onceFor(ctx, 'createMaterial', input, () =>
        createMaterial(ctx.platform, { ...input, properties: input.properties as JsonObject | null }),
      );
      return ctx.db.material.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  updateMaterial: t.prismaField({
    authScopes: { author: true },
    type: MaterialNode,
    description: 'Changes a material. Runs under way keep the one they were dispatched with.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: UpdateMaterialInput, required: true, description: 'The change.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const { id } = await updateMaterial(ctx.platform, {
        ...input,
        id: requireLocalId('Material', input.materialId),
        properties: input.properties as JsonObject | null,
      });
      return ctx.db.material.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  archiveMaterial: t.prismaField({
    authScopes: { author: true },
    type: MaterialNode,
    description: 'Takes a material out of what is offered, or back in. Products and orders that name it still get it.',
    errors: { types: [NotFoundError, ConflictError] },
    args: { input: t.arg({ type: ArchiveMaterialInput, required: true, description: 'Which one, and whether.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const { id } = await archiveMaterial(
        ctx.platform,
        requireLocalId('Material', input.materialId),
        input.isArchived,
      );
      return ctx.db.material.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
}));
