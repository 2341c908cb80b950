import { useRef, useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Badge } from '../../components/Badge.js';
import { Button } from '../../components/Button.js';
import { EmptyState } from '../../components/EmptyState.js';
import { FileInput } from '../../components/FileInput.js';
import { formatBytes } from '../../components/format.js';
import { ACTIONS } from '../../components/Table.js';
import { graphql } from '../../gql/index.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { Listing } from '../../shared/Listing.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { UploadRefused, uploadFile } from '../../shared/upload.js';

const ImagesQuery = graphql(`
  query EnvironmentImages {
    environmentImages(first: 100, includeArchived: true) {
      totalCount
      edges {
        node {
          id
          name
          widthPx
          heightPx
          archivedAt
          file {
            byteSize
            url
          }
        }
      }
    }
  }
`);

const UploadImage = graphql(`
  mutation UploadEnvironmentImage($input: UploadEnvironmentImageInput!) {
    uploadEnvironmentImage(input: $input) {
      __typename
      ... on EnvironmentImage {
        id
      }
      ...ProblemParts
    }
  }
`);

const ArchiveImage = graphql(`
  mutation ArchiveEnvironmentImage($input: ArchiveEnvironmentImageInput!) {
    archiveEnvironmentImage(input: $input) {
      __typename
      ... on EnvironmentImage {
        id
        archivedAt
      }
      ...ProblemParts
    }
  }
`);

/** Pictures of surroundings (HDRI) that studios can be lit by. */
export function EnvironmentImagesCard() {
  const [answer, refetch] = useQuery({ query: ImagesQuery, requestPolicy: 'cache-and-network' });
  const [, register] = useMutation(UploadImage);
  const [{ fetching: isArchiving }, archive] = useMutation(ArchiveImage);
  const [isUploading, setUploading] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const list = answer.data?.environmentImages;
  const images = list?.edges.map(({ node }) => node) ?? [];
  const reload = () => refetch({ requestPolicy: 'network-only' });

  const send = async (file: File): Promise<Problem | null> => {
    try {
      const uploadId = await uploadFile(file, () => {}, new AbortController().signal);
      const { data, error } = await register({ input: { uploadId } });
      return problemOf(data?.uploadEnvironmentImage, error);
    } catch (refused) {
      if (!(refused instanceof UploadRefused)) throw refused;
      return { code: 'UPLOAD_REFUSED', message: refused.message, issues: [] };
    }
  };
  const upload = async (file: File) => {
    setUploading(true);
    setProblem(null);
    setProblem(await send(file));
    setUploading(false);
    reload();
  };
  const setArchived = async (environmentImageId: string, isArchived: boolean) => {
    const { data, error } = await archive({ input: { environmentImageId, isArchived } });
    setProblem(problemOf(data?.archiveEnvironmentImage, error));
    reload();
  };
  const add = (
    <Button icon="upload" needs="author" isBusy={isUploading} onClick={() => input.current?.click()}>
      {isUploading ? 'Uploading and checking' : 'Upload .hdr or .exr'}
    </Button>
  );
  return (
    <section className="card" aria-labelledby="environment-images">
      <header className="card-header">
        <h2 id="environment-images">Environment images</h2>
        <span className="muted numeric">{list?.totalCount}</span>
        {images.length > 0 && add}
        <FileInput ref={input} label="Environment image" accept=".hdr,.exr" onChoose={upload} />
      </header>
      {problem && <ProblemCallout problem={problem} title="The picture was not taken" />}
      <Listing
        what="the environment images"
        answer={answer}
        isEmpty={images.length === 0}
        empty={
          <EmptyState icon="sun" title="No environment images yet" actions={add}>
            A picture of all directions (HDRI) lights the product and mirrors in it. Studios name it under Environment.
          </EmptyState>
        }
        columns={['Name', { label: 'Pixels', isEnd: true }, { label: 'Size', isEnd: true }, ACTIONS]}
      >
        {images.map(({ id, name, widthPx, heightPx, archivedAt, file }) => (
          <tr key={id}>
            <td>
              <a href={file.url}>{name}</a> {archivedAt && <Badge tone="calm">archived</Badge>}
            </td>
            <td className="numeric cell-end muted">
              {widthPx} × {heightPx}
            </td>
            <td className="numeric cell-end muted">{formatBytes(file.byteSize)}</td>
            <td className="cell-actions">
              <div className="page-actions">
                <Button
                  look="quiet"
                  needs="author"
                  disabled={isArchiving}
                  aria-label={`${archivedAt ? 'Offer again' : 'Archive'}: ${name}`}
                  onClick={() => setArchived(id, !archivedAt)}
                >
                  {archivedAt ? 'Offer again' : 'Archive'}
                </Button>
              </div>
            </td>
          </tr>
        ))}
      </Listing>
    </section>
  );
}
