import './orders.css';
import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { useQuery } from 'urql';
import { Button } from '../../components/Button.js';
import { EmptyState, Loading } from '../../components/EmptyState.js';
import { formatAgo, formatDateTime } from '../../components/format.js';
import { Icon } from '../../components/Icon.js';
import { newKey } from '../../components/newKey.js';
import type { OrdersQuery as OrdersData } from '../../gql/graphql.js';
import { graphql } from '../../gql/index.js';
import { type Problem, problemFromError } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { RunStatusBadge } from '../../shared/status.js';
import { useDispatch } from '../../shared/useDispatch.js';
import { OrderDialog } from './OrderDialog.js';

const OrdersQuery = graphql(`
  query Orders($after: String) {
    orders(first: 20, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          id
          number
          createdAt
          lines {
            id
            lineNumber
            quantity
            options
            product {
              id
              name
              sku
            }
            outputType {
              id
              name
            }
            runs {
              id
              status
            }
            assets {
              id
              name
              artifact {
                id
                mediaType
                url
              }
            }
          }
        }
      }
    }
  }
`);

type Order = OrdersData['orders']['edges'][number]['node'];
type Line = Order['lines'][number];

function LineRow({ line, isBusy, onRun }: { line: Line; isBusy: boolean; onRun: () => void }) {
  const [last] = line.runs;
  const options = Object.keys((line.options ?? {}) as object).length;
  return (
    <tr>
      <td className="numeric muted">{line.lineNumber}</td>
      <td>
        <strong>{line.product.name}</strong> <span className="muted mono">{line.product.sku}</span>
      </td>
      <td>
        {line.outputType.name}
        {options > 0 && (
          <span className="muted">
            {' '}
            · {options} {options === 1 ? 'option' : 'options'}
          </span>
        )}
      </td>
      <td className="numeric cell-end">{line.quantity}</td>
      <td>
        {last ? (
          <Link to={`/runs/${last.id}`} aria-label={`Last run of line ${line.lineNumber}`}>
            <RunStatusBadge status={last.status} />
          </Link>
        ) : (
          <span className="muted">not run yet</span>
        )}
        {line.runs.length > 1 && <span className="muted numeric"> {line.runs.length} runs</span>}
      </td>
      <td>
        <span className="asset-strip">
          {line.assets.slice(0, 4).map((asset) => (
            <a key={asset.id} href={asset.artifact.url} download={asset.name} title={`Download ${asset.name}`}>
              {asset.artifact.mediaType.startsWith('image/') ? (
                <img className="thumb" src={asset.artifact.url} alt={asset.name} loading="lazy" />
              ) : (
                <span className="thumb">
                  <Icon name="file" />
                  <span className="visually-hidden">{asset.name}</span>
                </span>
              )}
            </a>
          ))}
          {line.assets.length > 4 && <span className="muted numeric">+{line.assets.length - 4}</span>}
          {line.assets.length === 0 && <span className="muted">nothing delivered</span>}
        </span>
      </td>
      <td className="cell-actions">
        <div className="page-actions">
          <Button icon="play" isBusy={isBusy} onClick={onRun}>
            {last ? 'Run again' : 'Run'}
          </Button>
        </div>
      </td>
    </tr>
  );
}

/** Orders with their lines, runs and delivered files. */
export function Component() {
  const [after, setAfter] = useState<string | null>(null);
  const [{ data, error, fetching }, refetch] = useQuery({
    query: OrdersQuery,
    variables: { after },
    requestPolicy: 'cache-and-network',
  });
  const [search, setSearch] = useSearchParams();
  const productId = search.get('product');
  const [isOrdering, setOrdering] = useState(productId !== null);
  const [busyId, setBusyId] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const { dispatch } = useDispatch();
  const navigate = useNavigate();
  const orders = data?.orders.edges.map(({ node }) => node) ?? [];

  const run = async (line: Line) => {
    setBusyId(line.id);
    const outcome = await dispatch({ orderLineId: line.id, idempotencyKey: newKey() });
    setBusyId(null);
    setProblem(outcome.problem);
    if (outcome.id) navigate(`/runs/${outcome.id}`);
  };
  const newOrder = (
    <Button look="primary" icon="plus" onClick={() => setOrdering(true)}>
      New order
    </Button>
  );

  return (
    <main id="main" className="page" tabIndex={-1}>
      <title>Orders · HartOMat</title>
      <header className="page-header">
        <div className="title-row">
          <h1>Orders</h1>
          {data && <span className="muted numeric">{data.orders.totalCount}</span>}
        </div>
        <div className="page-actions">{orders.length > 0 && newOrder}</div>
      </header>
      {error && <ProblemCallout problem={problemFromError(error)} title="The orders could not be loaded" />}
      {problem && <ProblemCallout problem={problem} title="The run could not be started" />}
      {!data && fetching && <Loading label="Loading the orders" />}
      {data && orders.length === 0 && (
        <div className="card">
          <EmptyState icon="inbox" title="No orders yet" actions={newOrder}>
            An order says which product is wanted in which output type. Its run makes the pictures and delivers them
            here.
          </EmptyState>
        </div>
      )}
      {orders.map((order) => (
        <section key={order.id} className="card order" aria-labelledby={`order-${order.number}`}>
          <header className="card-header">
            <h2 id={`order-${order.number}`}>Order {order.number}</h2>
            <span className="muted numeric" title={formatDateTime(order.createdAt)}>
              {formatAgo(order.createdAt, Date.now())}
            </span>
          </header>
          <div className="table-scroll">
            <table className="table">
              <thead>
                <tr>
                  <th>Line</th>
                  <th>Product</th>
                  <th>Output type</th>
                  <th className="cell-end">Quantity</th>
                  <th>Last run</th>
                  <th>Delivered</th>
                  <th>
                    <span className="visually-hidden">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {order.lines.map((line) => (
                  <LineRow key={line.id} line={line} isBusy={busyId === line.id} onRun={() => run(line)} />
                ))}
              </tbody>
            </table>
          </div>
        </section>
      ))}
      {data && (after || data.orders.pageInfo.hasNextPage) && (
        <nav className="pager" aria-label="Pages of orders">
          <Button look="quiet" disabled={!after} onClick={() => setAfter(null)}>
            Newest
          </Button>
          <Button
            look="quiet"
            disabled={!data.orders.pageInfo.hasNextPage}
            onClick={() => setAfter(data.orders.pageInfo.endCursor ?? null)}
          >
            Older
          </Button>
        </nav>
      )}
      {isOrdering && (
        <OrderDialog
          productId={productId}
          onCreated={() => refetch({ requestPolicy: 'network-only' })}
          onClose={() => {
            setOrdering(false);
            if (productId) setSearch({}, { replace: true });
          }}
        />
      )}
    </main>
  );
}
