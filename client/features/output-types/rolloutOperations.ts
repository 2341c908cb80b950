import { graphql } from '../../gql/index.js';

export const RolloutFields = graphql(`
  fragment RolloutFields on OutputType {
    id
    revision
    rollout
    shadowRate
    fallsBack
    rolloutOptions {
      rollout
      isOffered
      canBeForced
      reasons
    }
    parity {
      gate {
        streak
        needed
        isOpen
      }
    }
    rolloutHistory(first: 10) {
      totalCount
      edges {
        node {
          id
          by
          at
          before
          after
          shadowRate
          fallsBack
          isForced
          reason
        }
      }
    }
  }
`);

export const RolloutQuery = graphql(`
  query Rollout($id: ID!) {
    outputType(id: $id) {
      id
      ...RolloutFields
    }
  }
`);

export const SetRollout = graphql(`
  mutation SetRollout($input: SetRolloutInput!) {
    setRollout(input: $input) {
      __typename
      ... on OutputType {
        id
        ...RolloutFields
      }
      ...ProblemParts
    }
  }
`);

export const ImportLegacyOutputTypes = graphql(`
  mutation ImportLegacyOutputTypes($input: ImportLegacyOutputTypesInput!) {
    importLegacyOutputTypes(input: $input) {
      __typename
      ... on LegacyImport {
        format
        isDryRun
        createdCount
        unchangedCount
        failedCount
        rows {
          number
          status
          name
          legacyId
          report {
            key
            status
            target
            note
          }
          issues {
            path
            message
          }
        }
      }
      ...ProblemParts
    }
  }
`);
