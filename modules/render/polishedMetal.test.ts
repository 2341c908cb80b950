import { afterAll, beforeAll, expect, it } from 'vitest';
import { boxStills } from '../../tests/support/boxStills.js';
import type { BoxPart } from '../../tests/support/glb.js';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { seededMaterial, seededStudio } from '../../tests/support/seedLibrary.js';
import { describeWith } from '../../tests/support/tools.js';

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeAll(async () => {
  test = await createTestContext();
});
afterAll(() => test.cleanup());

const { render, pixels } = boxStills(() => test);
const BAR: BoxPart = { partId: 'p0', partName: 'Bar', size: [0.04, 0.1, 0.04], at: [[0, 0.05, 0]], isRound: true };

/** Brightness of the upper half of an upright round bar, 0..255, sorted: below, it mirrors the floor that it stands on. */
async function upperHalf(studio: string, material: string, elevationDeg: number): Promise<number[]> {
  const still = await render(
    {
      ...{ resolution: { width: 96, height: 96 }, samples: 24, camera: { azimuthDeg: 30, elevationDeg } },
      ...{ transparent: true, shadow: false },
    },
    { parts: [BAR], materials: { p0: await seededMaterial(material) }, template: await seededStudio(studio) },
  );
  const { at, box } = await pixels(still);
  const [left, right] = [box.left + 2, box.right - 2];
  const [top, middle] = [box.top + 8, Math.round((box.top + box.bottom) / 2)];
  const found: number[] = [];
  for (let y = top; y < middle; y++)
    for (let x = left; x <= right; x++) {
      const [r, g, b, alpha] = at(x, y);
      if (alpha === 255) found.push(0.2126 * r! + 0.7152 * g! + 0.0722 * b!);
    }
  return found.sort((a, b) => a - b);
}

describeWith('blender', 'polished metal, upright and round', () => {
  it.each([
    ['studio_soft', 'chrome', 24, 110],
    ['studio_soft', 'steel_polished', 5, 60],
    ['studio_soft', 'brass', 24, 110],
    ['packshot_white', 'chrome', 18, 110],
    // Dark, but not black.
    ['dark_hero', 'chrome', 14, 30],
  ])('shows its form in %s: %s from %i° above, no darker than %i', async (studio, material, elevation, least) => {
    const seen = await upperHalf(studio, material, elevation);
    const at = (share: number) => seen[Math.floor(share * (seen.length - 1))]!;
    expect(at(0.5)).toBeGreaterThan(least);
    expect(at(0.9) - at(0.1)).toBeGreaterThan(40);
  });
});
