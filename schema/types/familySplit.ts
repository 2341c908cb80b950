import type { FamilySplit } from '../../workflow/splitByFamily.js';
import { builder } from '../builder.js';

export const FamilySplitObject = builder.objectRef<FamilySplit>('FamilySplit').implement({
  description: 'A proposal how to divide a graph of both families into two. `createWorkflow` makes workflows of them.',
  fields: (t) => ({
    cadFile: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The graph of family `cad_file`; null: nothing is left for it.',
      resolve: ({ graphs }) => graphs.cad_file ?? null,
    }),
    orderLine: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The graph of family `order_line`; null: nothing is left for it.',
      resolve: ({ graphs }) => graphs.order_line ?? null,
    }),
    cut: t.field({
      type: ['JSON'],
      description: 'Connections that neither graph has; a person must replace what they carried.',
      resolve: ({ cut }) => cut,
    }),
  }),
});
