import { builder } from '../builder.js';
import type { Viewer } from '../context.js';
import { RoleEnum, ScopeEnum } from './enums.js';

const ViewerObject = builder.objectRef<Viewer>('Viewer').implement({
  description: 'Who is asking.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name to greet them by.' }),
    role: t.expose('role', { type: RoleEnum, description: 'What they are here.' }),
    scopes: t.field({
      type: [ScopeEnum],
      description: 'What they may do.',
      resolve: ({ scopes }) => [...scopes],
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    authScopes: { signedIn: true },
    type: ViewerObject,
    description: 'Who is asking.',
    // The query type lets nobody in without one.
    resolve: (_root, _args, ctx) => ctx.viewer!,
  }),
);
