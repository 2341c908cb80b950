import type { RenderTemplatesQuery as TemplatesData } from '../../gql/graphql.js';
import { graphql } from '../../gql/index.js';

export const TemplatesQuery = graphql(`
  query RenderTemplates($after: String) {
    renderTemplates(first: 50, after: $after, includeArchived: true) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          id
          name
          label
          description
          version
          kind
          setup
          engines
          isArchived
        }
      }
    }
  }
`);

export type Template = TemplatesData['renderTemplates']['edges'][number]['node'];
