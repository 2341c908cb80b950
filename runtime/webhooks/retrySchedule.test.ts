import { expect, it } from 'vitest';
import { MAX_ATTEMPTS, waitAfter } from './retrySchedule.js';

const waits = (random: number) => Array.from({ length: MAX_ATTEMPTS }, (_, i) => waitAfter(i + 1, random));

it('waits longer each time, up to four hours, and gives up after some fourteen', () => {
  expect(waits(0.5)).toEqual([5, 20, 80, 320, 1280, 5120, 14_400, 14_400, 14_400, null].map((s) => s && s * 1000));
});

it('spreads what failed together by a fifth either way', () => {
  expect([waitAfter(1, 0), waitAfter(1, 1)]).toEqual([4000, 6000]);
  expect(waitAfter(1)).toSatisfy((ms: number) => ms >= 4000 && ms <= 6000);
});
