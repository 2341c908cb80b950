import { GraphQLError } from 'graphql';
import { DomainError } from '../modules/errors.js';
import { isDatabaseAway, isStatementTimeout } from '../runtime/databaseErrors.js';

/** What clients read of a bug; the log has the rest. */
export const UNEXPECTED = 'Something went wrong on our side. It has been logged.';

const TOOK_TOO_LONG = 'This took too long and was broken off. Ask for less at a time, or narrow the filter.';

/** What is answered while the database is away. */
export const DATABASE_AWAY = {
  message: 'The database does not answer at the moment. Try again soon.',
  extensions: { code: 'DATABASE_UNREACHABLE' },
};

/** The error as clients may see it, or undefined where it is a bug and must be masked. */
export function explainError(error: unknown): GraphQLError | undefined {
  if (!(error instanceof GraphQLError)) return undefined;
  const { originalError, message, extensions } = error;
  const told = (text: string, code: string) =>
    new GraphQLError(text, {
      nodes: error.nodes,
      source: error.source,
      positions: error.positions,
      path: error.path,
      extensions: { code },
    });
  if (originalError instanceof DomainError) return told(message, originalError.code);
  if (isStatementTimeout(originalError)) return told(TOOK_TOO_LONG, 'TIMEOUT');
  if (isDatabaseAway(originalError)) return told(DATABASE_AWAY.message, DATABASE_AWAY.extensions.code);
  if (originalError && !(originalError instanceof GraphQLError)) return undefined;
  extensions.code ??= 'BAD_USER_INPUT';
  return error;
}
