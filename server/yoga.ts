import type { IncomingMessage, ServerResponse } from 'node:http';
import { useGraphQLSSE } from '@graphql-yoga/plugin-graphql-sse';
import { GraphQLError } from 'graphql';
import { createYoga, maskError } from 'graphql-yoga';
import { DomainError } from '../modules/errors.js';
import type { Platform } from '../runtime/platform.js';
import type { Context } from '../schema/context.js';
import { schema } from '../schema/index.js';
import { identityOf } from './auth.js';
import { contextFactory } from './context.js';
import { useDocumentLimits } from './useDocumentLimits.js';

interface ServerContext {
  req: IncomingMessage;
  res: ServerResponse;
}

/** The error as clients may see it, or undefined where it is a bug: then the log gets it with its stack, the client one sentence. */
function explain(error: unknown): GraphQLError | undefined {
  if (!(error instanceof GraphQLError)) return undefined;
  const { originalError, message, extensions } = error;
  if (originalError instanceof DomainError)
    return new GraphQLError(message, { ...error, extensions: { code: originalError.code } });
  if (originalError && !(originalError instanceof GraphQLError)) return undefined;
  extensions.code ??= 'BAD_USER_INPUT';
  return error;
}

/** The GraphQL API as a request handler. Who is asking was found out before (auth.ts).
 * @param key - signs asset links and upload ids.
 * @param stopping - aborted when the server shuts down. */
export function buildYoga(platform: Platform, key: string, stopping: AbortSignal) {
  const log = platform.log.child({ part: 'graphql' });
  const createContext = contextFactory(platform, key, stopping);
  return createYoga<ServerContext, Context>({
    schema,
    context: ({ req }) => createContext(identityOf(req)?.viewer ?? null),
    graphqlEndpoint: '/graphql',
    plugins: [useDocumentLimits(), useGraphQLSSE({ endpoint: '/graphql/stream' })],
    // Nobody but our own pages: express answers no preflight, so other origins get nothing.
    cors: false,
    graphiql: false,
    landingPage: false,
    batching: false,
    maskedErrors: {
      isDev: false,
      errorMessage: 'Something went wrong on our side. It has been logged.',
      maskError: (error, message, isDev) => explain(error) ?? maskError(error, message, isDev),
    },
    logging: {
      debug: (...args) => log.debug({ args }),
      info: (...args) => log.info({ args }),
      warn: (...args) => log.warn({ args }),
      error: (error, ...args) => log.error({ err: error, args }, 'a request failed unexpectedly'),
    },
  });
}
