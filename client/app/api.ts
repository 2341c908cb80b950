import { cacheExchange } from '@urql/exchange-graphcache';
import { persistedExchange } from '@urql/exchange-persisted';
import { createClient as createSseClient } from 'graphql-sse';
import { Client, fetchExchange, mapExchange, type Operation, subscriptionExchange } from 'urql';
import { EMBEDDED_TYPES, POSSIBLE_TYPES } from '../gql/cacheTypes.js';
import { askAgain, queryWatch } from '../shared/failedQueries.js';
import { onReconnected } from './connection.js';
import { subscribeLive } from './liveStream.js';
import { outdatedAnswers } from './outdatedAnswers.js';

/** The console's one door to the back end: queries and mutations by POST, subscriptions as resumable SSE streams. */
export function createApi(): Client {
  const sse = createSseClient({ url: '/graphql/stream', retryAttempts: 0 });
  /** Queries that something on the page shows. */
  const shown = new Map<number, Operation>();
  const client: Client = new Client({
    url: '/graphql',
    preferGetMethod: false,
    fetchOptions: { credentials: 'same-origin' },
    exchanges: [
      mapExchange({
        onOperation(operation) {
          if (operation.kind === 'query') shown.set(operation.key, operation);
          else if (operation.kind === 'teardown') shown.delete(operation.key);
          queryWatch.asked(operation);
        },
        onResult: queryWatch.answered,
      }),
      cacheExchange({
        // Without it the cache drops `... on Error` from answers of a type it has not seen yet.
        possibleTypes: POSSIBLE_TYPES,
        keys: {
          ...Object.fromEntries(EMBEDDED_TYPES.map((name) => [name, () => null])),
          NodeDefinition: (data) => data.step as string,
          WorkflowStarter: (data) => data.key as string,
        },
        resolvers: { Query: { nodeDefinition: (_, args) => ({ __typename: 'NodeDefinition', step: args.step }) } },
        updates: {
          Mutation: {
            uploadCadFile: (_result, _args, cache) => cache.invalidate('Query', 'cadFiles'),
            createProduct: (_result, _args, cache) => cache.invalidate('Query', 'products'),
            createMaterial: (_result, _args, cache) => cache.invalidate('Query', 'lookup'),
            updateMaterial: (_result, _args, cache) => cache.invalidate('Query', 'lookup'),
            archiveMaterial: (_result, _args, cache) => cache.invalidate('Query', 'lookup'),
            uploadEnvironmentImage: (_result, _args, cache) => cache.invalidate('Query', 'lookup'),
            archiveEnvironmentImage: (_result, _args, cache) => cache.invalidate('Query', 'lookup'),
          },
        },
      }),
      outdatedAnswers((operation) => client.reexecuteOperation(operation)),
      // Operations go by their hash (client/gql/persisted-documents.json). A server of another release may not know one: then the
      // text follows.
      persistedExchange({
        preferGetForPersistedQueries: false,
        enableForMutation: true,
        enableForSubscriptions: true,
        generateHash: async (_text, document) => (document as { __meta__?: { hash: string } }).__meta__?.hash ?? '',
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables, extensions }) => ({
          subscribe: (sink) => ({
            unsubscribe: subscribeLive(
              sse,
              { query, variables, extensions },
              sink as Parameters<typeof subscribeLive>[2],
            ),
          }),
        }),
      }),
    ],
  });
  // Whatever changed while the connection was lost: streams with a cursor catch up by themselves, everything else is asked for again.
  onReconnected(() => {
    for (const operation of shown.values()) askAgain(client, operation);
  });
  return client;
}
