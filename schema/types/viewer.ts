import { builder } from '../builder.js';

const ViewerObject = builder.simpleObject('Viewer', {
  description: 'Who is asking.',
  fields: (t) => ({
    name: t.string({ description: 'Name to greet them by.', nullable: false }),
    isOwner: t.boolean({ description: 'May do everything.', nullable: false }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerObject,
    description: 'Who is asking.',
    // The query type lets nobody in without one.
    resolve: (_root, _args, ctx) => ctx.viewer!,
  }),
);
