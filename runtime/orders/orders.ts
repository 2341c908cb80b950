import canonicalize from 'canonicalize';
import type { Order, OrderLine, Prisma } from '../../generated/prisma/client.js';
import { contentHash } from '../../modules/hash.js';
import { type Beholder, handledOrders, mayHandle, OWNER } from '../access/ownership.js';
import { isUniqueViolation } from '../databaseErrors.js';
import { ConflictError, keyReused, NotFoundError, ValidationError } from '../errors.js';
import type { Platform } from '../platform.js';
import { checkLines, type LineColumns, type LineRequest } from './lineCheck.js';

type Parts = Pick<Platform, 'db' | 'definition'>;

/** Most lines of an order, and of one request. */
export const MAX_LINES = 500;

export interface NewOrder {
  lines: readonly LineRequest[];
  /** Number or name that the customer knows it by. */
  reference?: string | null;
  /** The same key of the same account twice is one order. */
  idempotencyKey?: string | null;
}

/** Places an order with all its lines, prices frozen. Nothing runs until it is dispatched.
 * @throws ValidationError with paths like `/lines/3/options/samples`; then no line is kept. ConflictError. */
export async function createOrder(platform: Parts, input: NewOrder, buyer: Beholder = OWNER): Promise<Order> {
  const { lines, reference } = input;
  const idempotencyKey = keyOf(buyer, input.idempotencyKey);
  // Of what was asked for only: a price that changed meanwhile is no other order.
  const requestHash = contentHash({ reference: reference ?? '', lines: lines.map(asked) });
  const earlier = () => sameOrder(platform, idempotencyKey, requestHash);
  const known = await earlier();
  if (known) return known;
  const columns = await fittingLines(platform, lines, buyer, (position) => `/lines/${position}`);
  try {
    return await platform.db.order.create({
      data: {
        accountId: buyer.accountId,
        reference: reference?.trim() ?? '',
        idempotencyKey,
        requestHash,
        lines: { createMany: { data: numbered(columns, 0) } },
      },
    });
  } catch (error) {
    // Somebody with the same key was quicker.
    const quicker = isUniqueViolation(error) ? await earlier() : null;
    if (quicker) return quicker;
    throw error;
  }
}

/** Adds lines to an order that nothing was dispatched of.
 * @throws ValidationError, NotFoundError, ConflictError `ORDER_DISPATCHED`, `ORDER_FULL`. */
export async function addOrderLines(
  platform: Parts,
  orderId: string,
  lines: readonly LineRequest[],
  buyer: Beholder = OWNER,
): Promise<void> {
  const columns = await fittingLines(platform, lines, buyer, (position) => `/lines/${position}`);
  await platform.db.$transaction(async (tx) => {
    await lockOpenOrder(tx, orderId, buyer, lines.length);
    await tx.orderLine.createMany({
      data: numbered(columns, await lastNumber(tx, orderId)).map((line) => ({ ...line, orderId })),
    });
  });
}

/** Takes a line out of an order that nothing was dispatched of. The numbers of the others stay.
 * @returns the id of the order.
 * @throws NotFoundError, ConflictError `ORDER_DISPATCHED`. */
export async function removeOrderLine(platform: Parts, lineId: string, buyer: Beholder = OWNER): Promise<string> {
  return platform.db.$transaction(async (tx) => {
    const line = await tx.orderLine.findFirst({ where: { id: lineId, order: handledOrders(buyer) } });
    if (!line) throw new NotFoundError('order line', lineId);
    await lockOpenOrder(tx, line.orderId, buyer);
    // Somebody who removed it first has done what was asked for.
    await tx.orderLine.deleteMany({ where: { id: lineId } });
    return line.orderId;
  });
}

export interface NewOrderLine extends LineRequest {
  /** Null: a new order. */
  orderId?: string | null;
  /** The same key of the same account twice is one line. */
  idempotencyKey?: string | null;
}

/** Adds a line to an order, or starts an order with it.
 * @throws ValidationError with a path for each option that callers may not set or that is out of bounds, and for what is not there.
 * NotFoundError, ConflictError. */
export async function createOrderLine(
  platform: Parts,
  input: NewOrderLine,
  buyer: Beholder = OWNER,
): Promise<OrderLine> {
  const idempotencyKey = keyOf(buyer, input.idempotencyKey);
  const earlier = idempotencyKey && (await platform.db.orderLine.findUnique({ where: { idempotencyKey } }));
  if (earlier) return sameLine(earlier, input);
  const [columns] = await fittingLines(platform, [input], buyer, () => '');
  try {
    return await platform.db.$transaction(async (tx) => {
      if (input.orderId) await lockOpenOrder(tx, input.orderId, buyer, 1);
      const orderId = input.orderId ?? (await tx.order.create({ data: { accountId: buyer.accountId } })).id;
      const lineNumber = (await lastNumber(tx, orderId)) + 1;
      return tx.orderLine.create({ data: { ...columns!, orderId, lineNumber, idempotencyKey } });
    });
  } catch (error) {
    // Somebody with the same key was quicker.
    if (idempotencyKey && isUniqueViolation(error))
      return sameLine(await platform.db.orderLine.findUniqueOrThrow({ where: { idempotencyKey } }), input);
    throw error;
  }
}

async function fittingLines(
  platform: Parts,
  lines: readonly LineRequest[],
  buyer: Beholder,
  pathOf: (position: number) => string,
): Promise<LineColumns[]> {
  if (lines.length < 1 || lines.length > MAX_LINES)
    throw new ValidationError('Nothing was ordered.', [
      { path: '/lines', message: `Order 1 to ${MAX_LINES} lines at a time.` },
    ]);
  const { columns, issues } = await checkLines(platform, lines, buyer, pathOf);
  if (issues.length > 0) throw new ValidationError(`Nothing was ordered: ${issues[0]!.message}`, issues);
  return columns;
}

const numbered = (columns: readonly LineColumns[], last: number) =>
  columns.map((line, position) => ({ ...line, lineNumber: last + position + 1 }));

const asked = ({ productId, outputTypeId, quantity, options, materialOverrides }: LineRequest) => ({
  productId,
  outputTypeId,
  quantity: quantity ?? 1,
  options: options ?? {},
  materialOverrides: materialOverrides ?? {},
});

async function sameOrder({ db }: Parts, key: string | null, requestHash: string): Promise<Order | null> {
  const earlier = key ? await db.order.findUnique({ where: { idempotencyKey: key } }) : null;
  if (earlier && earlier.requestHash !== requestHash) throw keyReused();
  return earlier;
}

function sameLine(earlier: OrderLine, wanted: NewOrderLine): OrderLine {
  const { orderId } = wanted;
  const isSame = Object.entries({ ...asked(wanted), ...(orderId && { orderId }) }).every(
    ([field, value]) => canonicalize(earlier[field as keyof OrderLine]) === canonicalize(value),
  );
  if (!isSame) throw keyReused();
  return earlier;
}

/** Keys are made up by clients, so every account has its own. */
const keyOf = (buyer: Beholder, key: string | null | undefined) =>
  key ? `${buyer.accountId ?? 'owner'}:${key}` : null;

async function lastNumber(tx: Prisma.TransactionClient, orderId: string): Promise<number> {
  const last = await tx.orderLine.aggregate({ where: { orderId }, _max: { lineNumber: true } });
  return last._max.lineNumber ?? 0;
}

/** Two lines added at once must not get the same number, and none may be added while the first one is dispatched.
 * @param adding - lines that must still fit. */
async function lockOpenOrder(
  tx: Prisma.TransactionClient,
  orderId: string,
  buyer: Beholder,
  adding = 0,
): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM "order" WHERE id = ${orderId}::uuid FOR UPDATE`;
  const rows = await tx.$queryRaw<{ account_id: string | null; number: number; is_open: boolean; lines: number }[]>`
    SELECT o.account_id, o.number, (SELECT count(*)::int FROM order_line WHERE order_id = o.id) AS lines, NOT EXISTS (
      SELECT 1 FROM order_line l LEFT JOIN run r ON r.order_line_id = l.id
      WHERE l.order_id = o.id AND (r.id IS NOT NULL OR l.cancelled_at IS NOT NULL)
    ) AS is_open
    FROM "order" o WHERE o.id = ${orderId}::uuid`;
  const [order] = rows;
  if (!order || !mayHandle(buyer, order.account_id)) throw new NotFoundError('order', orderId);
  if (!order.is_open)
    throw new ConflictError(
      `Order ${order.number} was dispatched or cancelled already. Place another order.`,
      'ORDER_DISPATCHED',
    );
  if (order.lines + adding > MAX_LINES)
    throw new ConflictError(
      `Order ${order.number} has ${order.lines} lines, and an order has at most ${MAX_LINES}. Place another order.`,
      'ORDER_FULL',
    );
}
