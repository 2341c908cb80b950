import { cacheExchange } from '@urql/exchange-graphcache';
import { createClient as createSseClient } from 'graphql-sse';
import { Client, fetchExchange, subscriptionExchange } from 'urql';
import { subscribeLive } from './liveStream.js';

/** Types without an id of their own live inside what holds them. */
const EMBEDDED = [
  'Viewer',
  'Port',
  'NodeExecution',
  'LookupOption',
  'Finding',
  'Failure',
  'PortValue',
  'RunEvent',
  'PageInfo',
  'FieldIssue',
  'MaterialTexture',
  'MaterialBlendAsset',
  'MaterialForm',
  'MaterialPreview',
  'MaterialPreviewPart',
  'MaterialProblem',
  'MaterialRuleOrder',
  'DeletedMaterialRule',
];
const ERRORS = ['ValidationError', 'NotFoundError', 'ForbiddenError', 'ConflictError'];
const CONNECTIONS = [
  'Workflows',
  'OutputTypes',
  'Products',
  'CadFiles',
  'Runs',
  'Assets',
  'Notifications',
  'Orders',
  'Materials',
];

const embedded = Object.fromEntries(
  [
    ...EMBEDDED,
    ...ERRORS,
    'WorkflowVersionsConnection',
    'WorkflowVersionsConnectionEdge',
    ...CONNECTIONS.flatMap((name) => [`Query${name}Connection`, `Query${name}ConnectionEdge`]),
  ].map((name) => [name, () => null]),
);

/** The console's one door to the back end: queries and mutations by POST, subscriptions as resumable SSE streams. */
export function createApi(): Client {
  const sse = createSseClient({ url: '/graphql/stream', retryAttempts: 0 });
  return new Client({
    url: '/graphql',
    preferGetMethod: false,
    fetchOptions: { credentials: 'same-origin' },
    exchanges: [
      cacheExchange({
        // Without it the cache drops `... on Error` from answers of a type it has not seen yet.
        possibleTypes: { Error: ERRORS },
        keys: { ...embedded, NodeDefinition: (data) => data.step as string },
        resolvers: { Query: { nodeDefinition: (_, args) => ({ __typename: 'NodeDefinition', step: args.step }) } },
        updates: {
          Mutation: {
            uploadCadFile: (_result, _args, cache) => cache.invalidate('Query', 'cadFiles'),
            createProduct: (_result, _args, cache) => cache.invalidate('Query', 'products'),
          },
        },
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (operation) => ({
          subscribe: (sink) => ({
            unsubscribe: subscribeLive(
              sse,
              { query: operation.query!, variables: operation.variables },
              sink as Parameters<typeof subscribeLive>[2],
            ),
          }),
        }),
      }),
    ],
  });
}
