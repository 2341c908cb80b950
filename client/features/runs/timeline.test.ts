import { describe, expect, it } from 'vitest';
import { ticks, timelineBars } from './timeline.js';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();

describe('timelineBars', () => {
  it('measures waiting and working from the creation of the run', () => {
    const { bars, spanMs } = timelineBars(
      [
        { nodeId: 'a', readyAt: at(0), startedAt: at(1), finishedAt: at(4) },
        { nodeId: 'b', readyAt: at(4), startedAt: at(5) },
        { nodeId: 'c' },
      ],
      at(0),
      Date.parse(at(9)),
    );
    expect(bars).toEqual([
      { nodeId: 'a', waitFrom: 0, runFrom: 1000, runTo: 4000 },
      { nodeId: 'b', waitFrom: 4000, runFrom: 5000, runTo: 9000 },
      { nodeId: 'c', waitFrom: null, runFrom: null, runTo: null },
    ]);
    expect(spanMs).toBe(9000);
  });

  it('is drawable before anything has begun', () => {
    expect(timelineBars([{ nodeId: 'a' }], at(0), Date.parse(at(0))).spanMs).toBe(1);
  });
});

describe('ticks', () => {
  it('stand at round numbers', () => {
    expect(ticks(9000)).toEqual([0, 2000, 4000, 6000, 8000]);
    expect(ticks(470)).toEqual([0, 100, 200, 300, 400]);
  });
});
