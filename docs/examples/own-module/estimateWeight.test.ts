import { createTestContext } from 'hartomat/modules/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { estimateWeight } from './estimateWeight.js';

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeAll(async () => {
  test = await createTestContext();
});
afterAll(() => test?.cleanup());

const parts = [
  { name: 'Ring', instanceCount: 1, volumeMm3: 2000 },
  { name: 'Ball', instanceCount: 9, volumeMm3: 1000 },
];
const objectTree = () =>
  test.ctx.artifacts.write({
    role: 'object_tree',
    mediaType: 'application/json',
    fileName: 'objects.json',
    from: { text: JSON.stringify({ parts }) },
  });

it('weighs every instance of every part', async () => {
  const inputs = { objects: await objectTree() };
  const { weight } = await estimateWeight.spec.run(test.ctx, inputs, { densityGCm3: 8, exceptions: { Ball: 3 } });
  expect(weight).toEqual({
    totalGrams: 16 + 9 * 3,
    parts: [
      { name: 'Ring', count: 1, gramsEach: 16 },
      { name: 'Ball', count: 9, gramsEach: 3 },
    ],
  });
});

it('names an exception for a part that is not there', async () => {
  const inputs = { objects: await objectTree() };
  const run = estimateWeight.spec.run(test.ctx, inputs, { densityGCm3: 8, exceptions: { Cage: 1 } });
  await expect(run).rejects.toMatchObject({ code: 'PART_UNKNOWN', failureClass: 'input' });
});
