import { type LegacyStepState, legacyStepStates } from '../../runtime/legacy/stepStates.js';
import { nodeDefinition } from '../../workflow/nodeDefinitions.js';
import { builder } from '../builder.js';
import { NodeRunStatusEnum } from './enums.js';
import { RunNode } from './run.js';

const LegacyStep = builder.objectRef<LegacyStepState>('LegacyStep').implement({
  description: 'One step of the linear pipeline in a legacy run.',
  fields: (t) => ({
    step: t.exposeString('step', { description: 'The step; node definitions have the same key.' }),
    label: t.string({
      description: 'Its name for people.',
      resolve: ({ step }) => nodeDefinition(step)?.label ?? step,
    }),
    moduleKey: t.exposeString('moduleKey', { description: 'The production module it calls.' }),
    status: t.field({
      type: NodeRunStatusEnum,
      description: 'Where it stands: waiting, running, succeeded, failed, or skipped where the run ended before it.',
      resolve: ({ status }) => status,
    }),
    durationMs: t.exposeInt('durationMs', {
      nullable: true,
      description: 'Wall time in milliseconds; null: not ended.',
    }),
    isKept: t.exposeBoolean('isKept', { description: 'Its files were taken over from an earlier attempt.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true, description: 'When it last began.' }),
  }),
});

builder.prismaObjectFields(RunNode, (t) => ({
  shadowOf: t.relation('shadowOf', {
    nullable: true,
    description: 'Of a shadow run: the legacy run it runs beside, which delivers.',
  }),
  shadow: t.relation('shadow', {
    nullable: true,
    description: 'The run by graph beside this legacy run, for comparison.',
  }),
  fallbackOf: t.relation('fallbackOf', {
    nullable: true,
    description: 'Of a legacy run: the failed run by graph it took over from.',
  }),
  fallback: t.relation('fallback', {
    nullable: true,
    description: 'The legacy run that took over from this failed one.',
  }),
  legacySteps: t.field({
    type: [LegacyStep],
    description: 'Of a legacy run: the steps of the linear pipeline, in their order. Empty for others.',
    complexity: 20,
    select: { id: true, mode: true, status: true },
    resolve: ({ id, mode, status }, _args, ctx) =>
      mode === 'legacy' ? legacyStepStates(ctx.platform, id, status) : [],
  }),
}));
