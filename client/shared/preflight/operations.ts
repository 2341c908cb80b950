import { graphql } from '../../gql/index.js';

export const PreflightFields = graphql(`
  fragment PreflightFields on Preflight {
    isReady
    mode
    price {
      amount
      currency
    }
    duration {
      minMs
      maxMs
    }
    checks {
      check
      label
      description
      state
    }
    findings {
      code
      severity
      message
      nodeId
      path
    }
    nodes {
      nodeId
      label
      forecast
      outcomes
      dependsOn {
        message
      }
      duration {
        minMs
        maxMs
      }
    }
  }
`);

export const RunPreflightQuery = graphql(`
  query RunPreflight($input: PreflightInput!) {
    preflight(input: $input) {
      __typename
      ... on Preflight {
        ...PreflightFields
      }
      ...ProblemParts
    }
  }
`);
