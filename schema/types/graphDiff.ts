import type { EdgeChange, FieldChange, GraphDiff, NodeChange } from '../../workflow/diff.js';
import { builder } from '../builder.js';

const ChangeEnum = builder.enumType('GraphChange', {
  description: 'What became of a node or connection.',
  values: {
    added: { description: 'Only the newer graph has it.' },
    removed: { description: 'Only the older graph has it.' },
    changed: { description: 'Both have the node, with other values.' },
    reordered: { description: 'Both have the connection; its port takes it in another place.' },
  } as const,
});

const FieldChangeObject = builder.objectRef<FieldChange>('FieldChange').implement({
  description: 'One value of a node that differs.',
  fields: (t) => ({
    path: t.exposeString('path', { description: 'JSON pointer within the node, for example `/params/samples`.' }),
    before: t.field({
      type: 'JSON',
      nullable: true,
      description: 'Value in the older graph; null: not set, the default of the step held.',
      resolve: ({ before }) => before,
    }),
    after: t.field({
      type: 'JSON',
      nullable: true,
      description: 'Value in the newer graph; null: not set, the default of the step holds.',
      resolve: ({ after }) => after,
    }),
  }),
});

const NodeChangeObject = builder.objectRef<NodeChange>('NodeChange').implement({
  description: 'A node that differs.',
  fields: (t) => ({
    nodeId: t.exposeString('nodeId', { description: 'Id within the graph.' }),
    step: t.exposeString('step', { description: 'Its node definition.' }),
    change: t.field({ type: ChangeEnum, description: 'What became of it.', resolve: ({ change }) => change }),
    fields: t.field({
      type: [FieldChangeObject],
      description: 'What changed; all that is set, for nodes added or removed.',
      resolve: ({ fields }) => fields,
    }),
    isLayoutOnly: t.exposeBoolean('isLayoutOnly', { description: 'Only its place or name in the editor changed.' }),
  }),
});

const EdgeChangeObject = builder.objectRef<EdgeChange>('EdgeChange').implement({
  description: 'A connection that differs.',
  fields: (t) => ({
    change: t.field({ type: ChangeEnum, description: 'What became of it.', resolve: ({ change }) => change }),
    fromNode: t.string({ description: 'Node it comes from.', resolve: ({ edge }) => edge.from.node }),
    fromPort: t.string({ description: 'Output port it comes from.', resolve: ({ edge }) => edge.from.port }),
    toNode: t.string({ description: 'Node it goes to.', resolve: ({ edge }) => edge.to.node }),
    toPort: t.string({ description: 'Input port it goes to.', resolve: ({ edge }) => edge.to.port }),
  }),
});

export const GraphDiffObject = builder.objectRef<GraphDiff>('GraphDiff').implement({
  description: 'What differs between two graphs.',
  fields: (t) => ({
    before: t.field({
      type: 'JSON',
      description: 'The older graph, to be drawn.',
      resolve: (diff) => diff.before,
    }),
    after: t.field({ type: 'JSON', description: 'The newer graph, to be drawn.', resolve: (diff) => diff.after }),
    nodes: t.field({ type: [NodeChangeObject], description: 'By node id.', resolve: ({ nodes }) => nodes }),
    edges: t.field({ type: [EdgeChangeObject], description: 'Removed, then added.', resolve: ({ edges }) => edges }),
    isSame: t.exposeBoolean('isSame', { description: 'Nothing differs.' }),
    isLayoutOnly: t.exposeBoolean('isLayoutOnly', { description: 'Runs of both do the same.' }),
  }),
});
