import type { Prisma } from '../../generated/prisma/client.js';
import { DomainError } from '../../modules/errors.js';
import { type Beholder, handledOrders, mayHandle, OWNER } from '../access/ownership.js';
import { ConflictError, NotFoundError, ValidationError } from '../errors.js';
import { fullKey, settledOnce } from '../once.js';
import type { Platform } from '../platform.js';
import { cancelRun } from '../runs/cancel.js';
import { dispatchOrderLine } from '../runs/dispatch.js';
import type { Subject } from '../runs/entry.js';
import { findOrderLineSubjects } from '../runs/prepareRun.js';
import { keyOfLine, lineFacts, obstacleOf } from './lineFacts.js';
import { MAX_LINES } from './orders.js';

/** How a line of a batch went: a run, or why there is none. */
export interface LineDispatch {
  orderLineId: string;
  result: { runId: string } | DomainError;
}

/** Lines whose subjects are in memory at a time. */
const CHUNK = 50;

interface BatchOptions {
  idempotencyKey?: string | null;
  buyer?: Beholder;
}

/** Starts a run for each line, one result for each, in their order; a line that cannot run does not stop the others. Lines that run
 * already are refused. Without a key, two requests at once start each line once.
 * @throws ValidationError when there are too many; ConflictError where the key stands for other lines. */
export async function dispatchOrderLines(
  platform: Platform,
  lineIds: readonly string[],
  { idempotencyKey = null, buyer = OWNER }: BatchOptions = {},
): Promise<LineDispatch[]> {
  const content = [...new Set(lineIds)];
  if (content.length > MAX_LINES)
    throw new ValidationError('These are too many lines.', [
      { path: '/orderLineIds', message: `Dispatch at most ${MAX_LINES} lines at a time.` },
    ]);
  const request = { accountId: buyer.accountId, operation: 'dispatchOrderLines', key: idempotencyKey, content };
  const ids = await settledOnce(platform, request, async () => content);
  return startLines(platform, ids, fullKey(request), buyer);
}

/** Starts the lines of a batch.
 * @param key - what the keys of its runs are made of; null: the request has none. */
export async function startLines(
  platform: Platform,
  ids: readonly string[],
  key: string | null,
  buyer: Beholder,
): Promise<LineDispatch[]> {
  const libraries: Subject['libraries'] = new Map();
  const all: LineDispatch[] = [];
  for (let at = 0; at < ids.length; at += CHUNK)
    all.push(...(await dispatchChunk(platform, ids.slice(at, at + CHUNK), key, buyer, libraries)));
  return all;
}

async function dispatchChunk(
  platform: Platform,
  ids: readonly string[],
  requestKey: string | null,
  buyer: Beholder,
  libraries: Subject['libraries'],
): Promise<LineDispatch[]> {
  const [subjects, facts] = await Promise.all([
    findOrderLineSubjects(platform, ids),
    lineFacts(platform, ids, requestKey),
  ]);
  const one = async (id: string): Promise<{ runId: string }> => {
    const subject = subjects.get(id);
    const fact = facts.get(id);
    if (!subject || !fact || !mayHandle(buyer, fact.accountId)) throw new NotFoundError('order line', id);
    if (fact.runOfKey) return { runId: fact.runOfKey };
    if (subject instanceof DomainError) throw subject;
    const key = keyOfLine(id, requestKey ?? String(fact.runs));
    const obstacle = obstacleOf(fact, key);
    if (obstacle) throw obstacle;
    return dispatchOrderLine(platform, { ...subject, libraries }, key);
  };
  const settled = await Promise.allSettled(ids.map(one));
  return settled.map((outcome, position) => {
    const orderLineId = ids[position]!;
    if (outcome.status === 'fulfilled') return { orderLineId, result: { runId: outcome.value.runId } };
    if (outcome.reason instanceof DomainError) return { orderLineId, result: outcome.reason };
    throw outcome.reason;
  });
}

/** Starts every line of an order that was not dispatched yet, or whose run failed or was cancelled. What was delivered or runs is left alone.
 * @throws NotFoundError; ConflictError `NOTHING_TO_DISPATCH`, or where the key stands for another order. */
export async function dispatchOrder(
  platform: Platform,
  orderId: string,
  { idempotencyKey = null, buyer = OWNER }: BatchOptions = {},
): Promise<LineDispatch[]> {
  const request = { accountId: buyer.accountId, operation: 'dispatchOrder', key: idempotencyKey, content: orderId };
  const due = await settledOnce(platform, request, () => dueLines(platform, orderId, handledOrders(buyer)));
  return startLines(platform, due, fullKey(request), buyer);
}

/** Ids of the lines that `dispatchOrder` would start, in their order.
 * @param among - orders of others are not there.
 * @throws NotFoundError, ConflictError `NOTHING_TO_DISPATCH`. */
export async function dueLines(platform: Platform, orderId: string, among: Prisma.OrderWhereInput): Promise<string[]> {
  const lines = await linesWithState(platform, orderId, among);
  const due = lines.filter(
    ({ state, isCancelled }) => !isCancelled && ['draft', 'failed', 'cancelled', 'partially_delivered'].includes(state),
  );
  if (due.length === 0)
    throw new ConflictError(
      'Every line of the order was dispatched, delivered or cancelled already.',
      'NOTHING_TO_DISPATCH',
    );
  return due.map(({ id }) => id);
}

/** Stops what runs of an order and takes back what was not delivered. What was delivered stays.
 * @throws NotFoundError, ConflictError `ORDER_DELIVERED` when there is nothing left to cancel. */
export async function cancelOrder(
  platform: Platform,
  orderId: string,
  by: string,
  buyer: Beholder = OWNER,
): Promise<void> {
  const lines = await linesWithState(platform, orderId, handledOrders(buyer));
  const open = lines.filter(({ state, isCancelled }) => state !== 'delivered' && !isCancelled);
  if (open.length === 0 && lines.some(({ state }) => state === 'delivered'))
    throw new ConflictError('Everything in the order was delivered already.', 'ORDER_DELIVERED');
  await cancelLines(
    platform,
    open.map(({ id }) => id),
    by,
  );
}

/** The same for one line. A line that was taken back already stays so.
 * @throws NotFoundError, ConflictError `ORDER_LINE_DELIVERED`. */
export async function cancelOrderLine(
  platform: Platform,
  lineId: string,
  by: string,
  buyer: Beholder = OWNER,
): Promise<void> {
  const line = await platform.db.orderLine.findFirst({
    where: { id: lineId, order: handledOrders(buyer) },
    select: { orderId: true },
  });
  if (!line) throw new NotFoundError('order line', lineId);
  const { state, isCancelled } = (await linesWithState(platform, line.orderId, {})).find(({ id }) => id === lineId)!;
  if (isCancelled) return;
  if (state === 'delivered') throw new ConflictError('The order line was delivered already.', 'ORDER_LINE_DELIVERED');
  await cancelLines(platform, [lineId], by);
}

async function cancelLines(platform: Platform, ids: readonly string[], by: string): Promise<void> {
  const where = { in: [...ids] };
  // First the lines, so that nobody dispatches one whose run is just being stopped.
  await platform.db.orderLine.updateMany({ where: { id: where }, data: { cancelledAt: new Date() } });
  const runs = await platform.db.run.findMany({
    where: { orderLineId: where, status: { in: ['queued', 'running'] } },
    select: { id: true },
  });
  for (const { id } of runs)
    await cancelRun(platform, id, by).catch((error) => {
      // It ended by itself in the meantime.
      if (!(error instanceof ConflictError)) throw error;
    });
}

async function linesWithState({ db }: Pick<Platform, 'db'>, orderId: string, among: Prisma.OrderWhereInput) {
  const order = await db.order.findFirst({
    where: { ...among, id: orderId },
    select: { lines: { select: { id: true, state: true, cancelledAt: true }, orderBy: { lineNumber: 'asc' } } },
  });
  if (!order) throw new NotFoundError('order', orderId);
  return order.lines.map(({ id, state, cancelledAt }) => ({ id, state, isCancelled: cancelledAt !== null }));
}
