import type { OrderState } from '../../gql/graphql.js';
import { StatusBadge, type StatusLook } from '../../shared/status.js';

export const ORDER_STATE: Record<OrderState, StatusLook> = {
  draft: { label: 'Not dispatched', tone: 'calm', icon: 'circle' },
  queued: { label: 'Queued', tone: 'calm', icon: 'clock' },
  running: { label: 'Running', tone: 'busy', icon: 'refresh' },
  delivered: { label: 'Delivered', tone: 'ok', icon: 'check' },
  partially_delivered: { label: 'Partly delivered', tone: 'warn', icon: 'alert' },
  failed: { label: 'Failed', tone: 'bad', icon: 'alert' },
  cancelled: { label: 'Cancelled', tone: 'calm', icon: 'stop' },
};

/** In the order in which an order goes through them. */
export const ORDER_STATES = Object.keys(ORDER_STATE) as OrderState[];

export const OrderStateBadge = ({ state }: { state: OrderState }) => <StatusBadge look={ORDER_STATE[state]} />;

/** States in which a line is left alone by dispatching its order. */
export const isUnderWay = (state: OrderState): boolean => state === 'queued' || state === 'running';

/** Who placed an order, after “by”. */
export const placer = ({ placedBy }: { placedBy: string | null }) => placedBy ?? 'the owner';
