import type { Finding } from '../../workflow/finding.js';
import { builder } from '../builder.js';
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
