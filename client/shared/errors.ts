import type { CombinedError } from 'urql';

/** A failure as the API states it, ready to be shown. */
export interface Problem {
  code: string;
  message: string;
  issues: { path: string; message: string }[];
}

interface ErrorLike {
  __typename?: string;
  code?: string;
  message?: string;
  issues?: { path: string; message: string }[];
}

/** The problem in a mutation's answer, or null when it went through. */
export function problemOf(result: ErrorLike | null | undefined, error: CombinedError | undefined): Problem | null {
  if (error) return problemFromError(error);
  if (!result) return { code: 'NO_ANSWER', message: 'The server gave no answer. Try again.', issues: [] };
  if (!result.__typename?.endsWith('Error')) return null;
  return { code: result.code ?? 'ERROR', message: result.message ?? 'That did not work.', issues: result.issues ?? [] };
}

/** A failed request in words: no connection, or what the server said. */
export function problemFromError(error: CombinedError): Problem {
  if (error.networkError)
    return { code: 'OFFLINE', message: 'The server does not answer. Check the connection and try again.', issues: [] };
  const first = error.graphQLErrors[0];
  return { code: String(first?.extensions?.code ?? 'ERROR'), message: first?.message ?? error.message, issues: [] };
}
