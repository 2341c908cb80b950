import './library.css';
import { lazy, Suspense, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { useQuery } from 'urql';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';
import { EmptyState, Loading } from '../../components/EmptyState.js';
import { formatAgo, formatBytes, formatDateTime } from '../../components/format.js';
import { Icon } from '../../components/Icon.js';
import { newKey } from '../../components/newKey.js';
import { Pager } from '../../components/Pager.js';
import type { LibraryQuery as LibraryData } from '../../gql/graphql.js';
import { graphql } from '../../gql/index.js';
import { type Problem, problemFromError } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { RunStatusBadge } from '../../shared/status.js';
import { useDispatch } from '../../shared/useDispatch.js';
import { ProductDialog } from './ProductDialog.js';
import { UploadPanel } from './UploadPanel.js';

const ModelViewer = lazy(() => import('../../components/ModelViewer.js'));

const LibraryQuery = graphql(`
  query Library($after: String) {
    cadFiles(first: 50, after: $after) {
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
            byteSize
            fileName
            url
          }
        }
      }
    }
    products(first: 100) {
      totalCount
      edges {
        node {
          id
          sku
          name
          category {
            id
            label
          }
          cadFile {
            id
            name
          }
        }
      }
    }
    intakes: runs(filter: { family: cad_file }, first: 50) {
      edges {
        node {
          id
          status
          cadFile {
            id
          }
          artifacts {
            id
            role
            mediaType
            url
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

type CadFile = LibraryData['cadFiles']['edges'][number]['node'];
type Intake = LibraryData['intakes']['edges'][number]['node'];

function CadRow({
  file,
  intake,
  isBusy,
  canTakeIn,
  onTakeIn,
  onMakeProduct,
  onView,
}: {
  file: CadFile;
  intake: Intake | undefined;
  isBusy: boolean;
  canTakeIn: boolean;
  onTakeIn: () => void;
  onMakeProduct: () => void;
  onView: (url: string) => void;
}) {
  const picture = intake?.artifacts.find((artifact) => artifact.role === 'preview_thumbnail');
  const model = intake?.artifacts.find((artifact) => artifact.role === 'glb_model');
  return (
    <tr>
      <td className="cell-picture">
        {picture ? (
          <img className="thumb" src={picture.url} alt="" loading="lazy" />
        ) : (
          <span className="thumb">
            <Icon name="box" />
          </span>
        )}
      </td>
      <td>
        <span className="truncate cell-name" title={file.name}>
          {file.name}
        </span>
      </td>
      <td className="numeric muted">{formatBytes(file.artifact.byteSize)}</td>
      <td className="numeric muted" title={formatDateTime(file.createdAt)}>
        {formatAgo(file.createdAt, Date.now())}
      </td>
      <td>
        {intake ? (
          <Link to={`/runs/${intake.id}`} aria-label={`Last intake of ${file.name}`}>
            <RunStatusBadge status={intake.status} />
          </Link>
        ) : (
          <span className="muted">never taken in</span>
        )}
      </td>
      <td className="cell-actions">
        <div className="page-actions">
          {model && (
            <Button look="quiet" icon="cube" onClick={() => onView(model.url)}>
              View
            </Button>
          )}
          <Button icon="play" needs={['operate', 'order']} isBusy={isBusy} disabled={!canTakeIn} onClick={onTakeIn}>
            Take in
          </Button>
          <Button icon="plus" needs="author" onClick={onMakeProduct}>
            Product
          </Button>
          <a
            className="button button-quiet button-icon"
            href={file.artifact.url}
            download={file.name}
            aria-label={`Download ${file.name}`}
            title={`Download ${file.name}`}
          >
            <Icon name="download" />
          </a>
        </div>
      </td>
    </tr>
  );
}

/** CAD files and the products made of them. */
export function Component() {
  const [after, setAfter] = useState<string | null>(null);
  const [{ data, error, fetching }, refetch] = useQuery({
    query: LibraryQuery,
    variables: { after },
    requestPolicy: 'cache-and-network',
  });
  const { dispatch } = useDispatch();
  const navigate = useNavigate();
  const [busyId, setBusyId] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [productOf, setProductOf] = useState<CadFile | null>(null);
  const [viewed, setViewed] = useState<{ name: string; url: string } | null>(null);

  const reload = () => refetch({ requestPolicy: 'network-only' });
  const files = data?.cadFiles.edges.map(({ node }) => node) ?? [];
  const products = data?.products.edges.map(({ node }) => node) ?? [];
  const workflows = data?.workflows.edges.map(({ node }) => node) ?? [];
  const workflow = workflows.find((each) => each.latestVersion) ?? workflows[0];
  // Newest first: the first one found is the last intake.
  const intakes = new Map<string, Intake>();
  for (const { node } of data?.intakes.edges ?? [])
    if (node.cadFile && !intakes.has(node.cadFile.id)) intakes.set(node.cadFile.id, node);

  const takeIn = async (file: CadFile) => {
    if (!workflow) return;
    setBusyId(file.id);
    const outcome = await dispatch({
      cadFileId: file.id,
      workflowId: workflow.id,
      useDraft: !workflow.latestVersion,
      idempotencyKey: newKey(),
    });
    setBusyId(null);
    setProblem(outcome.problem);
    if (outcome.id) navigate(`/runs/${outcome.id}`);
  };

  return (
    <main id="main" className="page" tabIndex={-1}>
      <title>Library · HartOMat</title>
      <header className="page-header">
        <h1>Library</h1>
      </header>
      {error && <ProblemCallout problem={problemFromError(error)} title="The library could not be loaded" />}
      {problem && <ProblemCallout problem={problem} title="The intake could not be started" />}
      <UploadPanel onUploaded={reload} />
      <section className="card" aria-labelledby="cad-files">
        <header className="card-header">
          <h2 id="cad-files">CAD files</h2>
          {data && <span className="muted numeric">{data.cadFiles.totalCount}</span>}
        </header>
        {!data && fetching && <Loading label="Loading the library" />}
        {data && files.length === 0 && (
          <EmptyState icon="box" title="No CAD files yet">
            Drop a STEP file above. Once it is here, take it in to see its parts and geometry, and make a product of it.
          </EmptyState>
        )}
        {files.length > 0 && (
          <div className="table-scroll">
            <table className="table">
              <thead>
                <tr>
                  <th>
                    <span className="visually-hidden">Picture</span>
                  </th>
                  <th>Name</th>
                  <th>Size</th>
                  <th>Uploaded</th>
                  <th>Last intake</th>
                  <th>
                    <span className="visually-hidden">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {files.map((file) => (
                  <CadRow
                    key={file.id}
                    file={file}
                    intake={intakes.get(file.id)}
                    isBusy={busyId === file.id}
                    canTakeIn={workflow !== undefined}
                    onTakeIn={() => takeIn(file)}
                    onMakeProduct={() => setProductOf(file)}
                    onView={(url) => setViewed({ name: file.name, url })}
                  />
                ))}
              </tbody>
            </table>
          </div>
        )}
        <Pager label="Pages of CAD files" after={after} page={data?.cadFiles.pageInfo} onPage={setAfter} />
      </section>
      <section className="card" aria-labelledby="products">
        <header className="card-header">
          <h2 id="products">Products</h2>
          {data && <span className="muted numeric">{data.products.totalCount}</span>}
        </header>
        {data && products.length === 0 && (
          <EmptyState icon="tag" title="No products yet">
            Make one of a CAD file with “Product”; then it can be ordered.
          </EmptyState>
        )}
        {products.length > 0 && (
          <div className="table-scroll">
            <table className="table">
              <thead>
                <tr>
                  <th>Article number</th>
                  <th>Name</th>
                  <th>Category</th>
                  <th>CAD file</th>
                  <th>
                    <span className="visually-hidden">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {products.map((product) => (
                  <tr key={product.id}>
                    <td className="mono">{product.sku}</td>
                    <td>
                      <strong>{product.name}</strong>
                    </td>
                    <td className="muted">{product.category?.label ?? 'none'}</td>
                    <td className="muted">{product.cadFile?.name ?? 'none'}</td>
                    <td className="cell-actions">
                      <div className="page-actions">
                        <Link className="button button-plain" to={`/orders?product=${product.id}`}>
                          <Icon name="inbox" />
                          Order
                        </Link>
                      </div>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
      {productOf && <ProductDialog cadFile={productOf} onClose={() => setProductOf(null)} onCreated={reload} />}
      {viewed && (
        <Dialog size="full" title={viewed.name} onClose={() => setViewed(null)}>
          <Suspense fallback={<p className="viewer-note">Loading the 3D viewer …</p>}>
            <ModelViewer url={viewed.url} label={viewed.name} />
          </Suspense>
        </Dialog>
      )}
    </main>
  );
}
