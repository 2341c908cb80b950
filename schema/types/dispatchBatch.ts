import type { Run } from '../../generated/prisma/client.js';
import type { DomainError } from '../../modules/errors.js';
import { ConflictError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import type { LineDispatch } from '../../runtime/orders/dispatch.js';
import type { CadFileDispatch } from '../../runtime/runs/cadFileDispatch.js';
import { builder } from '../builder.js';
import type { Context } from '../context.js';
import { encodeGlobalId, localIdOrNull } from '../globalId.js';
import { RunNode } from './run.js';

type LineOutcome = Run | DomainError;

interface LineAnswer {
  /** Global. */
  orderLineId: string;
  outcome: LineOutcome;
}

const LineDispatchObject = builder.objectRef<LineAnswer>('LineDispatch').implement({
  description: 'How a line of a batch went.',
  fields: (t) => ({
    orderLineId: t.exposeID('orderLineId', {
      description: 'Id of the order line; what was given, where that is none.',
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

const CadFileDispatchObject = builder
  .objectRef<{ cadFileId: string; outcome: LineOutcome }>('CadFileDispatch')
  .implement({
    description: 'How a CAD file of a batch went.',
    fields: (t) => ({
      cadFileId: t.globalID({
        description: 'Id of the CAD file.',
        resolve: ({ cadFileId }) => ({ type: 'CadFile', id: cadFileId }),
      }),
      result: t.field({
        type: RunNode,
        description: 'The run, or the reason why there is none.',
        errors: {
          types: [ValidationError, NotFoundError, ConflictError],
          union: {
            name: 'DispatchCadFileResult',
            description: 'The run of a CAD file, or the reason why there is none.',
          },
        },
        resolve: ({ outcome }) => {
          if (outcome instanceof Error) throw outcome;
          return outcome;
        },
      }),
    }),
  });

interface Batch {
  lines: LineAnswer[];
  cadFiles: { cadFileId: string; outcome: LineOutcome }[];
}

export const BatchObject = builder.objectRef<Batch>('DispatchBatch').implement({
  description: 'How the parts of a batch went.',
  fields: (t) => ({
    started: t.int({
      description: 'How many have a run.',
      resolve: ({ lines, cadFiles }) =>
        [...lines, ...cadFiles].filter(({ outcome }) => !(outcome instanceof Error)).length,
    }),
    lines: t.field({
      type: [LineDispatchObject],
      description: 'One for each order line, in the order they were asked for.',
      resolve: ({ lines }) => lines,
    }),
    cadFiles: t.field({
      type: [CadFileDispatchObject],
      authScopes: { view: true },
      description: 'One for each CAD file that is taken in once more; only `requeueStaleAssets` has any.',
      resolve: ({ cadFiles }) => cadFiles,
    }),
  }),
});

/** One query for all runs of a batch. */
export async function withRuns(
  { db }: Context,
  lines: readonly LineDispatch[],
  cadFiles: readonly CadFileDispatch[] = [],
): Promise<Batch> {
  const ids = [...lines, ...cadFiles].flatMap(({ result }) => ('runId' in result ? [result.runId] : []));
  const runs = new Map((await db.run.findMany({ where: { id: { in: ids } } })).map((run) => [run.id, run]));
  const outcomeOf = ({ result }: Pick<LineDispatch, 'result'>) =>
    'runId' in result ? runs.get(result.runId)! : result;
  return {
    lines: lines.map((line) => ({
      orderLineId: encodeGlobalId('OrderLine', line.orderLineId),
      outcome: outcomeOf(line),
    })),
    cadFiles: cadFiles.map((file) => ({ cadFileId: file.cadFileId, outcome: outcomeOf(file) })),
  };
}

/** A batch with all lines that were asked for, in their order: what is no id of an order line is one that nobody finds. */
export function withMalformed(batch: Batch, asked: readonly string[]): Batch {
  const answered = new Map(batch.lines.map((line) => [line.orderLineId, line]));
  const canonical = (globalId: string) => {
    const id = localIdOrNull('OrderLine', globalId);
    return id === null ? globalId : encodeGlobalId('OrderLine', id);
  };
  const lines = [...new Set(asked.map(canonical))].map(
    (orderLineId) =>
      answered.get(orderLineId) ?? { orderLineId, outcome: new NotFoundError('order line', orderLineId.slice(0, 100)) },
  );
  return { ...batch, lines };
}
