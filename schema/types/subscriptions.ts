import { GraphQLError } from 'graphql';
import { builder } from '../builder.js';
import { localId } from '../globalId.js';
import { untilClosed } from '../untilClosed.js';
import { RunNode } from './run.js';
import { RunEventObject, type RunEventShape } from './runEvent.js';

builder.subscriptionFields((t) => ({
  runEvents: t.field({
    authScopes: { view: true },
    type: RunEventObject,
    description: 'Replays the events after `after`, then goes live without gap or repeat; ends after `run.finished`.',
    args: {
      runId: t.arg.id({ required: true, description: 'Id of the run.' }),
      after: t.arg.int({
        required: true,
        defaultValue: 0,
        description: '`seq` of the last event you have seen; 0: from the beginning.',
      }),
    },
    subscribe: async (_root, { runId, after }, ctx) => {
      const id = localId('Run', runId);
      if ((await ctx.db.run.count({ where: { id } })) === 0)
        throw new GraphQLError('There is no run with this id.', { extensions: { code: 'NOT_FOUND' } });
      return untilClosed((signal) => ctx.platform.events.run(id, Math.max(after, 0), signal));
    },
    resolve: (event) => event as RunEventShape,
  }),
  runChanged: t.prismaField({
    authScopes: { view: true },
    type: RunNode,
    description: 'A run was created or changed its status; for live lists. Carries the run as it is now.',
    subscribe: (_root, _args, ctx) => untilClosed((signal) => ctx.platform.events.runChanges(signal)),
    resolve: (query, runId, _args, ctx) =>
      ctx.db.run.findUniqueOrThrow({ ...query, where: { id: runId as unknown as string } }),
  }),
}));
