import type { Run } from '../../generated/prisma/client.js';
import type { DomainError } from '../../modules/errors.js';
import { ConflictError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import type { LineDispatch } from '../../runtime/orderDispatch.js';
import { builder } from '../builder.js';
import type { Context } from '../context.js';
import { RunNode } from './run.js';

type LineOutcome = Run | DomainError;

const LineDispatchObject = builder.objectRef<{ orderLineId: string; outcome: LineOutcome }>('LineDispatch').implement({
  description: 'How a line of a batch went.',
  fields: (t) => ({
    orderLineId: t.globalID({
      description: 'Id of the order line.',
      resolve: ({ orderLineId }) => ({ type: 'OrderLine', id: orderLineId }),
    }),
    result: t.field({
      type: RunNode,
      description: 'The run, or the reason why there is none.',
      errors: {
        types: [ValidationError, NotFoundError, ConflictError],
        union: { name: 'DispatchLineResult', description: 'The run of a line, or the reason why there is none.' },
      },
      resolve: ({ outcome }) => {
        if (outcome instanceof Error) throw outcome;
        return outcome;
      },
    }),
  }),
});

export const BatchObject = builder
  .objectRef<{ lines: { orderLineId: string; outcome: LineOutcome }[] }>('DispatchBatch')
  .implement({
    description: 'How the lines of a batch went.',
    fields: (t) => ({
      started: t.int({
        description: 'How many have a run.',
        resolve: ({ lines }) => lines.filter(({ outcome }) => !(outcome instanceof Error)).length,
      }),
      lines: t.field({
        type: [LineDispatchObject],
        description: 'One for each line, in the order they were asked for.',
        resolve: ({ lines }) => lines,
      }),
    }),
  });

/** One query for all runs of a batch. */
export async function withRuns({ db }: Context, lines: readonly LineDispatch[]) {
  const ids = lines.flatMap(({ result }) => ('runId' in result ? [result.runId] : []));
  const runs = new Map((await db.run.findMany({ where: { id: { in: ids } } })).map((run) => [run.id, run]));
  return {
    lines: lines.map(({ orderLineId, result }) => ({
      orderLineId,
      outcome: 'runId' in result ? runs.get(result.runId)! : result,
    })),
  };
}
