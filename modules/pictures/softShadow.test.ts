import { expect, it } from 'vitest';
import { fadeAtBorder } from './softShadow.js';

it('fades to nothing at the border and leaves the middle as it is', () => {
  const alpha = new Uint8Array(41 * 41).fill(200);
  fadeAtBorder(alpha, 41, 41);
  const at = (x: number, y: number) => alpha[y * 41 + x];
  expect([at(0, 20), at(40, 20), at(20, 0), at(20, 40)]).toEqual([0, 0, 0, 0]);
  expect(at(20, 20)).toBe(200);
});
