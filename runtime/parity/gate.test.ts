import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ParityStatus, RunMode } from '../../generated/prisma/enums.js';
import { createTestPlatform, type TestPlatform } from '../../tests/support/platform.js';
import { type Catalogue, createCatalogue, createEndedRun } from '../../tests/support/testData.js';
import { parityGate } from './gate.js';
import { JUDGEMENT } from './judgement.js';
import { ParityPolicy } from './policy.js';

let test_: TestPlatform;
let catalogue: Catalogue;
beforeAll(async () => {
  test_ = await createTestPlatform();
  catalogue = await createCatalogue(test_.platform);
});
afterAll(() => test_.remove());

const gate = () => parityGate(test_.platform.db, catalogue.outputType.id);
const change = (data: object) => test_.platform.db.outputType.update({ where: { id: catalogue.outputType.id }, data });

async function run(mode: RunMode) {
  const { runId } = await createEndedRun(test_.platform, catalogue);
  await test_.platform.db.run.update({ where: { id: runId }, data: { mode } });
  return runId;
}

async function report(
  status: ParityStatus,
  policy: object = ParityPolicy.parse({}),
  mode: RunMode = 'legacy',
  judgement = JUDGEMENT,
) {
  const [legacyRunId, graphRunId] = [await run(mode), await run('shadow')];
  await test_.platform.db.parityReport.create({
    data: { outputTypeId: catalogue.outputType.id, legacyRunId, graphRunId, status, policy, judgement },
  });
}

test('the way to graph opens after as many passed comparisons in a row as are needed, since the last change', async () => {
  expect(await gate()).toMatchObject({ isOpen: false, reasons: [expect.stringContaining('No workflow')] });
  await change({ workflowId: catalogue.workflow.id, parityPolicy: { greensNeeded: 2 } });
  expect(await gate()).toMatchObject({ streak: 0, needed: 2, isOpen: false });
  await report('passed');
  await report('incomparable');
  await report('passed', undefined, 'graph');
  expect(await gate()).toMatchObject({
    streak: 1,
    isOpen: false,
    reasons: ['1 of 2 comparisons in a row have passed; 1 more is needed.'],
  });
  await report('passed');
  expect(await gate()).toMatchObject({ streak: 2, isOpen: true });
  await report('differs');
  expect(await gate()).toMatchObject({ streak: 0, isOpen: false });
  await report('passed');
  await report('passed');
  expect(await gate()).toMatchObject({ isOpen: true });

  await change({ name: 'Another name', sortOrder: 3, rollout: 'shadow' });
  expect(await gate()).toMatchObject({ isOpen: true });
  await change({ parityPolicy: { greensNeeded: 2, slowerFactor: 3 } });
  expect(await gate()).toMatchObject({ streak: 0, isOpen: false, reasons: [expect.stringContaining('thresholds')] });
  await change({ parityPolicy: { greensNeeded: 2 } });
  expect(await gate()).toMatchObject({ isOpen: true });
  await change({ overrides: { samples: 4 } });
  expect(await gate()).toMatchObject({ streak: 0, isOpen: false });
});

test('a report that was judged before a threshold came does not count', async () => {
  const { maxCameraMove: _, ...before } = ParityPolicy.parse({}).still_image;
  await change({ parityPolicy: { greensNeeded: 1 } });
  await report('passed', { ...ParityPolicy.parse({}), still_image: before });
  expect(await gate()).toMatchObject({ streak: 0, isOpen: false, reasons: [expect.stringContaining('thresholds')] });
  await report('passed');
  expect(await gate()).toMatchObject({ streak: 1, isOpen: true });
});

test('what passed by looking at less than comparisons do now neither counts nor breaks the row, and what differed does', async () => {
  await change({ overrides: { samples: 5 }, parityPolicy: { greensNeeded: 2 } });
  await report('passed', undefined, 'legacy', 1);
  await report('passed', undefined, 'legacy', 1);
  expect(await gate()).toMatchObject({ streak: 0, isOpen: false });
  expect((await gate()).reasons[1]).toMatch(/^2 more have passed without comparing from where the camera saw/);
  await report('passed');
  await report('passed', undefined, 'legacy', 1);
  await report('passed');
  expect(await gate()).toMatchObject({
    streak: 2,
    isOpen: true,
    reasons: ['2 of 2 comparisons in a row have passed.'],
  });
  await report('differs', undefined, 'legacy', 1);
  expect(await gate()).toMatchObject({ streak: 0, isOpen: false });
});
