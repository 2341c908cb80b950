import { type DocumentType, graphql } from '../../gql/index.js';

/** A file that a run made. */
export const RunFileParts = graphql(`
  fragment RunFileParts on Artifact {
    id
    role
    mediaType
    fileName
    byteSize
    metadata
    nodeId
    url
    thumbnailUrl
  }
`);

export type RunFile = DocumentType<typeof RunFileParts>;
