import './orders.css';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useQuery } from 'urql';
import { Button } from '../../components/Button.js';
import { EmptyState } from '../../components/EmptyState.js';
import { formatAgo, formatDateTime, formatMoney } from '../../components/format.js';
import { Pager } from '../../components/Pager.js';
import { SearchField } from '../../components/SearchField.js';
import type { Column } from '../../components/Table.js';
import { graphql } from '../../gql/index.js';
import { Listing } from '../../shared/Listing.js';
import { useListed } from '../../shared/useListed.js';
import { Delivered } from './Delivered.js';
import { OrderDialog } from './OrderDialog.js';
import { ORDER_STATE, ORDER_STATES, OrderStateBadge, placer } from './orderState.js';

const OrdersQuery = graphql(`
  query Orders($after: String, $filter: OrderFilter) {
    orders(first: 20, after: $after, filter: $filter) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          id
          number
          reference
          createdAt
          placedBy
          state
          total {
            amount
            currency
          }
          lines {
            id
            product {
              id
              name
            }
            deliveredAssets {
              id
              name
              artifact {
                id
                mediaType
                url
                thumbnailUrl
              }
            }
          }
        }
      }
    }
  }
`);

const COLUMNS: Column[] = [
  'Order',
  'Products',
  { label: 'Lines', isEnd: true },
  'State',
  'Delivered',
  { label: 'Total', isEnd: true },
  'Placed',
];
const NAMED = 3;

/** The first few names, each once, and how many more there are. */
function someOf(names: readonly string[]): string {
  const unique = [...new Set(names)];
  const rest = unique.length - NAMED;
  return unique.slice(0, NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** What was ordered, newest first. */
export function Component() {
  const { text, after, search, turn, change } = useListed();
  const [address] = useSearchParams();
  const state = ORDER_STATES.find((each) => each === address.get('state'));
  const [answer, refetch] = useQuery({
    query: OrdersQuery,
    variables: { after, filter: { text, ...(state && { state: [state] }) } },
    requestPolicy: 'cache-and-network',
  });
  const { data } = answer;
  const productId = address.get('product');
  const [isOrdering, setOrdering] = useState(productId !== null);
  const orders = data?.orders.edges.map(({ node }) => node) ?? [];
  const isFiltered = Boolean(text) || state !== undefined;
  const newOrder = (
    <Button look="primary" icon="plus" needs="order" onClick={() => setOrdering(true)}>
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
        <div className="page-actions">
          <SearchField label="Search the orders" placeholder="Number or reference" value={text} onSearch={search} />
          <select
            className="control filter-select"
            aria-label="State"
            value={state ?? ''}
            onChange={(event) => change({ state: event.target.value || null })}
          >
            <option value="">All states</option>
            {ORDER_STATES.map((each) => (
              <option key={each} value={each}>
                {ORDER_STATE[each].label}
              </option>
            ))}
          </select>
          {(orders.length > 0 || isFiltered) && newOrder}
        </div>
      </header>
      <div className="list-card">
        <Listing
          what="the orders"
          label="Orders"
          answer={answer}
          isEmpty={orders.length === 0}
          empty={
            isFiltered ? (
              <EmptyState
                icon={text ? 'search' : 'filter'}
                title={text ? `No order fits “${text}”` : 'No order is in this state'}
                actions={state && <Button onClick={() => change({ state: null })}>Show all states</Button>}
              />
            ) : (
              <EmptyState icon="inbox" title="No orders yet" actions={newOrder}>
                An order says which product is wanted in which output type. Its run makes the pictures and delivers them
                here.
              </EmptyState>
            )
          }
          columns={COLUMNS}
        >
          {orders.map((order) => (
            <tr key={order.id}>
              <td>
                <Link className="row-link" to={`/orders/${order.id}`}>
                  Order {order.number}
                </Link>
                {order.reference && <p className="cell-note">{order.reference}</p>}
              </td>
              <td className="muted">{someOf(order.lines.map(({ product }) => product.name))}</td>
              <td className="numeric cell-end">{order.lines.length}</td>
              <td>
                <OrderStateBadge state={order.state} />
              </td>
              <td className="above-row-link">
                <Delivered assets={order.lines.flatMap(({ deliveredAssets }) => deliveredAssets)} />
              </td>
              <td className="numeric cell-end">
                {order.total.length > 0 ? (
                  order.total.map(formatMoney).join(' + ')
                ) : (
                  <span className="muted">{order.state === 'cancelled' ? 'none' : 'on request'}</span>
                )}
              </td>
              <td className="muted numeric" title={formatDateTime(order.createdAt)}>
                {formatAgo(order.createdAt, Date.now())}
                <p className="cell-note">by {placer(order)}</p>
              </td>
            </tr>
          ))}
        </Listing>
      </div>
      <Pager label="Pages of orders" after={after} page={data?.orders.pageInfo} onPage={turn} />
      {isOrdering && (
        <OrderDialog
          productId={productId}
          onCreated={() => refetch({ requestPolicy: 'network-only' })}
          onClose={() => {
            setOrdering(false);
            if (productId) change({ product: null }, { replace: true });
          }}
        />
      )}
    </main>
  );
}
