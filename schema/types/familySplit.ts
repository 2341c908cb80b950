import type { FamilyPart, FamilySplit } from '../../workflow/splitByFamily.js';
import { builder } from '../builder.js';
import { FamilyEnum } from './enums.js';
import { FindingObject } from './finding.js';

const FamilyPartObject = builder.objectRef<FamilyPart>('FamilyPart').implement({
  description: 'What one family gets of a graph that is divided.',
  fields: (t) => ({
    family: t.field({ type: FamilyEnum, description: 'The family.', resolve: ({ family }) => family }),
    graph: t.field({ type: 'JSON', description: 'Its graph.', resolve: ({ graph }) => graph }),
    findings: t.field({
      type: [FindingObject],
      description:
        'What it lost (`CONNECTION_CUT`) and what it lacks. Applying fixes, and asking again for what is left, makes it ready to be published.',
      resolve: ({ findings }) => findings,
    }),
  }),
});

export const FamilySplitObject = builder.objectRef<FamilySplit>('FamilySplit').implement({
  description: 'A proposal how to divide a graph that mixes families. `splitWorkflow` makes workflows of it.',
  fields: (t) => ({
    parts: t.field({
      type: [FamilyPartObject],
      description: 'One for each family that gets nodes. What several need, each has.',
      resolve: ({ parts }) => parts,
    }),
    cut: t.field({
      type: ['JSON'],
      description: 'Connections that no part has. The findings of the parts say where they are missed.',
      resolve: ({ cut }) => cut,
    }),
  }),
});
