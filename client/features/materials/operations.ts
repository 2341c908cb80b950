import { graphql } from '../../gql/index.js';

export const MaterialFields = graphql(`
  fragment MaterialFields on Material {
    id
    name
    label
    properties
    revision
    archivedAt
    ruleCount
    textures {
      channel
      artifact {
        id
        fileName
        mediaType
        thumbnailUrl
      }
    }
    blendAsset {
      material
      artifact {
        id
        fileName
      }
    }
  }
`);

export const MaterialsQuery = graphql(`
  query Materials($includeArchived: Boolean!, $text: String, $after: String) {
    materials(first: 60, includeArchived: $includeArchived, text: $text, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          ...MaterialFields
        }
      }
    }
  }
`);

/** The material that is edited: it may be on another page of the list. */
export const OpenMaterialQuery = graphql(`
  query OpenMaterial($id: ID!) {
    material(id: $id) {
      ...MaterialFields
    }
    materialForm {
      schema
      uiSchema
      defaults
    }
  }
`);

export const RulesQuery = graphql(`
  query MaterialRules {
    materialRules {
      id
      priority
      categoryKey
      partNamePattern
      cadColor
      material {
        id
        name
        label
      }
    }
    categories: lookup(name: "categories") {
      value
      label
    }
  }
`);

/** What the library can be tried on. */
export const MaterialSubjectsQuery = graphql(`
  query MaterialSubjects($products: ProductFilter, $cadFiles: CadFileFilter) {
    products(first: 10, filter: $products) {
      totalCount
      edges {
        node {
          id
          sku
          name
        }
      }
    }
    cadFiles(first: 10, filter: $cadFiles) {
      totalCount
      edges {
        node {
          id
          name
        }
      }
    }
  }
`);

export const PreviewQuery = graphql(`
  query MaterialPreview($productId: ID, $cadFileId: ID, $product: ID!, $hasProduct: Boolean!) {
    product(id: $product) @include(if: $hasProduct) {
      id
      materialAssignments
    }
    materialPreview(productId: $productId, cadFileId: $cadFileId) {
      parts {
        partId
        partName
        instanceCount
        cadColor
        source
        material
        ruleId
        fittingRuleIds
        reason
        confidence
      }
      unmapped
      problems {
        code
        message
        partName
      }
    }
  }
`);

export const CreateMaterial = graphql(`
  mutation CreateMaterial($input: CreateMaterialInput!) {
    createMaterial(input: $input) {
      __typename
      ... on Material {
        ...MaterialFields
      }
      ...ProblemParts
    }
  }
`);

export const UpdateMaterial = graphql(`
  mutation UpdateMaterial($input: UpdateMaterialInput!) {
    updateMaterial(input: $input) {
      __typename
      ... on Material {
        ...MaterialFields
      }
      ...ProblemParts
    }
  }
`);

export const ArchiveMaterial = graphql(`
  mutation ArchiveMaterial($input: ArchiveMaterialInput!) {
    archiveMaterial(input: $input) {
      __typename
      ... on Material {
        ...MaterialFields
      }
      ...ProblemParts
    }
  }
`);

export const UploadTexture = graphql(`
  mutation UploadMaterialTexture($input: UploadMaterialTextureInput!) {
    uploadMaterialTexture(input: $input) {
      __typename
      ... on Material {
        ...MaterialFields
      }
      ...ProblemParts
    }
  }
`);

export const RemoveTexture = graphql(`
  mutation RemoveMaterialTexture($input: RemoveMaterialTextureInput!) {
    removeMaterialTexture(input: $input) {
      __typename
      ... on Material {
        ...MaterialFields
      }
      ...ProblemParts
    }
  }
`);

export const UploadBlend = graphql(`
  mutation UploadMaterialBlend($input: UploadMaterialBlendInput!) {
    uploadMaterialBlend(input: $input) {
      __typename
      ... on Material {
        ...MaterialFields
      }
      ...ProblemParts
    }
  }
`);

export const RemoveBlend = graphql(`
  mutation RemoveMaterialBlend($id: ID!) {
    removeMaterialBlend(id: $id) {
      __typename
      ... on Material {
        ...MaterialFields
      }
      ...ProblemParts
    }
  }
`);

export const CreateRule = graphql(`
  mutation CreateMaterialRule($input: MaterialRuleInput!) {
    createMaterialRule(input: $input) {
      __typename
      ... on MaterialRule {
        id
      }
      ...ProblemParts
    }
  }
`);

export const UpdateRule = graphql(`
  mutation UpdateMaterialRule($id: ID!, $input: MaterialRuleInput!) {
    updateMaterialRule(id: $id, input: $input) {
      __typename
      ... on MaterialRule {
        id
      }
      ...ProblemParts
    }
  }
`);

export const DeleteRule = graphql(`
  mutation DeleteMaterialRule($id: ID!) {
    deleteMaterialRule(id: $id) {
      __typename
      ... on DeletedMaterialRule {
        id
      }
      ...ProblemParts
    }
  }
`);

export const ReorderRules = graphql(`
  mutation ReorderMaterialRules($ids: [ID!]!) {
    reorderMaterialRules(ids: $ids) {
      __typename
      ... on MaterialRuleOrder {
        rules {
          id
          priority
        }
      }
      ...ProblemParts
    }
  }
`);

export const SetProductMaterials = graphql(`
  mutation SetProductMaterials($input: SetProductMaterialsInput!) {
    setProductMaterials(input: $input) {
      __typename
      ... on Product {
        id
        materialAssignments
      }
      ...ProblemParts
    }
  }
`);
