import { graphql } from '../../gql/index.js';

export const EffectiveParamFields = graphql(`
  fragment EffectiveParamFields on EffectiveParam {
    nodeId
    nodeLabel
    name
    title
    value
    origin
    without
    isOpen
  }
`);

export const DraftQuery = graphql(`
  query OutputTypeDraft($input: OutputTypeInput!) {
    outputTypeDraft(input: $input) {
      isComplete
      family: issues(step: family) {
        path
        message
      }
      workflow: issues(step: workflow) {
        path
        message
      }
      artifact: issues(step: artifact) {
        path
        message
      }
      overrides: issues(step: overrides) {
        path
        message
      }
      terms: issues(step: terms) {
        path
        message
      }
      workflows {
        id
        name
        description
      }
      versionNumber
      artifactKinds {
        kind
        mediaTypes
        isSet
      }
      contractSchema
      overridable {
        schema
        uiSchema
        defaults
      }
      nodeOverridable {
        schema
        uiSchema
        defaults
      }
      legacyForm {
        schema
        uiSchema
        defaults
      }
      legacyPreview {
        report {
          key
          status
          target
          note
        }
      }
      callerForm {
        schema
        uiSchema
        defaults
      }
      effectiveParams {
        ...EffectiveParamFields
      }
      pricingTiers {
        id
        label
        currency
        unitPriceCents
      }
      categories {
        id
        label
      }
      materials {
        id
        name
        label
      }
    }
  }
`);

export const EditedOutputTypeQuery = graphql(`
  query EditedOutputType($id: ID!) {
    outputType(id: $id) {
      id
      revision
      name
      description
      visibility
      sortOrder
      family
      versionPolicy
      artifactKind
      contract
      overrides
      callerParams
      constraints
      legacySettings
      workflow {
        id
      }
      pinnedVersion {
        id
      }
      pricingTier {
        id
      }
      categories {
        id
      }
    }
  }
`);

export const VersionsQuery = graphql(`
  query OutputTypeVersions($workflowId: ID!) {
    workflow(id: $workflowId) {
      id
      versions(first: 50) {
        edges {
          node {
            id
            number
            note
          }
        }
      }
    }
  }
`);

export const CreateOutputType = graphql(`
  mutation CreateOutputType($input: OutputTypeInput!) {
    createOutputType(input: $input) {
      __typename
      ... on OutputType {
        id
      }
      ...ProblemParts
    }
  }
`);

export const UpdateOutputType = graphql(`
  mutation UpdateOutputType($input: UpdateOutputTypeInput!) {
    updateOutputType(input: $input) {
      __typename
      ... on OutputType {
        id
        revision
      }
      ...ProblemParts
    }
  }
`);

export const ArchiveOutputType = graphql(`
  mutation ArchiveOutputType($input: ArchiveOutputTypeInput!) {
    archiveOutputType(input: $input) {
      __typename
      ... on OutputType {
        id
        revision
        isArchived
      }
      ...ProblemParts
    }
  }
`);

export const DuplicateOutputType = graphql(`
  mutation DuplicateOutputType($input: DuplicateOutputTypeInput!) {
    duplicateOutputType(input: $input) {
      __typename
      ... on OutputType {
        id
      }
      ...ProblemParts
    }
  }
`);

export const BeginWorkflow = graphql(`
  mutation BeginOutputTypeWorkflow($input: CreateWorkflowInput!) {
    createWorkflow(input: $input) {
      __typename
      ... on Workflow {
        id
        draftRevision
      }
      ...ProblemParts
    }
  }
`);

export const PublishBegunWorkflow = graphql(`
  mutation PublishOutputTypeWorkflow($input: PublishWorkflowInput!) {
    publishWorkflow(input: $input) {
      __typename
      ...ProblemParts
    }
  }
`);
