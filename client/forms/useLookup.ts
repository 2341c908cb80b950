import { useQuery } from 'urql';
import { graphql } from '../gql/index.js';

const LookupQuery = graphql(`
  query Lookup($name: String!) {
    lookup(name: $name) {
      value
      label
      description
    }
  }
`);

/** The values a param with `x-lookup` chooses from, whatever they are. */
export function useLookup(name: string | undefined) {
  const [{ data, error, fetching }] = useQuery({
    query: LookupQuery,
    variables: { name: name ?? '' },
    pause: name === undefined,
  });
  return { options: data?.lookup ?? [], isLoading: fetching, hasFailed: error !== undefined };
}
