import './library.css';
import { type ComponentProps, useState } from 'react';
import { useQuery } from 'urql';
import { Loading } from '../../components/EmptyState.js';
import { graphql } from '../../gql/index.js';
import { problemFromError } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { useListed } from '../../shared/useListed.js';
import { CadFilesCard } from './CadFilesCard.js';
import { ModelDialog, type ViewedModel } from './ModelDialog.js';
import { ProductDialog } from './ProductDialog.js';
import { ProductsCard } from './ProductsCard.js';
import { UploadPanel } from './UploadPanel.js';

const LibraryQuery = graphql(`
  query Library($filesAfter: String, $fileText: String, $productsAfter: String, $productText: String) {
    cadFiles(first: 50, after: $filesAfter, filter: { text: $fileText }) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          id
          name
          createdAt
          artifact {
            id
            mediaType
            byteSize
            fileName
            url
            thumbnailUrl
          }
          lastIntake {
            id
            status
            artifacts {
              id
              role
              mediaType
              url
              thumbnailUrl
            }
          }
        }
      }
    }
    products(first: 50, after: $productsAfter, filter: { text: $productText }) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          id
          sku
          name
          category {
            id
            key
            label
          }
          cadFile {
            id
            name
          }
        }
      }
    }
    workflows(family: cad_file, first: 10) {
      edges {
        node {
          id
          name
          latestVersion {
            id
          }
        }
      }
    }
  }
`);

/** CAD files and the products made of them. */
export function Component() {
  const files = useListed('files');
  const products = useListed('products');
  const [{ data, error, fetching }, refetch] = useQuery({
    query: LibraryQuery,
    variables: {
      filesAfter: files.after,
      fileText: files.text,
      productsAfter: products.after,
      productText: products.text,
    },
    requestPolicy: 'cache-and-network',
  });
  const [subject, setSubject] = useState<ComponentProps<typeof ProductDialog>['subject'] | null>(null);
  const [viewed, setViewed] = useState<ViewedModel | null>(null);
  const reload = () => refetch({ requestPolicy: 'network-only' });
  const workflows = data?.workflows.edges.map(({ node }) => node) ?? [];

  return (
    <main id="main" className="page" tabIndex={-1}>
      <title>Library · HartOMat</title>
      <header className="page-header">
        <h1>Library</h1>
      </header>
      {error && <ProblemCallout problem={problemFromError(error)} title="The library could not be loaded" />}
      <UploadPanel onUploaded={reload} />
      {!data && fetching && <Loading label="Loading the library" />}
      {data && (
        <>
          <CadFilesCard
            files={data.cadFiles}
            workflow={workflows.find((each) => each.latestVersion) ?? workflows[0]}
            listed={files}
            onMakeProduct={(cadFile) => setSubject({ cadFile })}
            onView={setViewed}
          />
          <ProductsCard products={data.products} listed={products} onChange={(product) => setSubject({ product })} />
        </>
      )}
      {subject && <ProductDialog subject={subject} onClose={() => setSubject(null)} onSaved={reload} />}
      {viewed && <ModelDialog model={viewed} onClose={() => setViewed(null)} />}
    </main>
  );
}
