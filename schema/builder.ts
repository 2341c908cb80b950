import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import ErrorsPlugin from '@pothos/plugin-errors';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import SimpleObjectsPlugin from '@pothos/plugin-simple-objects';
import ValidationPlugin from '@pothos/plugin-validation';
import { GraphQLError } from 'graphql';
import { z } from 'zod';
import type PrismaTypes from '../generated/pothos-types.js';
import { getDatamodel } from '../generated/pothos-types.js';
import type { JsonValue } from '../modules/json.js';
import type { Scope } from '../runtime/access/access.js';
import { ValidationError } from '../runtime/errors.js';
import type { Context } from './context.js';
import { keepPlans } from './execution/keptPlans.js';
import { decodeGlobalId, encodeGlobalId, MAX_NODES, type NodeType } from './globalId.js';
import { isCursor, pageCursors } from './pageCursors.js';
import { mayReach } from './partnerView.js';
import { plainFields } from './plainFields.js';
import { stability } from './stability.js';

/** Rows of a page when `first` and `last` are left out, and at most. */
export const PAGE_SIZE = { default: 20, max: 100 } as const;

interface Types {
  Context: Context;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  AuthScopes: { signedIn: boolean } & Record<Scope, boolean>;
  DefaultAuthStrategy: 'all';
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: JsonValue; Output: unknown };
    File: { Input: File; Output: never };
  };
}

/** Looked into here, because the database would answer a made-up one with an error of its own. */
const Cursor = z.string().refine(isCursor, 'This is not a cursor of this API.').nullish();

/** JSON pointer within the `input` of a mutation, or within the arguments of a field without one. */
function pointer(path: readonly (PropertyKey | { key: PropertyKey })[]): string {
  const keys = path.map((part) => String(typeof part === 'object' ? part.key : part));
  return keys
    .slice(keys[0] === 'input' ? 1 : 0)
    .map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

keepPlans();

/** Where every type of the API is declared. Order of plugins matters: errors wrap relay and prisma fields. */
export const builder = new SchemaBuilder<Types>({
  plugins: [
    ErrorsPlugin,
    RelayPlugin,
    ScopeAuthPlugin,
    pageCursors,
    plainFields,
    PrismaPlugin,
    ComplexityPlugin,
    SimpleObjectsPlugin,
    ValidationPlugin,
    stability,
  ],
  defaultFieldNullability: false,
  // Each field names the errors it can answer with; anything else is a bug, masked and logged.
  errors: {
    directResult: true,
    defaultTypes: [],
    // The door (server/auth.ts) has let nobody in before this, so messages about one's own input give nothing away.
    unsafelyHandleInputErrors: true,
    defaultUnionOptions: { description: 'What was asked for, or the reason why not.' },
  },
  validation: {
    validationError: ({ issues }) =>
      new ValidationError(
        issues.length === 1 ? issues[0]!.message : 'Some of the values do not fit.',
        issues.map((issue) => ({
          path: pointer(issue.path ?? []),
          message: issue.message,
        })),
      ),
  },
  scopeAuth: {
    authorizeOnSubscribe: true,
    authScopes: ({ viewer }) => ({
      signedIn: viewer !== null,
      view: viewer?.scopes.has('view') ?? false,
      order: viewer?.scopes.has('order') ?? false,
      author: viewer?.scopes.has('author') ?? false,
      operate: viewer?.scopes.has('operate') ?? false,
      admin: viewer?.scopes.has('admin') ?? false,
    }),
    unauthorizedError: (_parent, { viewer }, { fieldName }) =>
      viewer
        ? new GraphQLError(`You may not use "${fieldName}".`, { extensions: { code: 'FORBIDDEN' } })
        : new GraphQLError('Sign in, or send a token as "Authorization: Bearer …".', {
            extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
          }),
  },
  prisma: {
    client: (ctx) => ctx.db,
    dmmf: getDatamodel(),
    defaultConnectionSize: PAGE_SIZE.default,
    maxConnectionSize: PAGE_SIZE.max,
    filterConnectionTotalCount: true,
    exposeDescriptions: false,
  },
  complexity: { defaultComplexity: 1, defaultListMultiplier: 5 },
  relay: {
    encodeGlobalID: encodeGlobalId,
    decodeGlobalID: decodeGlobalId,
    idFieldOptions: { description: 'Opaque id, unique over all types; `node(id)` finds the object again.' },
    nodeTypeOptions: { description: 'Anything that has an id of its own and can be fetched by it.' },
    nodeQueryOptions: {
      description: 'The object with this id, or null where there is none (any more).',
      args: { id: { description: 'An `id` from this API.' } },
      resolve: async (_root, { id }, ctx, _info, resolveNode) =>
        (await mayReach(ctx, id.typename as NodeType, id.id)) ? resolveNode(id) : null,
    },
    nodesQueryOptions: {
      description: `The objects with these ids, in the same order, null for each that is not there. At most ${MAX_NODES}.`,
      args: { ids: { description: `Up to ${MAX_NODES} values of \`id\` from this API.` } },
      complexity: (args) => ({ field: 1, multiplier: Math.max(args.ids.length, 1) }),
      resolve: async (_root, { ids }, ctx, _info, resolveNodes) => {
        if (ids.length > MAX_NODES)
          throw new GraphQLError(`Ask for at most ${MAX_NODES} ids at a time.`, {
            extensions: { code: 'TOO_MANY_IDS' },
          });
        const reached = await Promise.all(ids.map(({ typename, id }) => mayReach(ctx, typename as NodeType, id)));
        // Always all of them, whatever ids it is given (Pothos 4).
        const found = await resolveNodes(ids);
        return found.map((node, at) => (reached[at] ? node : null));
      },
    },
    pageInfoTypeOptions: { description: 'Where a page of a list begins and ends.' },
    hasNextPageFieldOptions: { description: 'More follow after `endCursor`.' },
    hasPreviousPageFieldOptions: { description: 'More come before `startCursor`.' },
    startCursorFieldOptions: { description: 'Cursor of the first row of the page; null on an empty page.' },
    endCursorFieldOptions: { description: 'Cursor of the last row of the page; null on an empty page.' },
    firstArgOptions: {
      description: `How many rows after \`after\`; ${PAGE_SIZE.default} when left out, at most ${PAGE_SIZE.max}.`,
    },
    lastArgOptions: { description: `How many rows before \`before\`; at most ${PAGE_SIZE.max}.` },
    afterArgOptions: { description: 'Only rows after this cursor.', validate: Cursor },
    beforeArgOptions: { description: 'Only rows before this cursor.', validate: Cursor },
    defaultConnectionTypeOptions: {
      description: 'One page of a list. Its cursors stay right while rows are added.',
    },
    defaultEdgeTypeOptions: { description: 'One row of a page.' },
    // The page's size counts at the connection.
    edgesFieldOptions: {
      description: 'The rows of the page.',
      nullable: { list: false, items: false },
      complexity: { field: 0, multiplier: 1 },
    },
    defaultConnectionFieldOptions: {
      complexity: ({ first, last }) => ({
        field: 1,
        multiplier: Math.min(first ?? last ?? PAGE_SIZE.default, PAGE_SIZE.max),
      }),
    },
    nodeFieldOptions: { description: 'The object in this row.', nullable: false },
    cursorFieldOptions: { description: 'Marks this row, for `after` and `before`.' },
    pageInfoFieldOptions: { description: 'Where the page begins and ends.' },
  },
});

builder.queryType({
  description: 'Everything that can be read.',
  authScopes: { signedIn: true },
});
builder.mutationType({
  description: 'Everything that can be changed. Expected failures come back as members of the result union.',
  authScopes: { signedIn: true },
});
builder.subscriptionType({
  description: 'Everything that can be watched live, over server-sent events or WebSockets.',
  authScopes: { signedIn: true },
});
