import { graphql } from '../gql/index.js';

/** What a workflow can begin with. */
export const Starters = graphql(`
  query WorkflowStarters {
    workflowStarters {
      key
      name
      description
      family
    }
  }
`);
