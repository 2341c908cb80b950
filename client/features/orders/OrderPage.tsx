import './orders.css';
import { useEffect, useRef, useState } from 'react';
import { Link, useParams } from 'react-router';
import { useMutation, useQuery, useSubscription } from 'urql';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';
import { EmptyState, Loading } from '../../components/EmptyState.js';
import { formatAgo, formatDateTime, formatMoney } from '../../components/format.js';
import { type Problem, problemFromError, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { OrderDialog } from './OrderDialog.js';
import { type OrderLine, OrderLines } from './OrderLines.js';
import { CancelLine, CancelOrder, OrderQuery, OrderRunChanged, RemoveLine } from './operations.js';
import { OrderStateBadge } from './orderState.js';
import { PreflightDialog } from './PreflightDialog.js';

/** Runs that change ask for the order again at most this often. */
const REFETCH_MS = 500;
const OPEN_STATES = ['draft', 'failed', 'partially_delivered'];

/** Asks once more before an order is taken back. */
function CancelDialog({
  number,
  isBusy,
  onCancel,
  onClose,
}: {
  number: number;
  isBusy: boolean;
  onCancel: () => void;
  onClose: () => void;
}) {
  return (
    <Dialog
      title={`Cancel order ${number}?`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button look="danger" isBusy={isBusy} onClick={onCancel}>
            Cancel the order
          </Button>
        </>
      }
    >
      <p>What runs is stopped, and what was not delivered is taken back. What was delivered stays. This is final.</p>
    </Dialog>
  );
}

/** One order: its lines with state, price and what was delivered. */
export function Component() {
  const { orderId = '' } = useParams();
  const [{ data, error, fetching }, refetch] = useQuery({
    query: OrderQuery,
    variables: { id: orderId },
    requestPolicy: 'cache-and-network',
  });
  const order = data?.order;
  const [open, setOpen] = useState<'add' | 'cancel' | 'dispatch' | OrderLine | null>(null);
  const [busyId, setBusyId] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [cancelling, cancelOrder] = useMutation(CancelOrder);
  const [, cancelLine] = useMutation(CancelLine);
  const [, removeLine] = useMutation(RemoveLine);
  const askAgain = () => refetch({ requestPolicy: 'network-only' });

  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useSubscription({ query: OrderRunChanged, variables: { orderId }, pause: !order }, (_, change) => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      askAgain();
    }, REFETCH_MS);
    return change;
  });

  const onLine = async (line: OrderLine, act: (id: string) => Promise<Problem | null>) => {
    setBusyId(line.id);
    setProblem(await act(line.id));
    setBusyId(null);
    askAgain();
  };
  const onCancelOrder = async () => {
    const answer = await cancelOrder({ id: orderId });
    setProblem(problemOf(answer.data?.cancelOrder, answer.error));
    setOpen(null);
    askAgain();
  };

  if (!order)
    return (
      <main id="main" className="page" tabIndex={-1}>
        <title>Order · HartOMat</title>
        {error && <ProblemCallout problem={problemFromError(error)} title="The order could not be loaded" />}
        {!error && fetching && <Loading label="Loading the order" />}
        {data && !order && (
          <EmptyState icon="inbox" title="There is no such order" actions={<Link to="/orders">All orders</Link>} />
        )}
      </main>
    );
  const isDraft = order.lines.every(({ runs, cancelledAt }) => runs.length === 0 && cancelledAt == null);
  const canDispatch = order.lines.some(({ state, cancelledAt }) => cancelledAt == null && OPEN_STATES.includes(state));
  const canCancel = order.lines.some(({ state, cancelledAt }) => cancelledAt == null && state !== 'delivered');
  return (
    <main id="main" className="page" tabIndex={-1}>
      <title>{`Order ${order.number} · HartOMat`}</title>
      <header className="page-header">
        <div className="title-row">
          <h1>
            <Link to="/orders" className="crumb">
              Orders
            </Link>{' '}
            / {order.number}
          </h1>
          <OrderStateBadge state={order.state} />
          {order.reference && <span className="muted">{order.reference}</span>}
          <span className="muted numeric" title={formatDateTime(order.createdAt)}>
            {formatAgo(order.createdAt, Date.now())}
          </span>
        </div>
        <div className="page-actions">
          {isDraft && (
            <Button icon="plus" needs="order" onClick={() => setOpen('add')}>
              Add a line
            </Button>
          )}
          {canCancel && (
            <Button icon="stop" needs={['operate', 'order']} onClick={() => setOpen('cancel')}>
              Cancel order
            </Button>
          )}
          {canDispatch && (
            <Button look="primary" icon="play" needs={['operate', 'order']} onClick={() => setOpen('dispatch')}>
              Dispatch order
            </Button>
          )}
        </div>
      </header>
      {problem && <ProblemCallout problem={problem} title="That did not go through" />}
      <section className="card order" aria-label="Lines">
        {order.lines.length === 0 && (
          <EmptyState
            icon="inbox"
            title="The order has no lines"
            actions={
              <Button needs="order" onClick={() => setOpen('add')}>
                Add a line
              </Button>
            }
          />
        )}
        {order.lines.length > 0 && (
          <>
            <OrderLines
              lines={order.lines}
              busyId={busyId}
              isDraft={isDraft}
              onDispatch={setOpen}
              onCancel={(line) =>
                onLine(line, (id) =>
                  cancelLine({ id }).then(({ data: done, error: failed }) => problemOf(done?.cancelOrderLine, failed)),
                )
              }
              onRemove={(line) =>
                onLine(line, (id) =>
                  removeLine({ id }).then(({ data: done, error: failed }) => problemOf(done?.removeOrderLine, failed)),
                )
              }
            />
            <footer className="order-total">
              Total
              <strong className="numeric">
                {order.total.length > 0 ? order.total.map(formatMoney).join(' + ') : 'on request'}
              </strong>
            </footer>
          </>
        )}
      </section>
      {open === 'add' && <OrderDialog orderId={order.id} onCreated={askAgain} onClose={() => setOpen(null)} />}
      {open === 'cancel' && (
        <CancelDialog
          number={order.number}
          isBusy={cancelling.fetching}
          onCancel={onCancelOrder}
          onClose={() => setOpen(null)}
        />
      )}
      {open !== null && open !== 'add' && open !== 'cancel' && (
        <PreflightDialog
          subject={
            open === 'dispatch'
              ? { id: order.id, kind: 'order', title: `Dispatch order ${order.number}` }
              : { id: open.id, kind: 'line', title: `Dispatch line ${open.lineNumber}` }
          }
          onDispatched={askAgain}
          onClose={() => setOpen(null)}
        />
      )}
    </main>
  );
}
