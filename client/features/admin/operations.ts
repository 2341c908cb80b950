import { graphql } from '../../gql/index.js';

export const AccountFields = graphql(`
  fragment AccountFields on Account {
    id
    name
    role
    scopes
    isDisabled
    createdAt
  }
`);

export const AccountsQuery = graphql(`
  query Accounts($after: String) {
    accounts(first: 100, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          ...AccountFields
        }
      }
    }
  }
`);

export const CreateAccount = graphql(`
  mutation CreateAccount($input: CreateAccountInput!) {
    createAccount(input: $input) {
      __typename
      ... on Account {
        ...AccountFields
      }
      ...ProblemParts
    }
  }
`);

export const UpdateAccount = graphql(`
  mutation UpdateAccount($input: UpdateAccountInput!) {
    updateAccount(input: $input) {
      __typename
      ... on Account {
        ...AccountFields
      }
      ...ProblemParts
    }
  }
`);

export const CreateSignInLink = graphql(`
  mutation CreateSignInLink($accountId: ID!) {
    createSignInLink(accountId: $accountId) {
      __typename
      ... on SignInLink {
        path
        expiresAt
      }
      ...ProblemParts
    }
  }
`);

export const TokensQuery = graphql(`
  query Tokens($after: String) {
    apiTokens(first: 50, after: $after) {
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          id
          name
          prefix
          scopes
          createdAt
          expiresAt
          revokedAt
          lastUsedAt
          account {
            id
            name
            role
            isDisabled
          }
        }
      }
    }
  }
`);

export const CreateToken = graphql(`
  mutation CreateToken($input: CreateApiTokenInput!) {
    createApiToken(input: $input) {
      __typename
      ... on CreatedApiToken {
        secret
      }
      ...ProblemParts
    }
  }
`);

export const RevokeToken = graphql(`
  mutation RevokeToken($id: ID!) {
    revokeApiToken(id: $id) {
      __typename
      ... on ApiToken {
        id
        revokedAt
      }
      ...ProblemParts
    }
  }
`);

export const AuditQuery = graphql(`
  query Audit($filter: AuditFilter, $after: String) {
    auditTrail(first: 50, after: $after, filter: $filter) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          id
          at
          actor
          mutation
          input
          outcome
          tookMs
          times
          lastAt
        }
      }
    }
  }
`);
