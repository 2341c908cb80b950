import type { JsonObject } from '../../modules/json.js';
import { builder } from '../builder.js';

/** As runtime stores it with a run or a node run. */
export interface StoredFailure {
  code: string;
  message: string;
  nodeId?: string | null;
  failureClass?: string | null;
  details?: JsonObject;
}

export const FailureObject = builder.objectRef<StoredFailure>('Failure').implement({
  description: 'Why a run or a node run failed.',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Stable, machine readable, UPPER_SNAKE.' }),
    message: t.exposeString('message', { description: 'One sentence for people.' }),
    nodeId: t.string({
      nullable: true,
      description: 'The node that failed, where the failure is of a run.',
      resolve: (failure) => failure.nodeId ?? null,
    }),
    failureClass: t.string({
      nullable: true,
      description: '`input`, `transient`, `resource`, `timeout` or `crash`.',
      resolve: (failure) => failure.failureClass ?? null,
    }),
    details: t.field({
      type: 'JSON',
      description: 'Facts about the failure; may be empty.',
      resolve: (failure) => failure.details ?? {},
    }),
  }),
});
