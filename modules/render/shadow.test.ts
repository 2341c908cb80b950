import { expect, it } from 'vitest';
import { shadowJob } from './shadow.js';

it.each([
  [
    [2048, 1024],
    [128, 64],
  ],
  [
    [1024, 2048],
    [64, 128],
  ],
  [
    [880, 440],
    [110, 55],
  ],
  [
    [512, 256],
    [96, 48],
  ],
  [
    [64, 48],
    [64, 48],
  ],
  [
    [8192, 16],
    [128, 1],
  ],
])('a picture of %s needs a shadow of %s', ([width, height], [smallWidth, smallHeight]) => {
  expect(shadowJob('s.png', width!, height!)).toMatchObject({ width: smallWidth, height: smallHeight });
});
