import { expect, test } from 'vitest';
import { estimate, rangeOf } from './estimate.js';

const node = (minMs: number, maxMs: number, ...predecessors: number[]) => ({ predecessors, range: { minMs, maxMs } });

test('the best case is the longest path, the worst everything in a row', () => {
  const diamond = [node(10, 20), node(5, 50, 0), node(30, 40, 0), node(1, 1, 1, 2)];
  expect(estimate(diamond)).toEqual({ minMs: 41, maxMs: 111 });
  expect(estimate([])).toEqual({ minMs: 0, maxMs: 0 });
});

test('one node that nobody knows leaves the whole unknown', () => {
  expect(estimate([node(10, 20), { predecessors: [0], range: null }])).toBeNull();
});

test('outliers do not widen a range', () => {
  expect(rangeOf([100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 90_000])).toEqual({ minMs: 101, maxMs: 109 });
  expect(rangeOf([7])).toEqual({ minMs: 7, maxMs: 7 });
});
