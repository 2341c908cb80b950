import { checkGraph } from '../../workflow/checkGraph.js';
import type { Finding } from '../../workflow/finding.js';
import { builder } from '../builder.js';
import type { Context } from '../context.js';
import { FindingSeverityEnum } from './enums.js';

export const FindingObject = builder.objectRef<Finding>('Finding').implement({
  description: 'One thing that validation has to say about a workflow.',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Stable id of the rule.' }),
    severity: t.field({
      type: FindingSeverityEnum,
      description: 'How much it matters.',
      resolve: (finding) => finding.severity,
    }),
    message: t.exposeString('message', { description: 'One sentence for people.' }),
    nodeId: t.exposeString('nodeId', { nullable: true, description: 'The node it is about; null: the whole graph.' }),
    path: t.exposeString('path', { nullable: true, description: 'JSON pointer into the graph.' }),
    fix: t.field({
      type: 'JSON',
      nullable: true,
      description: 'A change that removes the finding, ready to be applied; null where a person must decide.',
      resolve: (finding) => finding.fix ?? null,
    }),
  }),
});

/** All there is to say about a stored graph, with the modules that are installed now. */
export const findingsOf = (stored: unknown, { platform }: Context): Finding[] =>
  checkGraph(stored, platform.definition, { palette: platform.nodeDefinitions }).findings;

builder.queryField('graphFindings', (t) =>
  t.field({
    type: [FindingObject],
    authScopes: { view: true },
    description:
      'What validation says about a graph that is not stored yet. Paths point into the graph with its nodes brought to the modules installed; fixes fit it as it was sent, too.',
    args: { graph: t.arg({ type: 'JSON', required: true, description: 'A workflow graph, of any quality.' }) },
    resolve: (_root, { graph }, ctx) => findingsOf(graph, ctx),
  }),
);
