import { useRef, useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Badge } from '../../components/Badge.js';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';
import { EmptyState } from '../../components/EmptyState.js';
import { FileInput } from '../../components/FileInput.js';
import { FilePreview, type PreviewFile } from '../../components/FilePreview.js';
import { formatBytes } from '../../components/format.js';
import { ACTIONS } from '../../components/Table.js';
import { graphql } from '../../gql/index.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ListCard } from '../../shared/ListCard.js';
import { UploadList } from '../../shared/UploadList.js';
import { useArchiving } from '../../shared/useArchiving.js';
import { useUploads } from '../../shared/useUploads.js';

const ImagesQuery = graphql(`
  query EnvironmentImages($after: String) {
    environmentImages(first: 50, after: $after, includeArchived: true) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          id
          name
          widthPx
          heightPx
          archivedAt
          file {
            id
            byteSize
            fileName
            mediaType
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
  const [after, setAfter] = useState<string | null>(null);
  const [answer, refetch] = useQuery({
    query: ImagesQuery,
    variables: { after },
    requestPolicy: 'cache-and-network',
  });
  const [, register] = useMutation(UploadImage);
  const [{ fetching: isArchiving }, archive] = useMutation(ArchiveImage);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [viewed, setViewed] = useState<PreviewFile | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const list = answer.data?.environmentImages;
  const images = list?.edges.map(({ node }) => node) ?? [];
  const reload = () => refetch({ requestPolicy: 'network-only' });

  const { uploads, send, dismiss } = useUploads(async (uploadId) => {
    const { data, error } = await register({ input: { uploadId } });
    return problemOf(data?.uploadEnvironmentImage, error);
  }, reload);
  const sendAll = (files: FileList) => {
    for (const file of files) send(file);
  };
  const setArchived = useArchiving(setProblem, reload);
  const toggle = (environmentImageId: string, name: string, isOffered: boolean) =>
    setArchived(name, isOffered, async (isArchived) => {
      const { data, error } = await archive({ input: { environmentImageId, isArchived } });
      return problemOf(data?.archiveEnvironmentImage, error);
    });
  const add = (
    <Button icon="upload" needs="author" onClick={() => input.current?.click()}>
      Upload .hdr or .exr
    </Button>
  );
  return (
    <>
      <ListCard
        title="Environment images"
        list={list}
        tools={
          <>
            {images.length > 0 && add}
            <FileInput
              ref={input}
              label="Environment image"
              accept=".hdr,.exr"
              multiple
              onChoose={(_, files) => sendAll(files)}
            />
          </>
        }
        problem={problem}
        before={<UploadList uploads={uploads} onDismiss={dismiss} />}
        after={after}
        onPage={setAfter}
        what="the environment images"
        answer={answer}
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
                <Button look="quiet" icon="image" aria-label={`View ${name}`} onClick={() => setViewed(file)}>
                  View
                </Button>
                <Button
                  look="quiet"
                  needs="author"
                  disabled={isArchiving}
                  aria-label={`${archivedAt ? 'Offer again' : 'Archive'}: ${name}`}
                  onClick={() => toggle(id, name, !archivedAt)}
                >
                  {archivedAt ? 'Offer again' : 'Archive'}
                </Button>
              </div>
            </td>
          </tr>
        ))}
      </ListCard>
      {viewed && (
        <Dialog size="full" title={viewed.fileName} onClose={() => setViewed(null)}>
          <FilePreview file={viewed} />
        </Dialog>
      )}
    </>
  );
}
