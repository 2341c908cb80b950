import { expect, it } from 'vitest';
import { JobProgress, jobEvent, renderedFraction } from './blenderLog.js';

it.each([
  [
    'Fra:1 Mem:26.86M (Peak 37.12M) | Time:00:12.16 | Remaining:00:13.71 | Mem:1M, Peak:2M | Scene, View | Sample 16/64',
    0.25,
  ],
  ['Fra:1 Mem:26.86M | Time:00:12.16 | Scene, View | Rendered 3/9 Tiles, Sample 32/64', (3 + 0.5) / 9],
  ['Fra:1 Mem:26.86M | Time:00:12.16 | Scene, View | Rendered 3/9 Tiles', 3 / 9],
  ['Fra:1 Mem:20.52M (Peak 20.69M) | Time:00:00.43 | Rendering 16 / 64 samples', 0.25],
  ["Saved: '/tmp/x.png'", null],
  ['Sample 3/0', null],
])('reads how much is rendered from "%s"', (line, fraction) => {
  expect(renderedFraction(line)).toBe(fraction);
});

it('takes a line that a kill cut off for ordinary text', () => {
  expect(jobEvent('HM {"event":"progr')).toBeNull();
});

it('spreads the samples over the range of the phase and never goes back', () => {
  const progress = new JobProgress();
  const fractions = [
    'HM {"event":"progress","fraction":0.1,"until":0.2,"message":"Shadow"}',
    'Sample 32/64',
    'Sample 16/64',
    'HM {"event":"progress","fraction":0.05,"until":0.06}',
    'HM {"event":"progress","fraction":0.2,"until":1,"message":"Product"}',
    'noise',
    'Sample 32/64',
  ].map((line) => progress.take(line)?.fraction ?? null);
  expect(fractions).toEqual([0.1, expect.closeTo(0.15), null, null, 0.2, null, expect.closeTo(0.6)]);
});
