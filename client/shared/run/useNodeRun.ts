import { useEffect } from 'react';
import { useQuery } from 'urql';
import type { NodeRunStatus } from '../../gql/graphql.js';
import { graphql } from '../../gql/index.js';

const NodeRunQuery = graphql(`
  query NodeRun($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on NodeRun {
        params
        inputs {
          ...PortFacts
        }
        outputs {
          ...PortFacts
        }
      }
    }
  }
`);

/** What a node run was given and what it made; asked for again when its status changes. */
export function useNodeRun(id: string, status: NodeRunStatus) {
  const [{ data, error }, refetch] = useQuery({
    query: NodeRunQuery,
    variables: { id },
    requestPolicy: 'cache-and-network',
  });
  useEffect(() => {
    refetch({ requestPolicy: 'network-only' });
  }, [status, refetch]);
  return { details: data?.node?.__typename === 'NodeRun' ? data.node : undefined, error };
}
