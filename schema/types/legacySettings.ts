import { z } from 'zod';
import type { ArtifactRole } from '../../modules/artifacts.js';
import type { JsonObject } from '../../modules/json.js';
import { ValidationError } from '../../runtime/errors.js';
import { previewLegacySettings } from '../../runtime/legacy/previewSettings.js';
import { legacyForm } from '../../workflow/legacy/form.js';
import { isLegacyKind } from '../../workflow/legacy/invocation.js';
import type { LegacyPreview } from '../../workflow/legacy/preview.js';
import type { LegacyKeyReport } from '../../workflow/legacy/settings.js';
import { builder } from '../builder.js';
import { FindingObject } from './finding.js';
import { OutputTypeNode } from './outputType.js';
import { DraftObject, ParamForm } from './outputTypeDraft.js';

const LegacyKeyStatus = builder.enumType('LegacyKeyStatus', {
  description: 'What became of a key of old render settings.',
  values: {
    mapped: { description: 'Said in the new words.' },
    ignored: { description: 'Understood, and not needed.' },
    unknown: { description: 'Not understood; it is kept, and a person should look.' },
  } as const,
});

export const LegacyKeyReportObject = builder.objectRef<LegacyKeyReport>('LegacyKeyReport').implement({
  description: 'What became of one key of old render settings.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'The key.' }),
    status: t.field({ type: LegacyKeyStatus, description: 'What became of it.', resolve: ({ status }) => status }),
    target: t.string({
      nullable: true,
      description: 'Where it went, for example `overrides.resolution`; only where it was mapped.',
      resolve: ({ target }) => target ?? null,
    }),
    note: t.exposeString('note', { description: 'One sentence for people.' }),
  }),
});

const LegacyPreviewObject = builder.objectRef<LegacyPreview>('LegacySettingsPreview').implement({
  description: 'What old render settings come to.',
  fields: (t) => ({
    overrides: t.field({
      type: 'JSON',
      description: 'The same in invocation overrides.',
      resolve: ({ overrides }) => overrides,
    }),
    report: t.field({
      type: [LegacyKeyReportObject],
      description: 'One entry for each key, in their order.',
      resolve: ({ report }) => report,
    }),
    kept: t.field({
      type: 'JSON',
      description: 'What was not mapped, word for word.',
      resolve: ({ kept }) => kept,
    }),
    plain: t.field({
      type: 'JSON',
      description: 'The overrides in the plainest of the old words; they come to the same overrides again.',
      resolve: ({ plain }) => plain,
    }),
    findings: t.field({
      type: [FindingObject],
      description:
        'Values that nobody can use, unknown keys, and values that no step takes; paths point into the settings.',
      resolve: ({ findings }) => findings,
    }),
    staysOnLegacy: t.exposeBoolean('staysOnLegacy', {
      description: 'They ask for a renderer that is not Blender, which no workflow has.',
    }),
  }),
});

builder.prismaObjectFields(OutputTypeNode, (t) => ({
  legacyPreview: t.field({
    type: LegacyPreviewObject,
    authScopes: { view: true },
    description: 'What its old render settings come to, key by key.',
    select: { legacySettings: true, artifactKind: true },
    resolve: ({ legacySettings, artifactKind }, _args, ctx) =>
      previewLegacySettings(ctx, legacySettings as JsonObject, artifactKind as ArtifactRole),
  }),
}));

builder.objectFields(DraftObject, (t) => ({
  legacyForm: t.field({
    type: ParamForm,
    nullable: true,
    description:
      'The old render settings that have a field, in their plainest words, with what the legacy pipeline does where nothing is set; for the step `overrides`. What else the settings hold is kept word for word. Null: the legacy pipeline does not make this kind.',
    resolve: ({ profile: { artifactKind = '', legacySettings = {} } }) =>
      isLegacyKind(artifactKind) ? legacyForm(artifactKind, legacySettings) : null,
  }),
  legacyPreview: t.field({
    type: LegacyPreviewObject,
    description: 'What the old render settings come to, key by key.',
    resolve: ({ profile: { artifactKind = 'still_image', legacySettings = {} } }, _args, ctx) =>
      previewLegacySettings(ctx, legacySettings, artifactKind as ArtifactRole),
  }),
}));

builder.queryFields((t) => ({
  previewLegacySettings: t.field({
    type: LegacyPreviewObject,
    authScopes: { view: true },
    description: 'What old render settings would come to. Stores nothing.',
    errors: { types: [ValidationError] },
    args: {
      settings: t.arg({
        type: 'JSON',
        required: true,
        description: 'Render settings of the old world, any object.',
        validate: z.record(z.string(), z.json(), 'An object of names and values.'),
      }),
      artifactKind: t.arg.string({ required: true, description: 'What is made with them, for example `still_image`.' }),
    },
    resolve: (_root, { settings, artifactKind }, ctx) =>
      previewLegacySettings(ctx, settings as JsonObject, artifactKind as ArtifactRole),
  }),
}));
