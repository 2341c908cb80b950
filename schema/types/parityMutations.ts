import { z } from 'zod';
import { ConflictError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import { compareRuns, rerunReport, setParityPolicy } from '../../runtime/parity/reports.js';
import { builder } from '../builder.js';
import { requireLocalId } from '../globalId.js';
import { ParityReportNode } from './parityReport.js';

const operate = { operate: true };

const CompareRunsInput = builder.inputType('CompareRunsInput', {
  description: 'Two runs of one product in one output type.',
  fields: (t) => ({
    legacyRunId: t.id({ required: true, description: 'The run that is the measure.' }),
    graphRunId: t.id({ required: true, description: 'The run that is to be as good.' }),
  }),
});

const SetParityPolicyInput = builder.inputType('SetParityPolicyInput', {
  description: 'New thresholds of an output type.',
  fields: (t) => ({
    outputTypeId: t.id({ required: true, description: 'Which output type.' }),
    revision: t.int({
      description:
        'The revision of the output type that you have seen; another one is a conflict. Left out: whatever is there.',
    }),
    policy: t.field({
      type: 'JSON',
      required: true,
      description: 'Values as of `parityPolicyForm`; what is left out has its default.',
      validate: z.record(z.string(), z.json(), 'An object of names and values.'),
    }),
  }),
});

builder.mutationFields((t) => ({
  compareRuns: t.prismaField({
    type: ParityReportNode,
    authScopes: operate,
    description: 'Compares two runs once both have ended. Runs that were compared before are compared anew.',
    errors: { types: [ValidationError, NotFoundError] },
    args: { input: t.arg({ type: CompareRunsInput, required: true, description: 'Which runs.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const id = await compareRuns(ctx.platform, {
        legacyRunId: requireLocalId('Run', input.legacyRunId),
        graphRunId: requireLocalId('Run', input.graphRunId),
      });
      return ctx.db.parityReport.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  rerunParity: t.prismaField({
    type: ParityReportNode,
    authScopes: operate,
    description: 'Makes a report anew from the same runs, by the thresholds of today.',
    errors: { types: [NotFoundError] },
    args: { id: t.arg.id({ required: true, description: 'Id of the report.' }) },
    resolve: async (query, _root, args, ctx) => {
      const id = requireLocalId('ParityReport', args.id);
      await rerunReport(ctx.platform, id);
      return ctx.db.parityReport.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  setParityPolicy: t.prismaField({
    type: 'OutputType',
    authScopes: { author: true },
    description:
      'Sets the thresholds of an output type. Reports judged by other ones do not count towards `graph` until they are made anew.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: SetParityPolicyInput, required: true, description: 'The thresholds.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const id = requireLocalId('OutputType', input.outputTypeId);
      await setParityPolicy(ctx.platform, { id, revision: input.revision, policy: input.policy });
      return ctx.db.outputType.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
}));
