import type { Prisma } from '../../generated/prisma/client.js';
import { toJsonSchema } from '../../modules/define.js';
import { BlendDeclaration, BlendSetup, StudioSetup } from '../../modules/shapes/renderTemplate.js';
import { ConflictError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import {
  archiveRenderTemplate,
  createStudioTemplate,
  templateOf,
  updateRenderTemplate,
  uploadBlendTemplate,
} from '../../runtime/library/renderTemplates.js';
import { builder } from '../builder.js';
import { localId, requireLocalId } from '../globalId.js';
import { sorting } from '../sorting.js';
import { containing, FilterText, TEXT_LIMIT } from '../textFilter.js';
import { comparable, withUploadedFile } from '../uploadedFile.js';
import { IDEMPOTENCY_KEY_DESCRIPTION, IdempotencyKey, onceFor } from './idempotencyKey.js';

const KindEnum = builder.enumType('RenderTemplateKind', {
  description: 'How a studio is described.',
  values: {
    studio: { value: 'studio', description: 'By numbers: camera, lights, backdrop.' },
    blend: { value: 'blend', description: 'By a .blend file that was built in Blender.' },
  } as const,
});

const TemplateNode = builder.prismaNode('RenderTemplate', {
  id: { field: 'id' },
  nullable: true,
  description: 'A studio that products are shown in.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Stable name; the param `template` takes it.' }),
    label: t.exposeString('label', { description: 'Name for people.' }),
    description: t.exposeString('description', { description: 'What it is good for; may be empty.' }),
    version: t.exposeInt('version', {
      description: 'Goes up with every change; updates name the one they are based on.',
    }),
    kind: t.field({ type: KindEnum, description: 'How it is described.', resolve: (row) => templateOf(row).kind }),
    setup: t.field({
      type: 'JSON',
      description: 'Its settings, with all defaults; `renderTemplateForm` has their schema.',
      resolve: (row) => {
        const { name, label, description, version, kind: _kind, ...template } = templateOf(row);
        return Object.fromEntries(Object.entries(template).filter(([key]) => key !== 'scene'));
      },
    }),
    engines: t.stringList({
      description: 'Render engines it was made for.',
      resolve: (row) => templateOf(row).engines,
    }),
    isArchived: t.boolean({
      description: 'Not offered any more; what names it still finds it.',
      resolve: (row) => row.archivedAt !== null,
    }),
  }),
});

interface TemplateForm {
  kind: 'studio' | 'blend';
  isUpload: boolean;
}

const schemaOf = ({ kind, isUpload }: TemplateForm) =>
  kind === 'studio' ? StudioSetup : isUpload ? BlendDeclaration : BlendSetup;

const FormObject = builder.objectRef<TemplateForm>('RenderTemplateForm').implement({
  description: 'What the settings of a render template look like.',
  fields: (t) => ({
    schema: t.field({
      type: 'JSON',
      description: 'JSON Schema (draft 7) of `setup`.',
      resolve: (form) => toJsonSchema(schemaOf(form)),
    }),
    defaults: t.field({
      type: 'JSON',
      description: 'Settings to start from.',
      resolve: (form) =>
        form.kind === 'blend' && !form.isUpload ? {} : JSON.parse(JSON.stringify(schemaOf(form).parse({}))),
    }),
  }),
});

const TEMPLATE_SORT = sorting(
  'RenderTemplate',
  { label: 'Name for people.', name: 'Stable name.', version: 'How often it was changed.' },
  { by: 'label', direction: 'asc' },
);

interface Wanted {
  includeArchived?: boolean | null | undefined;
  text?: string | null | undefined;
}
function where({ includeArchived, text }: Wanted): Prisma.RenderTemplateWhereInput {
  const contains = containing(text);
  return {
    archivedAt: includeArchived ? undefined : null,
    OR: contains && [{ label: contains }, { name: contains }],
  };
}

builder.queryFields((t) => ({
  renderTemplates: t.prismaConnection({
    authScopes: { view: true },
    type: 'RenderTemplate',
    cursor: 'id',
    description: 'Render templates by label.',
    args: {
      includeArchived: t.arg.boolean({ defaultValue: false, description: 'Archived ones too.' }),
      text: t.arg.string({
        description: `In the label or the name, in any case; ${TEXT_LIMIT}.`,
        validate: FilterText,
      }),
      orderBy: t.arg(TEMPLATE_SORT.arg),
    },
    totalCount: (_root, args, ctx) => ctx.db.renderTemplate.count({ where: where(args) }),
    resolve: (query, _root, { orderBy, ...args }, ctx) =>
      ctx.db.renderTemplate.findMany({ ...query, where: where(args), orderBy: TEMPLATE_SORT.orderBy(orderBy) }),
  }),
  renderTemplate: t.prismaField({
    authScopes: { view: true },
    type: 'RenderTemplate',
    nullable: true,
    description: 'One render template, or null.',
    args: { id: t.arg.id({ required: true, description: 'Id of a render template.' }) },
    resolve: (query, _root, { id }, ctx) =>
      ctx.db.renderTemplate.findUnique({ ...query, where: { id: localId('RenderTemplate', id) } }),
  }),
  renderTemplateForm: t.field({
    authScopes: { view: true },
    type: FormObject,
    description: 'What the settings of a render template look like.',
    args: {
      kind: t.arg({ type: KindEnum, required: true, description: 'Of which kind.' }),
      isUpload: t.arg.boolean({
        defaultValue: false,
        description: 'For `uploadRenderTemplate`, where much of a .blend file need not be said.',
      }),
    },
    resolve: (_root, { kind, isUpload }) => ({ kind, isUpload: isUpload ?? false }),
  }),
}));

const CreateInput = builder.inputType('CreateRenderTemplateInput', {
  description: 'A parametric studio.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Stable name: lower-case letters, digits and underscores.' }),
    label: t.string({ required: true, description: 'Name for people, 1 to 100 characters.' }),
    description: t.string({ description: 'What it is good for.' }),
    setup: t.field({
      type: 'JSON',
      description: 'Settings; what is left out has its default. See `renderTemplateForm`.',
    }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
  }),
});

const UploadInput = builder.inputType('UploadRenderTemplateInput', {
  description: 'A studio built in Blender. Exactly one of `file` and `uploadId`.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Stable name: lower-case letters, digits and underscores.' }),
    label: t.string({ required: true, description: 'Name for people, 1 to 100 characters.' }),
    description: t.string({ description: 'What it is good for.' }),
    file: t.field({ type: 'File', description: 'The .blend file, as GraphQL multipart, up to 25 MB.' }),
    uploadId: t.string({ description: 'What `POST /api/uploads` answered with; for files of any size.' }),
    setup: t.field({
      type: 'JSON',
      description: 'What the file offers under which names; what is left out is looked for under its usual name.',
    }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
  }),
});

const UpdateInput = builder.inputType('UpdateRenderTemplateInput', {
  description: 'A change; what is left out stays.',
  fields: (t) => ({
    renderTemplateId: t.id({ required: true, description: 'The render template.' }),
    version: t.int({ required: true, description: 'The version that the change is based on.' }),
    label: t.string({ description: 'Name for people, 1 to 100 characters.' }),
    description: t.string({ description: 'What it is good for.' }),
    setup: t.field({ type: 'JSON', description: 'All settings.' }),
  }),
});

const ArchiveInput = builder.inputType('ArchiveRenderTemplateInput', {
  description: 'Whether a render template is offered.',
  fields: (t) => ({
    renderTemplateId: t.id({ required: true, description: 'The render template.' }),
    version: t.int({ required: true, description: 'The version that the change is based on.' }),
    isArchived: t.boolean({ required: true, description: 'True: not offered any more; false: offered again.' }),
  }),
});

builder.mutationFields((t) => ({
  createRenderTemplate: t.prismaField({
    authScopes: { author: true },
    type: TemplateNode,
    description: 'Adds a parametric studio.',
    errors: { types: [ValidationError, ConflictError] },
    args: { input: t.arg({ type: CreateInput, required: true, description: 'The studio.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const { id } = await onceFor(ctx, 'createRenderTemplate', input, () =>
        createStudioTemplate(ctx.platform, input, input.setup ?? {}),
      );
      return ctx.db.renderTemplate.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  uploadRenderTemplate: t.prismaField({
    authScopes: { author: true },
    type: TemplateNode,
    description:
      'Adds a studio built in Blender. The file is opened with scripts off and checked: it must offer what `setup` says, need nothing beside itself and run nothing. `issues` of the error name everything that is wrong at once.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: UploadInput, required: true, description: 'The file and what it offers.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const { id } = await onceFor(ctx, 'uploadRenderTemplate', await comparable(input), () =>
        withUploadedFile(input, ctx, (file) => uploadBlendTemplate(ctx.platform, input, input.setup ?? {}, file)),
      );
      return ctx.db.renderTemplate.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  updateRenderTemplate: t.prismaField({
    authScopes: { author: true },
    type: TemplateNode,
    description: 'Changes a render template. Runs under way keep what they began with.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: UpdateInput, required: true, description: 'The change.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const id = requireLocalId('RenderTemplate', input.renderTemplateId);
      await updateRenderTemplate(ctx.platform, id, input.version, input);
      return ctx.db.renderTemplate.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  archiveRenderTemplate: t.prismaField({
    authScopes: { author: true },
    type: TemplateNode,
    description: 'Takes a render template out of the lists, or brings it back.',
    errors: { types: [NotFoundError, ConflictError] },
    args: { input: t.arg({ type: ArchiveInput, required: true, description: 'Which one.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const id = requireLocalId('RenderTemplate', input.renderTemplateId);
      await archiveRenderTemplate(ctx.platform, id, input.version, input.isArchived);
      return ctx.db.renderTemplate.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
}));
