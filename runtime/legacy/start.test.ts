import { expect, test } from 'vitest';
import { isSampled } from './start.js';

const lines = Array.from(
  { length: 2000 },
  (_, number) => `0199f0a2-0000-7000-8000-${String(number).padStart(12, '0')}`,
);
const share = (rate: number) => lines.filter((line) => isSampled(line, 1, rate)).length / lines.length;

test('of many order lines, the share that the sampling rate names gets a shadow run', () => {
  expect(share(0)).toBe(0);
  expect(share(1)).toBe(1);
  expect(share(0.25)).toBeGreaterThan(0.2);
  expect(share(0.25)).toBeLessThan(0.3);
});

test('a line that is asked about again gets the same answer, and another chance with its next run', () => {
  const chosen = (attempt: number) => lines.filter((line) => isSampled(line, attempt, 0.5));
  expect(chosen(1)).toEqual(chosen(1));
  expect(chosen(2)).not.toEqual(chosen(1));
});

test('a higher rate keeps the lines of a lower one', () => {
  const few = lines.filter((line) => isSampled(line, 1, 0.1));
  expect(few.every((line) => isSampled(line, 1, 0.4))).toBe(true);
});
