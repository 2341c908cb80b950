import { graphql } from '../../gql/index.js';

/** Of one run. */
export const ForeseenRunFields = graphql(`
  fragment ForeseenRunFields on Preflight {
    isReady
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
    legacySteps {
      step
      label
      forecast
      duration {
        minMs
        maxMs
      }
    }
  }
`);

/** Of the run that delivers, with what would run beside it or take over. */
export const PreflightFields = graphql(`
  fragment PreflightFields on Preflight {
    mode
    price {
      amount
      currency
    }
    isReady
    findings {
      severity
    }
    ...ForeseenRunFields
    shadow {
      ...ForeseenRunFields
    }
    fallback {
      ...ForeseenRunFields
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
