import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestPlatform, type TestPlatform } from '../../tests/support/platform.js';
import { type Catalogue, createCatalogue, createEndedRun } from '../../tests/support/testData.js';
import { claimReport, recoverReports } from './reportStates.js';

let test_: TestPlatform;
let catalogue: Catalogue;
beforeAll(async () => {
  test_ = await createTestPlatform();
  catalogue = await createCatalogue(test_.platform);
});
afterAll(() => test_.remove());

/** A report that a worker is at; what becomes of it when another looks. */
async function reportWith(worker: { heartbeatAt?: Date; stoppedAt?: Date } | null) {
  const { db, pool } = test_.platform;
  const id = randomUUID();
  if (worker) await db.worker.create({ data: { id, host: 'elsewhere', pid: 1, capabilities: [], ...worker } });
  const [legacyRunId, graphRunId] = [await ended(), await ended()];
  const report = await db.parityReport.create({
    data: { outputTypeId: catalogue.outputType.id, legacyRunId, graphRunId },
  });
  expect(await claimReport(pool, id, { withBlender: true })).toMatchObject({ id: report.id });
  return async (isSteady: boolean) => {
    await recoverReports(pool, { idleWorkerId: randomUUID(), isSteady });
    const found = await db.parityReport.findUniqueOrThrow({ where: { id: report.id } });
    await db.parityReport.update({ where: { id: report.id }, data: { status: 'failed' } });
    return found.status;
  };
}
const ended = async () => (await createEndedRun(test_.platform, catalogue)).runId;
const minuteAgo = () => new Date(Date.now() - 60_000);

test.each<[string, Parameters<typeof reportWith>[0], { steady: string; cutOff: string }]>([
  ['lives', {}, { steady: 'comparing', cutOff: 'comparing' }],
  ['is silent', { heartbeatAt: minuteAgo() }, { steady: 'waiting', cutOff: 'comparing' }],
  ['has stopped', { stoppedAt: minuteAgo() }, { steady: 'waiting', cutOff: 'waiting' }],
  ['is unknown', null, { steady: 'waiting', cutOff: 'waiting' }],
])(
  'a report whose worker %s, seen by one who was and one who was not in contact all the time',
  async (_how, worker, seen) => {
    expect(await (await reportWith(worker))(true)).toBe(seen.steady);
    expect(await (await reportWith(worker))(false)).toBe(seen.cutOff);
  },
);
