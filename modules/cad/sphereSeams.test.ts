import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { fixture, shipped } from '../../tests/fixtures/step/cases.js';
import { argsOf, numbersOf, refOf, refsOf } from './part21Values.js';
import { cureSphereSeams } from './sphereSeams.js';
import { readStepText } from './stepText.js';
import { withoutAssembly } from './withoutAssembly.js';

const fileOf = async (path: string) => readStepText(await readFile(path)).file;

describe('spheres cut open along their seam', () => {
  it('get an axis through both openings, and lose the cuts', async () => {
    const { file, structure } = readStepText(await readFile(fixture('bearing-6205.step')));
    // For each pocket two loops and a surface, and the new records in one go.
    expect(cureSphereSeams(file)).toHaveLength(9 * 3 + 1);
    const cured = readStepText(withoutAssembly(file, structure)).file;
    expect(cured.missingIds).toEqual([]);
    const pockets = cured.idsOf('ADVANCED_FACE').filter((face) => {
      const surface = refOf(argsOf(cured, face)?.[2]);
      return cured.idsOf('SPHERICAL_SURFACE').includes(surface) && refsOf(argsOf(cured, face)?.[1]).length === 2;
    });
    expect(pockets).toHaveLength(9);
    for (const face of pockets) {
      const [, , surface] = argsOf(cured, face)!;
      const [, centre, axis] = argsOf(cured, refOf(argsOf(cured, refOf(surface))?.[1]))!;
      const [x, y] = numbersOf(argsOf(cured, refOf(centre))?.[1]) as [number, number];
      const [ax, ay, az] = numbersOf(argsOf(cured, refOf(axis))?.[1]) as [number, number, number];
      // The cage's pockets look outward from its middle.
      expect(Math.abs((x * ax + y * ay) / Math.hypot(x, y))).toBeGreaterThan(0.97);
      expect(Math.hypot(ax, ay, az)).toBeCloseTo(1, 9);
    }
    // What is straight already is left alone.
    expect(cureSphereSeams(cured)).toEqual([]);
  });

  it('are left alone where the openings do not face each other', async () => {
    const text = await readFile(fixture('bearing-6205.step'), 'latin1');
    // The middle of the first ball, moved up by most of its radius.
    const aside = text.replace(
      "#4677 = CARTESIAN_POINT('',(19.25,0.,0.))",
      "#4677 = CARTESIAN_POINT('',(19.25,0.,2.))",
    );
    expect(aside).not.toBe(text);
    const moved = cureSphereSeams(readStepText(Buffer.from(aside, 'latin1')).file);
    expect(moved.at(-1)!.text.match(/SPHERICAL_SURFACE/g)).toHaveLength(8);
  });

  it('are told from spheres that read well as they are', async () => {
    for (const path of [fixture('housing-p205.step'), shipped('cax-if/as1-oc-214.stp')]) {
      expect(cureSphereSeams(await fileOf(path))).toEqual([]);
    }
  });
});
