import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';
import { Button, IconButton } from '../../components/Button.js';
import { formatMoney } from '../../components/format.js';
import { JsonTree } from '../../components/JsonTree.js';
import { ACTIONS, type Column } from '../../components/Table.js';
import type { OrderQuery } from '../../gql/graphql.js';
import { type Answer, Listing } from '../../shared/Listing.js';
import { isTerminal } from '../../shared/status.js';
import { Delivered } from './Delivered.js';
import { isUnderWay, OrderStateBadge } from './orderState.js';

export type OrderLine = NonNullable<OrderQuery['order']>['lines'][number];

interface Actions {
  isBusy: boolean;
  /** Whether lines can still be taken out. */
  isDraft: boolean;
  /** Asks for what was clicked in a line. */
  onAct: (act: 'dispatch' | 'cancel' | 'remove', line: OrderLine) => void;
}

function LineRow({ line, isBusy, isDraft, onAct }: Actions & { line: OrderLine }) {
  const [isOpen, setOpen] = useState(false);
  const [last] = line.runs;
  const options = (line.options ?? {}) as Record<string, unknown>;
  const count = Object.keys(options).length;
  const isCancelled = line.cancelledAt != null;
  const failure = last && isTerminal(last.status) && line.state === 'failed' ? last.failure : null;
  return (
    <tr>
      <td className="numeric muted">{line.lineNumber}</td>
      <td>
        <strong>{line.product.name}</strong> <span className="muted mono">{line.product.sku}</span>
      </td>
      <td>
        {line.outputType.name}
        {count > 0 && (
          <>
            {' '}
            <button type="button" className="row-toggle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {count} {count === 1 ? 'option' : 'options'}
            </button>
            {isOpen && <JsonTree value={options} label={`Options of line ${line.lineNumber}`} />}
          </>
        )}
      </td>
      <td className="numeric cell-end">{line.quantity}</td>
      <td className="numeric cell-end">
        {line.price ? formatMoney(line.price) : <span className="muted">on request</span>}
      </td>
      <td>
        {last ? (
          <Link to={`/runs/${last.id}`} aria-label={`Last run of line ${line.lineNumber}`}>
            <OrderStateBadge state={line.state} />
          </Link>
        ) : (
          <OrderStateBadge state={line.state} />
        )}
        {failure && <p className="field-error">{failure.message}</p>}
      </td>
      <td>
        <Delivered assets={line.deliveredAssets} />
      </td>
      <td className="cell-actions">
        <div className="page-actions">
          {!isCancelled && !isUnderWay(line.state) && (
            <Button icon="play" needs={['operate', 'order']} isBusy={isBusy} onClick={() => onAct('dispatch', line)}>
              {last ? 'Run again' : 'Dispatch'}
            </Button>
          )}
          {!isCancelled && isUnderWay(line.state) && (
            <Button icon="stop" needs={['operate', 'order']} isBusy={isBusy} onClick={() => onAct('cancel', line)}>
              Cancel
            </Button>
          )}
          {isDraft && (
            <IconButton
              icon="trash"
              needs="order"
              label={`Remove line ${line.lineNumber}`}
              onClick={() => onAct('remove', line)}
            />
          )}
        </div>
      </td>
    </tr>
  );
}

const COLUMNS: Column[] = [
  'Line',
  'Product',
  'Output type',
  { label: 'Quantity', isEnd: true },
  { label: 'Price', isEnd: true },
  'State',
  'Delivered',
  ACTIONS,
];

/** What was ordered, line by line. */
export function OrderLines({
  answer,
  empty,
  busyId,
  ...actions
}: Omit<Actions, 'isBusy'> & {
  answer: Answer<OrderQuery>;
  empty: ReactNode;
  busyId: string | null;
}) {
  const lines = answer.data?.order?.lines ?? [];
  return (
    <Listing what="the lines" answer={answer} isEmpty={lines.length === 0} empty={empty} columns={COLUMNS}>
      {lines.map((line) => (
        <LineRow key={line.id} line={line} isBusy={busyId === line.id} {...actions} />
      ))}
    </Listing>
  );
}
