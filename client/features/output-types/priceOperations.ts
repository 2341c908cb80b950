import { graphql } from '../../gql/index.js';

export const PricingTierFields = graphql(`
  fragment PricingTierFields on PricingTier {
    id
    key
    label
    currency
    unitPriceCents
    revision
    archivedAt
    outputTypeCount
  }
`);

export const CategoryFields = graphql(`
  fragment CategoryFields on Category {
    id
    key
    label
    revision
    archivedAt
    productCount
    outputTypeCount
  }
`);

export const PricingTiersQuery = graphql(`
  query PricingTiers($includeArchived: Boolean!, $after: String) {
    pricingTiers(first: 50, includeArchived: $includeArchived, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          ...PricingTierFields
        }
      }
    }
  }
`);

export const CategoriesQuery = graphql(`
  query ProductCategories($includeArchived: Boolean!, $after: String) {
    categories(first: 50, includeArchived: $includeArchived, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          ...CategoryFields
        }
      }
    }
  }
`);

export const CreatePricingTier = graphql(`
  mutation CreatePricingTier($input: CreatePricingTierInput!) {
    createPricingTier(input: $input) {
      __typename
      ... on PricingTier {
        ...PricingTierFields
      }
      ...ProblemParts
    }
  }
`);

export const UpdatePricingTier = graphql(`
  mutation UpdatePricingTier($input: UpdatePricingTierInput!) {
    updatePricingTier(input: $input) {
      __typename
      ... on PricingTier {
        ...PricingTierFields
      }
      ...ProblemParts
    }
  }
`);

export const ArchivePricingTier = graphql(`
  mutation ArchivePricingTier($input: ArchivePricingTierInput!) {
    archivePricingTier(input: $input) {
      __typename
      ... on PricingTier {
        ...PricingTierFields
      }
      ...ProblemParts
    }
  }
`);

export const CreateCategory = graphql(`
  mutation CreateCategory($input: CreateCategoryInput!) {
    createCategory(input: $input) {
      __typename
      ... on Category {
        ...CategoryFields
      }
      ...ProblemParts
    }
  }
`);

export const UpdateCategory = graphql(`
  mutation UpdateCategory($input: UpdateCategoryInput!) {
    updateCategory(input: $input) {
      __typename
      ... on Category {
        ...CategoryFields
      }
      ...ProblemParts
    }
  }
`);

export const ArchiveCategory = graphql(`
  mutation ArchiveCategory($input: ArchiveCategoryInput!) {
    archiveCategory(input: $input) {
      __typename
      ... on Category {
        ...CategoryFields
      }
      ...ProblemParts
    }
  }
`);
