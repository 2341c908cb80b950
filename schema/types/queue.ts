import { type QueueLoad, queueLoads } from '../../runtime/queues/load.js';
import { builder } from '../builder.js';
import { CapabilityEnum } from './enums.js';

const Queue = builder.objectRef<QueueLoad>('Queue').implement({
  description: 'What lies before the workers of one capability.',
  fields: (t) => ({
    capability: t.expose('capability', {
      type: CapabilityEnum,
      description: 'What a worker must have to take from it.',
    }),
    waiting: t.exposeInt('waiting', { description: 'Nodes of runs that could start now.' }),
    waitingSince: t.expose('waitingSince', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when the first of them has been waiting; null: none is.',
    }),
    retrying: t.exposeInt('retrying', { description: 'Nodes that failed and begin another attempt later.' }),
    running: t.exposeInt('running', { description: 'Nodes that workers are at.' }),
    workers: t.exposeInt('workers', { description: 'Workers that are alive and take from it.' }),
  }),
});

builder.queryField('queues', (t) =>
  t.field({
    authScopes: { view: true },
    type: [Queue],
    description: 'One queue for each capability.',
    resolve: (_root, _args, { db, statements }) => queueLoads({ db, pool: statements }),
  }),
);
