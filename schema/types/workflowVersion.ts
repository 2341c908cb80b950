import { canonicalGraphJson } from '../../workflow/canonical.js';
import { WorkflowGraph } from '../../workflow/graph.js';
import { builder } from '../builder.js';
import { FindingObject, findingsOf } from './finding.js';

export const WorkflowVersionNode = builder.prismaNode('WorkflowVersion', {
  id: { field: 'id' },
  nullable: true,
  select: { id: true },
  description: 'A published, immutable version of a workflow.',
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'From 1, without gaps.' }),
    graph: t.field({
      type: 'JSON',
      description: 'The canonical graph.',
      select: { graph: true },
      resolve: ({ graph }) => graph,
    }),
    exportFile: t.string({
      description: 'The version as a file to keep or hand on: canonical JSON. Importing it gives the same bytes again.',
      select: { graph: true },
      resolve: ({ graph }) => canonicalGraphJson(WorkflowGraph.parse(graph)),
    }),
    note: t.exposeString('note', { description: 'What changed; may be empty.' }),
    publishedBy: t.exposeString('publishedBy', {
      nullable: true,
      description: 'Name of who published it; null: it came with the installation.',
    }),
    publishedAt: t.expose('publishedAt', { type: 'DateTime', description: 'When it was published.' }),
    findings: t.field({
      type: [FindingObject],
      description:
        'What the modules installed now have to say about it: upgraded and dropped settings, and whether it can still run.',
      select: { graph: true },
      resolve: ({ graph }, _args, ctx) => findingsOf(graph, ctx),
    }),
  }),
});
