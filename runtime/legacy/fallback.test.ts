import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Prisma } from '../../generated/prisma/client.js';
import { createTestPlatform, type TestPlatform } from '../../tests/support/platform.js';
import { type Catalogue, createCatalogue, createEndedRun } from '../../tests/support/testData.js';
import { startFallbacks } from './fallback.js';

let test_: TestPlatform;
let catalogue: Catalogue;
beforeAll(async () => {
  test_ = await createTestPlatform();
  catalogue = await createCatalogue(test_.platform);
});
afterAll(() => test_.remove());

/** A run by graph of a line of its own that failed where the legacy pipeline is to take over. */
async function failedRun(
  line: Partial<Prisma.OrderLineUncheckedCreateInput> = {},
  { isPublished = false, onFailure = 'fallback_legacy' as const, ...data }: Record<string, unknown> = {},
) {
  const { db } = test_.platform;
  const { order, product, outputType } = catalogue;
  const lineNumber = 1 + (await db.orderLine.count({ where: { orderId: order.id } }));
  const { id: orderLineId } = await db.orderLine.create({
    data: { orderId: order.id, lineNumber, productId: product.id, outputTypeId: outputType.id, ...line },
  });
  const { runId } = await createEndedRun(test_.platform, catalogue);
  await db.run.update({
    where: { id: runId },
    data: { family: 'order_line', status: 'failed', orderLineId, finishedAt: new Date(), ...data },
  });
  await db.nodeRun.updateMany({
    where: { runId, nodeId: 'mesh' },
    data: { status: 'failed', onFailure: onFailure as 'fallback_legacy' },
  });
  if (!isPublished) await db.asset.deleteMany({ where: { runId } });
  return { runId, orderLineId };
}
const runsOf = (orderLineId: string) =>
  test_.platform.db.run.findMany({ where: { orderLineId }, orderBy: { createdAt: 'asc' } });

test('many workers that look at once take over from a failed run once, with what it was to read', async () => {
  const { runId, orderLineId } = await failedRun();
  const others = await Promise.all([test_.another(), test_.another()]);
  const started = await Promise.all([test_.platform, ...others].map((platform) => startFallbacks(platform)));
  expect(started.toSorted()).toEqual([0, 0, 1]);
  expect(await startFallbacks(test_.platform)).toBe(0);
  const [failed, fallback, ...more] = await runsOf(orderLineId);
  expect(more).toEqual([]);
  expect(fallback).toMatchObject({ mode: 'legacy', status: 'queued', fallbackOfId: runId });
  expect(fallback!.entry).toMatchObject({ stepSource: (failed!.entry as { stepSource: object }).stepSource });
});

test.each([
  ['that published something before it failed', {}, { isPublished: true }],
  ['of a line that is not wanted any more', { cancelledAt: new Date() }, {}],
  ['that halts where it failed', {}, { onFailure: 'halt' }],
  ['in the shadow', {}, { mode: 'shadow' }],
  ['that somebody cancelled', {}, { status: 'cancelled' }],
])('nobody takes over from a run %s', async (_what, line, run) => {
  const { orderLineId } = await failedRun(line, run);
  expect(await startFallbacks(test_.platform)).toBe(0);
  expect(await runsOf(orderLineId)).toHaveLength(1);
});

test('what the legacy pipeline cannot take over is noted in the run, once', async () => {
  const { db } = test_.platform;
  const { runId, orderLineId } = await failedRun({ options: { transparent: true, format: 'jpeg' } });
  expect(await startFallbacks(test_.platform)).toBe(0);
  expect(await startFallbacks(test_.platform)).toBe(0);
  expect(await runsOf(orderLineId)).toHaveLength(1);
  const noted = await db.runEvent.findMany({ where: { runId, type: 'run.fallback_failed' } });
  expect(noted).toMatchObject([{ data: { code: 'LEGACY_SETTINGS_INVALID' } }]);
});
