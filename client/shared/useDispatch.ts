import { useClient } from 'urql';
import type { CreateOrderLineInput, DispatchInput } from '../gql/graphql.js';
import { graphql } from '../gql/index.js';
import { type Problem, problemOf } from './errors.js';

const Dispatch = graphql(`
  mutation Dispatch($input: DispatchInput!) {
    dispatch(input: $input) {
      __typename
      ... on Run {
        id
        status
      }
      ...ProblemParts
    }
  }
`);

const CreateOrderLine = graphql(`
  mutation CreateOrderLine($input: CreateOrderLineInput!) {
    createOrderLine(input: $input) {
      __typename
      ... on OrderLine {
        id
        order {
          id
          number
        }
      }
      ...ProblemParts
    }
  }
`);

export type Outcome = { id: string; problem: null } | { id: null; problem: Problem };

export type LineOutcome = { id: string; orderId: string; problem: null } | { id: null; problem: Problem };

/** Starting runs, and making the order lines they may need. Both hand back an id or the problem. */
export function useDispatch() {
  const client = useClient();
  return {
    async dispatch(input: DispatchInput): Promise<Outcome> {
      const { data, error } = await client.mutation(Dispatch, { input });
      const result = data?.dispatch;
      const problem = problemOf(result, error);
      return problem ? { id: null, problem } : { id: (result as { id: string }).id, problem: null };
    },
    async createOrderLine(input: CreateOrderLineInput): Promise<LineOutcome> {
      const { data, error } = await client.mutation(CreateOrderLine, { input });
      const result = data?.createOrderLine;
      const problem = problemOf(result, error);
      if (problem) return { id: null, problem };
      const { id, order } = result as { id: string; order: { id: string } };
      return { id, orderId: order.id, problem: null };
    },
  };
}
