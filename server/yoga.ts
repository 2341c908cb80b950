import type { DocumentNode, GraphQLError } from 'graphql';
import { _createLRUCache, createYoga, maskError } from 'graphql-yoga';
import type { Platform } from '../runtime/platform.js';
import type { Context } from '../schema/context.js';
import { schema } from '../schema/index.js';
import { identityOf } from './auth.js';
import { contextFactory, type ServerContext } from './context.js';
import type { DoorSettings } from './doorSettings.js';
import { explainError, UNEXPECTED } from './explainError.js';
import { IntrospectionPolicy } from './introspectionPolicy.js';
import { KnownQueries } from './knownQueries.js';
import { OperationPolicy } from './operationPolicy.js';
import { type PersistedOperations, usePersistedOperations } from './persistedOperations.js';
import { RefusedMutations } from './refusedMutations.js';
import { useDocumentLimits } from './useDocumentLimits.js';
import { useOperationPolicy } from './useOperationPolicy.js';
import { useRefusedByGet } from './useRefusedByGet.js';
import { useSharedEvents } from './useSharedEvents.js';

/** What runs GraphQL operations: Yoga with all of its plugins, and a shorter way for queries that came before; transports hand them
 * over (answerOperations.ts, liveOperations.ts). Who is asking was found out before (auth.ts).
 * @param key - signs asset links and upload ids. */
export function buildYoga(
  platform: Platform,
  key: string,
  { introspection }: Pick<DoorSettings, 'introspection'>,
  operations: PersistedOperations,
) {
  const log = platform.log.child({ part: 'graphql' });
  const createContext = contextFactory(platform, key);
  const documentCache = _createLRUCache<DocumentNode>();
  const policy = new OperationPolicy(new IntrospectionPolicy(introspection));
  const refused = new RefusedMutations(createContext);
  const masked = (error: unknown) =>
    explainError(error) ?? (maskError(error as Error, UNEXPECTED, false) as GraphQLError);
  const told = (error: unknown, ...args: unknown[]) => log.error({ err: error, args }, 'a request failed unexpectedly');
  const queries = new KnownQueries({
    documents: documentCache,
    policy,
    operations,
    createContext,
    mask(error) {
      const mask = masked(error);
      if (mask !== error) told(error);
      return mask;
    },
  });
  const yoga = createYoga<ServerContext, Context>({
    schema,
    context: ({ req }) => createContext(identityOf(req)?.viewer ?? null),
    parserAndValidationCache: { documentCache },
    plugins: [
      usePersistedOperations(operations),
      useDocumentLimits(documentCache, refused),
      useRefusedByGet(refused),
      useOperationPolicy(policy, queries, refused, createContext),
      useSharedEvents(),
    ],
    maskedErrors: {
      isDev: false,
      errorMessage: UNEXPECTED,
      maskError: masked,
    },
    logging: {
      debug: (...args) => log.debug({ args }),
      info: (...args) => log.info({ args }),
      warn: (...args) => log.warn({ args }),
      error: told,
    },
  });
  return { yoga, queries };
}
