import { GraphQLError } from 'graphql';
import type { RunEvent } from '../../generated/prisma/client.js';
import { visibleRuns } from '../../runtime/access/ownership.js';
import { builder } from '../builder.js';
import { localId } from '../globalId.js';
import { untilClosed } from '../untilClosed.js';

/** A run event, with or without the run it belongs to: live ones come without. */
export type RunEventShape = Omit<RunEvent, 'runId'>;

export const RunEventObject = builder.objectRef<RunEventShape>('RunEvent').implement({
  description: 'One thing that happened in a run. Events of a run are numbered from 1 without gaps.',
  fields: (t) => ({
    seq: t.exposeInt('seq', { description: 'Its number; hand it back as `after` to go on from here.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    type: t.exposeString('type', {
      description:
        'run.queued, run.started, run.cancelling, run.finished, node.ready, node.started, node.progress, node.log, node.retrying or node.finished.',
    }),
    nodeId: t.exposeString('nodeId', { nullable: true, description: 'The node it is about; null: the run.' }),
    data: t.field({ type: 'JSON', description: 'What belongs to the type.', resolve: (event) => event.data }),
  }),
});

builder.subscriptionField('runEvents', (t) =>
  t.field({
    authScopes: { $any: { view: true, order: true } },
    type: RunEventObject,
    description:
      'Replays the events after `after`, then goes live without gap or repeat; ends after `run.finished`. Partners follow runs of their own.',
    args: {
      runId: t.arg.id({ required: true, description: 'Id of the run.' }),
      after: t.arg.int({
        required: true,
        defaultValue: 0,
        description: '`seq` of the last event you have seen; 0: from the beginning.',
      }),
    },
    subscribe: async (_root, { runId, after }, { db, platform, viewer }) => {
      const id = localId('Run', runId);
      if ((await db.run.count({ where: { id, ...visibleRuns(viewer) } })) === 0)
        throw new GraphQLError('There is no run with this id.', { extensions: { code: 'NOT_FOUND' } });
      return untilClosed((signal) => platform.events.run(id, Math.max(after, 0), signal));
    },
    resolve: (event) => event as RunEventShape,
  }),
);
