import type { OutputTypesQuery as OutputTypesData } from '../../gql/graphql.js';
import { graphql } from '../../gql/index.js';

export const OutputTypesQuery = graphql(`
  query OutputTypes($includeArchived: Boolean!, $text: String, $after: String) {
    outputTypes(first: 100, includeArchived: $includeArchived, text: $text, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          id
          key
          name
          description
          visibility
          family
          artifactKind
          revision
          isArchived
          rollout
          workflow {
            id
            name
          }
          pricingTier {
            id
            label
            currency
            unitPriceCents
          }
          categories {
            id
            label
          }
        }
      }
    }
  }
`);

export type OutputType = OutputTypesData['outputTypes']['edges'][number]['node'];
