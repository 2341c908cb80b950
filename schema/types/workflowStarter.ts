import { STARTERS, type Starter } from '../../workflow/starters/index.js';
import { builder } from '../builder.js';
import { FamilyEnum } from './enums.js';

export const WorkflowStarterObject = builder.objectRef<Starter>('WorkflowStarter').implement({
  description: 'A complete workflow to begin with.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'For `createWorkflow(input: { starter })`.' }),
    name: t.exposeString('name', { description: 'Name for people.' }),
    description: t.exposeString('description', { description: 'What it makes.' }),
    family: t.field({ type: FamilyEnum, description: 'What its runs are about.', resolve: ({ family }) => family }),
    graph: t.field({ type: 'JSON', description: 'The canonical graph.', resolve: ({ graph }) => graph }),
  }),
});

builder.queryField('workflowStarters', (t) =>
  t.field({
    authScopes: { view: true },
    type: [WorkflowStarterObject],
    description: 'Workflows to begin with, simple ones first.',
    args: { family: t.arg({ type: FamilyEnum, description: 'Only those of this family.' }) },
    resolve: (_root, { family }) => STARTERS.filter((starter) => !family || starter.family === family),
  }),
);
