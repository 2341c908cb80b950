import { GraphQLError } from 'graphql';
import { DomainError } from '../modules/errors.js';

/** What clients read of a bug; the log has the rest. */
export const UNEXPECTED = 'Something went wrong on our side. It has been logged.';

/** The error as clients may see it, or undefined where it is a bug and must be masked. */
export function explainError(error: unknown): GraphQLError | undefined {
  if (!(error instanceof GraphQLError)) return undefined;
  const { originalError, message, extensions } = error;
  if (originalError instanceof DomainError)
    return new GraphQLError(message, {
      nodes: error.nodes,
      source: error.source,
      positions: error.positions,
      path: error.path,
      extensions: { code: originalError.code },
    });
  if (originalError && !(originalError instanceof GraphQLError)) return undefined;
  extensions.code ??= 'BAD_USER_INPUT';
  return error;
}
