import type { OrderLine, Prisma } from '../../generated/prisma/client.js';
import { OrderState } from '../../generated/prisma/enums.js';

interface Rule {
  state: OrderState;
  /** A line in one of each of these. */
  some?: readonly (readonly OrderState[])[];
  /** No line in any other. */
  only?: readonly OrderState[];
}

/** What the states of its lines make of an order; the first rule that holds. `some` may say what earlier rules leave over anyway: the
 * database finds the few by it. */
const RULES: readonly Rule[] = [
  { state: 'cancelled', some: [['cancelled']], only: ['cancelled'] },
  { state: 'draft', only: ['draft', 'cancelled'] },
  { state: 'queued', some: [['queued']], only: ['queued', 'draft', 'cancelled'] },
  { state: 'running', some: [['queued', 'running']] },
  { state: 'delivered', only: ['delivered'] },
  {
    state: 'partially_delivered',
    some: [
      ['partially_delivered', 'failed', 'cancelled', 'draft'],
      ['delivered', 'partially_delivered'],
    ],
  },
  { state: 'failed', some: [['failed']] },
];

/** Where an order with these lines stands. */
export function orderState(lines: readonly Pick<OrderLine, 'state'>[]): OrderState {
  const holds = ({ some = [], only }: Rule) =>
    some.every((each) => lines.some(({ state }) => each.includes(state))) &&
    (!only || lines.every(({ state }) => only.includes(state)));
  return RULES.find(holds)!.state;
}

/** Orders that stand in one of these states. */
export function ordersIn(states: readonly OrderState[]): Prisma.OrderWhereInput {
  const others = (only: readonly OrderState[]) => Object.values(OrderState).filter((state) => !only.includes(state));
  const holds = ({ some = [], only }: Rule): Prisma.OrderWhereInput[] => [
    ...some.map((each) => ({ lines: { some: { state: { in: [...each] } } } })),
    ...(only ? [{ lines: { none: { state: { in: others(only) } } } }] : []),
  ];
  // Prisma takes an empty OR inside of an AND for one that holds.
  if (states.length === 0) return { id: { in: [] } };
  return {
    OR: RULES.flatMap((rule, place) =>
      states.includes(rule.state)
        ? [{ AND: [...holds(rule), ...RULES.slice(0, place).map((earlier) => ({ NOT: { AND: holds(earlier) } }))] }]
        : [],
    ),
  };
}
