import './library.css';
import { type ComponentProps, useState } from 'react';
import { useQuery } from 'urql';
import { graphql } from '../../gql/index.js';
import { useListed } from '../../shared/useListed.js';
import { CadFilesCard } from './CadFilesCard.js';
import { ModelDialog, type ViewedModel } from './ModelDialog.js';
import { ProductDialog } from './ProductDialog.js';
import { ProductsCard } from './ProductsCard.js';
import { UploadPanel } from './UploadPanel.js';

const CadFilesQuery = graphql(`
  query CadFiles($after: String, $text: String) {
    cadFiles(first: 50, after: $after, filter: { text: $text }) {
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
  }
`);

const ProductsQuery = graphql(`
  query Products($after: String, $text: String) {
    products(first: 50, after: $after, filter: { text: $text }) {
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
  }
`);

const IntakeQuery = graphql(`
  query IntakeWorkflows {
    workflows(subject: cadFile, first: 10) {
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
  const listedFiles = useListed('files');
  const listedProducts = useListed('products');
  const [files, askFiles] = useQuery({
    query: CadFilesQuery,
    variables: { after: listedFiles.after, text: listedFiles.text },
    requestPolicy: 'cache-and-network',
  });
  const [products, askProducts] = useQuery({
    query: ProductsQuery,
    variables: { after: listedProducts.after, text: listedProducts.text },
    requestPolicy: 'cache-and-network',
  });
  const [intake] = useQuery({ query: IntakeQuery, requestPolicy: 'cache-and-network' });
  const [subject, setSubject] = useState<ComponentProps<typeof ProductDialog>['subject'] | null>(null);
  const [viewed, setViewed] = useState<ViewedModel | null>(null);

  return (
    <main id="main" className="page" tabIndex={-1}>
      <title>Library · HartOMat</title>
      <header className="page-header">
        <h1>Library</h1>
      </header>
      <UploadPanel onUploaded={() => askFiles({ requestPolicy: 'network-only' })} />
      <CadFilesCard
        answer={files}
        intake={intake}
        listed={listedFiles}
        onMakeProduct={(cadFile) => setSubject({ cadFile })}
        onView={setViewed}
      />
      <ProductsCard answer={products} listed={listedProducts} onChange={(product) => setSubject({ product })} />
      {subject && (
        <ProductDialog
          subject={subject}
          onClose={() => setSubject(null)}
          onSaved={() => askProducts({ requestPolicy: 'network-only' })}
        />
      )}
      {viewed && <ModelDialog model={viewed} onClose={() => setViewed(null)} />}
    </main>
  );
}
