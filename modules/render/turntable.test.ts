import { describe, expect, it } from 'vitest';
import { Animation, angleAt, timingOf } from './turntable.js';

const problemsOf = (given: unknown) =>
  Animation.safeParse(given).error?.issues.map(({ path, message }) => `${path.join('/')}: ${message}`) ?? [];

describe('timing', () => {
  it.each([
    [{}, { frames: 48, fps: 24 }],
    [{ fps: 12 }, { frames: 48, fps: 12 }],
    [{ durationS: 3 }, { frames: 72, fps: 24 }],
    [
      { frames: 60, durationS: 2 },
      { frames: 60, fps: 30 },
    ],
    [
      { fps: 25, durationS: 1.5 },
      { frames: 38, fps: 25 },
    ],
    [
      { frames: 24, fps: 23.976, durationS: 1.001 },
      { frames: 24, fps: 23.976 },
    ],
  ])('%j comes to %j', (given, expected) => {
    expect(problemsOf(given)).toEqual([]);
    expect(timingOf(given)).toEqual(expected);
  });

  it('refuses frames, speed and duration that contradict each other', () => {
    expect(problemsOf({ frames: 48, fps: 24, durationS: 3 })).toEqual([
      'durationS: does not fit: 48 frames at 24 per second take 2 s, not 3 s. Leave one of the three empty',
    ]);
  });

  it('refuses what the two given ones come to when that is not possible', () => {
    expect(problemsOf({ frames: 1000, durationS: 1 })[0]).toContain('1000 frames at 1000 per second');
    expect(problemsOf({ fps: 120, durationS: 100 })[0]).toContain('12000 frames');
  });
});

describe('the angle of a frame', () => {
  const turn = { frames: 4, axis: 'z', degrees: 360, startDeg: 30, direction: 'counter_clockwise' } as const;

  it('begins at the start and stops one step short of the end', () => {
    expect([0, 1, 2, 3].map((frame) => angleAt(turn, frame))).toEqual([30, 120, 210, 300]);
  });

  it('runs the other way clockwise', () => {
    expect([0, 1].map((frame) => angleAt({ ...turn, direction: 'clockwise' }, frame))).toEqual([30, -60]);
  });
});
