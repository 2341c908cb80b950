import './orders.css';
import { useEffect, useRef, useState } from 'react';
import { Link, useParams } from 'react-router';
import { useMutation, useQuery, useSubscription } from 'urql';
import { Button } from '../../components/Button.js';
import { ConfirmDialog } from '../../components/ConfirmDialog.js';
import { CopyButton } from '../../components/CopyButton.js';
import { EmptyState } from '../../components/EmptyState.js';
import { formatAgo, formatDateTime, formatMoney } from '../../components/format.js';
import { AbsentPage } from '../../shared/AbsentPage.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { OrderDialog } from './OrderDialog.js';
import { type OrderLine, OrderLines } from './OrderLines.js';
import { CancelLine, CancelOrder, OrderQuery, OrderRunChanged, RemoveLine } from './operations.js';
import { OrderStateBadge, placer } from './orderState.js';
import { PreflightDialog } from './PreflightDialog.js';

/** Runs that change ask for the order again at most this often. */
const REFETCH_MS = 500;
const OPEN_STATES = ['draft', 'failed', 'partially_delivered'];

/** The dialog that is open, and what it is about. */
type Open = 'add' | 'cancel' | 'dispatch' | { act: 'dispatch' | 'cancel' | 'remove'; line: OrderLine };

/** One order: its lines with state, price and what was delivered. */
export function Component() {
  const { orderId = '' } = useParams();
  const [answer, refetch] = useQuery({
    query: OrderQuery,
    variables: { id: orderId },
    requestPolicy: 'cache-and-network',
  });
  const { data, error, fetching } = answer;
  const order = data?.order;
  const [open, setOpen] = useState<Open | null>(null);
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
    setOpen(null);
    askAgain();
  };
  const onCancelOrder = async () => {
    const cancelled = await cancelOrder({ id: orderId });
    setProblem(problemOf(cancelled.data?.cancelOrder, cancelled.error));
    setOpen(null);
    askAgain();
  };

  if (!order)
    return (
      <AbsentPage
        what="order"
        error={error}
        isLoading={!data && fetching}
        home={{ to: '/orders', label: 'Go to the orders' }}
      />
    );
  const asked = typeof open === 'object' ? open : null;
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
            {formatAgo(order.createdAt, Date.now())} by {placer(order)}
          </span>
          <CopyButton label="Copy the id of the order" text={order.id} />
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
        <OrderLines
          answer={answer}
          empty={
            <EmptyState
              icon="inbox"
              title="The order has no lines"
              actions={
                <Button needs="order" onClick={() => setOpen('add')}>
                  Add a line
                </Button>
              }
            />
          }
          busyId={busyId}
          isDraft={isDraft}
          onAct={(act, line) => setOpen({ act, line })}
        />
        {order.lines.length > 0 && (
          <footer className="order-total">
            Total
            <strong className="numeric">
              {order.total.length > 0 ? order.total.map(formatMoney).join(' + ') : 'on request'}
            </strong>
          </footer>
        )}
      </section>
      {open === 'add' && <OrderDialog orderId={order.id} onCreated={askAgain} onClose={() => setOpen(null)} />}
      {open === 'cancel' && (
        <ConfirmDialog
          title={`Cancel order ${order.number}?`}
          act="Cancel the order"
          isBusy={cancelling.fetching}
          onConfirm={onCancelOrder}
          onClose={() => setOpen(null)}
        >
          <p>
            What runs is stopped, and what was not delivered is taken back. What was delivered stays. This is final.
          </p>
        </ConfirmDialog>
      )}
      {asked?.act === 'cancel' && (
        <ConfirmDialog
          title={`Cancel line ${asked.line.lineNumber}?`}
          act="Cancel the line"
          isBusy={busyId === asked.line.id}
          onConfirm={() =>
            onLine(asked.line, (id) =>
              cancelLine({ id }).then(({ data: done, error: failed }) => problemOf(done?.cancelOrderLine, failed)),
            )
          }
          onClose={() => setOpen(null)}
        >
          <p>Its run is stopped, and nothing more of it is delivered. This is final.</p>
        </ConfirmDialog>
      )}
      {asked?.act === 'remove' && (
        <ConfirmDialog
          title={`Remove line ${asked.line.lineNumber}?`}
          act="Remove the line"
          isBusy={busyId === asked.line.id}
          onConfirm={() =>
            onLine(asked.line, (id) =>
              removeLine({ id }).then(({ data: done, error: failed }) => problemOf(done?.removeOrderLine, failed)),
            )
          }
          onClose={() => setOpen(null)}
        >
          <p>
            {asked.line.product.name}, {asked.line.outputType.name}, is taken out of the order.
          </p>
        </ConfirmDialog>
      )}
      {(open === 'dispatch' || asked?.act === 'dispatch') && (
        <PreflightDialog
          subject={
            asked
              ? { id: asked.line.id, kind: 'line', title: `Dispatch line ${asked.line.lineNumber}` }
              : { id: order.id, kind: 'order', title: `Dispatch order ${order.number}` }
          }
          onDispatched={askAgain}
          onClose={() => setOpen(null)}
        />
      )}
    </main>
  );
}
