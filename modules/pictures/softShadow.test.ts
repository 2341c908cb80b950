import { expect, it } from 'vitest';
import { fadeAtBorder } from './softShadow.js';

it('fades to nothing at the border and leaves the middle as it is', () => {
  const rgba = new Uint8Array(41 * 41 * 4).fill(200);
  fadeAtBorder(rgba, 41, 41);
  const alpha = (x: number, y: number) => rgba[(y * 41 + x) * 4 + 3];
  expect([alpha(0, 20), alpha(40, 20), alpha(20, 0), alpha(20, 40)]).toEqual([0, 0, 0, 0]);
  expect(alpha(20, 20)).toBe(200);
  expect(rgba[(20 * 41 + 20) * 4]).toBe(200);
});
