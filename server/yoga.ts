import type { DocumentNode } from 'graphql';
import { _createLRUCache, createYoga, maskError } from 'graphql-yoga';
import type { Platform } from '../runtime/platform.js';
import type { Context } from '../schema/context.js';
import { schema } from '../schema/index.js';
import { identityOf } from './auth.js';
import { contextFactory, type ServerContext } from './context.js';
import type { DoorSettings } from './doorSettings.js';
import { explainError, UNEXPECTED } from './explainError.js';
import { type PersistedOperations, usePersistedOperations } from './persistedOperations.js';
import { useDocumentLimits } from './useDocumentLimits.js';
import { useIntrospectionPolicy } from './useIntrospectionPolicy.js';
import { usePartnerView } from './usePartnerView.js';
import { useQueryExecution } from './useQueryExecution.js';
import { useSharedEvents } from './useSharedEvents.js';

/** What runs GraphQL operations, with all of its plugins; transports hand them over (answerOperations.ts, liveOperations.ts). Who is
 * asking was found out before (auth.ts).
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
  return createYoga<ServerContext, Context>({
    schema,
    context: ({ req }) => createContext(identityOf(req)?.viewer ?? null),
    parserAndValidationCache: { documentCache },
    plugins: [
      usePersistedOperations(operations),
      useQueryExecution(),
      useDocumentLimits(documentCache),
      useIntrospectionPolicy(introspection),
      usePartnerView(),
      useSharedEvents(),
    ],
    maskedErrors: {
      isDev: false,
      errorMessage: UNEXPECTED,
      maskError: (error, message, isDev) => explainError(error) ?? maskError(error, message, isDev),
    },
    logging: {
      debug: (...args) => log.debug({ args }),
      info: (...args) => log.info({ args }),
      warn: (...args) => log.warn({ args }),
      error: (error, ...args) => log.error({ err: error, args }, 'a request failed unexpectedly'),
    },
  });
}
