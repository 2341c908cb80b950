import { z } from 'zod';
import type { JsonValue } from '../../modules/json.js';
import { ConflictError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import { restoreVersion, saveDraft } from '../../runtime/workflows/draft.js';
import { publishWorkflow } from '../../runtime/workflows/publishing.js';
import { archiveWorkflow, createWorkflow, renameWorkflow } from '../../runtime/workflows/workflows.js';
import { MAX_FILE_BYTES } from '../../workflow/canonical.js';
import { JsonLossError, parseExactJson } from '../../workflow/exactJson.js';
import { STARTERS } from '../../workflow/starters/index.js';
import { builder } from '../builder.js';
import { requireLocalId } from '../globalId.js';
import { FamilyEnum } from './enums.js';
import { IDEMPOTENCY_KEY_DESCRIPTION, IdempotencyKey, onceFor } from './idempotencyKey.js';
import { WorkflowNode } from './workflow.js';

const CreateWorkflowInput = builder.inputType('CreateWorkflowInput', {
  description: 'A new workflow: empty, or from at most one of `starter`, `graph` and `file`.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name for people, at most 200 characters.' }),
    description: t.string({
      description: 'What it is for.',
      validate: z.string().max(2_000, 'A description has at most 2,000 characters.').nullish(),
    }),
    family: t.field({ type: FamilyEnum, required: true, description: 'What its runs are about. It never changes.' }),
    starter: t.string({ description: 'Key of a starter workflow to begin with (`workflowStarters`).' }),
    graph: t.field({ type: 'JSON', description: 'A graph to begin with.' }),
    file: t.string({
      description:
        'The text of an exported file (`exportFile`) to begin with, at most 2 MB. A key that stands twice and a number that would lose digits are refused with their line.',
      validate: z.string().max(MAX_FILE_BYTES, 'A workflow file has at most 2 MB.').nullish(),
    }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
  }),
});

const UpdateWorkflowInput = builder.inputType('UpdateWorkflowInput', {
  description: 'What to change of a workflow beside its graph; what is left out stays.',
  fields: (t) => ({
    workflowId: t.id({ required: true, description: 'The workflow.' }),
    name: t.string({ description: 'Name for people, at most 200 characters.' }),
    description: t.string({
      description: 'What it is for.',
      validate: z.string().max(2_000, 'A description has at most 2,000 characters.').nullish(),
    }),
  }),
});

const RestoreWorkflowVersionInput = builder.inputType('RestoreWorkflowVersionInput', {
  description: 'A way back.',
  fields: (t) => ({
    workflowId: t.id({ required: true, description: 'The workflow.' }),
    versionId: t.id({ required: true, description: 'The version whose graph becomes the draft.' }),
    expectedRevision: t.int({
      required: true,
      description: 'The `draftRevision` that may be given up; another one is a conflict.',
    }),
  }),
});

const SaveWorkflowDraftInput = builder.inputType('SaveWorkflowDraftInput', {
  description: 'A changed draft.',
  fields: (t) => ({
    workflowId: t.id({ required: true, description: 'The workflow.' }),
    graph: t.field({ type: 'JSON', required: true, description: 'The whole graph in its canonical form.' }),
    expectedRevision: t.int({
      required: true,
      description: 'The `draftRevision` the change was made to; another one is a conflict.',
    }),
  }),
});

const PublishWorkflowInput = builder.inputType('PublishWorkflowInput', {
  description: 'What to publish.',
  fields: (t) => ({
    workflowId: t.id({ required: true, description: 'The workflow.' }),
    expectedRevision: t.int({
      required: true,
      description: 'The `draftRevision` that is meant; another one is a conflict.',
    }),
    acceptedLosses: t.idList({
      description:
        'Output types that may lose what they sell by it (`publishPreview`); others stop it with a conflict.',
      validate: z.array(z.string()).max(100, 'At most 100 at a time.').nullish(),
    }),
    note: t.string({
      defaultValue: '',
      description: 'What changed.',
      validate: z.string().max(2_000, 'A note has at most 2,000 characters.').nullish(),
    }),
  }),
});

builder.mutationFields((t) => ({
  saveWorkflowDraft: t.prismaField({
    authScopes: { author: true },
    type: WorkflowNode,
    description: 'Saves the draft. A draft may have findings; a graph that is not even well-formed is refused.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: SaveWorkflowDraftInput, required: true, description: 'The changed draft.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const workflowId = requireLocalId('Workflow', input.workflowId);
      const { graph, expectedRevision } = input;
      await saveDraft(ctx.platform, { workflowId, graph: graph ?? null, expectedRevision });
      return ctx.db.workflow.findUniqueOrThrow({ ...query, where: { id: workflowId } });
    },
  }),
  publishWorkflow: t.prismaField({
    authScopes: { author: true },
    type: WorkflowNode,
    description:
      'Makes the draft the newest version. Refused with findings while it has errors, and where an output type would lose something.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: PublishWorkflowInput, required: true, description: 'What to publish.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const workflowId = requireLocalId('Workflow', input.workflowId);
      const { expectedRevision, note } = input;
      await publishWorkflow(ctx.platform, {
        workflowId,
        expectedRevision,
        note,
        by: ctx.viewer?.name,
        acceptedLosses: input.acceptedLosses?.map((id) => requireLocalId('OutputType', id)),
      });
      return ctx.db.workflow.findUniqueOrThrow({ ...query, where: { id: workflowId } });
    },
  }),
  createWorkflow: t.prismaField({
    authScopes: { author: true },
    type: WorkflowNode,
    description: 'Makes a workflow with a draft and no version yet.',
    errors: { types: [ValidationError, ConflictError] },
    args: { input: t.arg({ type: CreateWorkflowInput, required: true, description: 'The new workflow.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const { name, description, family } = input;
      const graph = beginning(input);
      const { id } = await onceFor(ctx, 'createWorkflow', input, () =>
        createWorkflow(ctx.platform, { name, description, family, graph }),
      );
      return ctx.db.workflow.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  updateWorkflow: t.prismaField({
    authScopes: { author: true },
    type: WorkflowNode,
    description: 'Changes name or description.',
    errors: { types: [ValidationError, NotFoundError] },
    args: { input: t.arg({ type: UpdateWorkflowInput, required: true, description: 'What to change.' }) },
    resolve: async (query, _root, { input: { workflowId, name, description } }, ctx) => {
      const id = requireLocalId('Workflow', workflowId);
      await renameWorkflow(ctx.platform, { workflowId: id, name, description });
      return ctx.db.workflow.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  restoreWorkflowVersion: t.prismaField({
    authScopes: { author: true },
    type: WorkflowNode,
    description: "Puts a version's graph into the draft; publish it to go back for good. The history stays.",
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: RestoreWorkflowVersionInput, required: true, description: 'The way back.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const workflowId = requireLocalId('Workflow', input.workflowId);
      const versionId = requireLocalId('WorkflowVersion', input.versionId);
      await restoreVersion(ctx.platform, { workflowId, versionId, expectedRevision: input.expectedRevision });
      return ctx.db.workflow.findUniqueOrThrow({ ...query, where: { id: workflowId } });
    },
  }),
  archiveWorkflow: t.prismaField({
    authScopes: { author: true },
    type: WorkflowNode,
    description: 'Puts a workflow away, or takes it back. Refused while an output type runs it; its runs stay.',
    errors: { types: [NotFoundError, ConflictError] },
    args: {
      id: t.arg.id({ required: true, description: 'Id of the workflow.' }),
      isArchived: t.arg.boolean({ defaultValue: true, description: 'False takes it back.' }),
    },
    resolve: async (query, _root, { id, isArchived }, ctx) => {
      const workflowId = requireLocalId('Workflow', id);
      await archiveWorkflow(ctx.platform, { workflowId, isArchived: isArchived ?? true });
      return ctx.db.workflow.findUniqueOrThrow({ ...query, where: { id: workflowId } });
    },
  }),
}));

/** The graph a new workflow begins with; null: an empty one. */
function beginning({
  starter,
  graph,
  file,
}: {
  starter?: string | null;
  graph?: unknown;
  file?: string | null;
}): JsonValue | null {
  if ([starter, graph, file].filter((given) => given != null).length > 1)
    throw new ValidationError('Begin with one thing: a starter, a graph or a file.', [
      { path: '', message: 'At most one of "starter", "graph" and "file".' },
    ]);
  if (starter != null) {
    const found = STARTERS.find(({ key }) => key === starter);
    if (!found)
      throw new ValidationError(`There is no starter "${starter}".`, [
        { path: '/starter', message: `There are: ${STARTERS.map(({ key }) => key).join(', ')}.` },
      ]);
    return found.graph as unknown as JsonValue;
  }
  if (file == null) return (graph ?? null) as JsonValue | null;
  return parsedFile(file);
}

/** @throws ValidationError; its findings point into the file. */
function parsedFile(file: string): JsonValue {
  try {
    return parseExactJson(file);
  } catch (error) {
    const { message } = error as Error;
    const issues = [{ path: '/file', message }];
    if (!(error instanceof JsonLossError))
      throw new ValidationError('This file is not a workflow: it is not JSON.', issues);
    const { code, path } = error;
    throw new ValidationError(
      `The file was not read. ${message}`,
      issues,
      [{ code, severity: 'error', message, path }],
      code,
    );
  }
}
