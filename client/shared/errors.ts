import type { CombinedError } from 'urql';
import { type FragmentType, graphql, readFragment } from '../gql/index.js';

/** What every result that may fail asks of its failures. */
const ProblemParts = graphql(`
  fragment ProblemParts on Error {
    __typename
    code
    message
    ... on ValidationError {
      issues {
        path
        message
      }
    }
  }
`);

/** A failure as the API states it, ready to be shown. */
export interface Problem {
  code: string;
  message: string;
  issues: { path: string; message: string }[];
  /** The failed request, where that is all there is. */
  error?: CombinedError;
}

/** What a problem says about one field, by its JSON pointer; null: nothing. */
export const issueAt = (problem: Problem | null, path: string): string | null =>
  problem?.issues.find((issue) => issue.path === path)?.message ?? null;

/** What a result has of the fragment where it is an error. */
type Result = { __typename?: string } | ({ __typename?: string } & FragmentType<typeof ProblemParts>);

/** The problem in a mutation's answer, or null when it went through. */
export function problemOf(result: Result | null | undefined, error: CombinedError | undefined): Problem | null {
  if (error) return problemFromError(error);
  if (!result) return { code: 'NO_ANSWER', message: 'The server gave no answer. Try again.', issues: [] };
  if (!result.__typename?.endsWith('Error')) return null;
  const { code, message, ...rest } = readFragment(ProblemParts, result as FragmentType<typeof ProblemParts>);
  return { code, message, issues: 'issues' in rest ? rest.issues : [] };
}

/** The server tells who asks it how to; whoever sits here signs in by a link. */
const SIGNED_OUT = 'You are signed out. Open a sign-in link in another tab, then try again here. What you see is kept.';

/** A failed request in words: no connection, or what the server said. */
export function problemFromError(error: CombinedError): Problem {
  if (error.networkError)
    return {
      code: 'OFFLINE',
      message: 'The server does not answer. Check the connection and try again.',
      issues: [],
      error,
    };
  const first = error.graphQLErrors[0];
  const code = String(first?.extensions?.code ?? 'ERROR');
  const message = code === 'UNAUTHENTICATED' ? SIGNED_OUT : (first?.message ?? error.message);
  return { code, message, issues: [], error };
}
