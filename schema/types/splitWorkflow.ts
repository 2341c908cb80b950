import { ConflictError, NotFoundError } from '../../runtime/errors.js';
import { type SplitResult, splitWorkflow } from '../../runtime/workflows/split.js';
import { builder } from '../builder.js';
import { requireLocalId } from '../globalId.js';
import { WorkflowNode } from './workflow.js';

const SplitWorkflowInput = builder.inputType('SplitWorkflowInput', {
  description: 'Which draft to divide by family.',
  fields: (t) => ({
    workflowId: t.id({ required: true, description: 'The workflow.' }),
    expectedRevision: t.int({
      required: true,
      description: 'The `draftRevision` that is meant; another one is a conflict.',
    }),
  }),
});

const WorkflowSplitObject = builder.objectRef<SplitResult>('WorkflowSplit').implement({
  description: 'A draft that was divided by family.',
  fields: (t) => ({
    workflow: t.prismaField({
      type: WorkflowNode,
      description: 'The workflow that was divided, with what is left for its own family.',
      resolve: (query, { workflowId }, _args, ctx) =>
        ctx.db.workflow.findUniqueOrThrow({ ...query, where: { id: workflowId } }),
    }),
    made: t.prismaField({
      type: [WorkflowNode],
      description: 'The workflows that were made of the other nodes.',
      resolve: (query, { madeIds }, _args, ctx) =>
        ctx.db.workflow.findMany({ ...query, where: { id: { in: madeIds } }, orderBy: { id: 'asc' } }),
    }),
    cut: t.field({
      type: ['JSON'],
      description: 'Connections that none of them has. The findings of the drafts say what they lack now.',
      resolve: ({ cut }) => cut,
    }),
  }),
});

builder.mutationField('splitWorkflow', (t) =>
  t.field({
    authScopes: { author: true },
    type: WorkflowSplitObject,
    description: 'Divides a draft that mixes families as its `familySplit` proposes, in one step.',
    errors: { types: [NotFoundError, ConflictError] },
    args: { input: t.arg({ type: SplitWorkflowInput, required: true, description: 'The draft.' }) },
    resolve: (_root, { input }, ctx) =>
      splitWorkflow(ctx.platform, {
        workflowId: requireLocalId('Workflow', input.workflowId),
        expectedRevision: input.expectedRevision,
      }),
  }),
);
