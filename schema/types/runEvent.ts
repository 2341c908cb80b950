import type { RunEvent } from '../../generated/prisma/client.js';
import { builder } from '../builder.js';

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
