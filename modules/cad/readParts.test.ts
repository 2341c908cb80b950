import { readFile } from 'node:fs/promises';
import { afterAll, expect, it } from 'vitest';
import { replicated } from '../../tests/fixtures/step/awkward.js';
import { fixture, shipped } from '../../tests/fixtures/step/cases.js';
import { buildModel } from './cadModel.js';
import { occtThreads } from './occtThreads.js';
import { readParts } from './readParts.js';
import { readStepText } from './stepText.js';

const TESSELLATION = { linear: { mm: 0.5 }, angularRad: 0.5 };

afterAll(() => occtThreads.drop());

it.each([fixture('conveyor-48.step'), shipped('cax-if/as1-oc-214.stp'), shipped('cax-if/as1_pe_203.stp')])(
  'reads in pieces, one by one or side by side, what it reads in one go: %s',
  async (path) => {
    const { file, structure } = readStepText(await readFile(path));
    const inOneGo = { wholeBytes: Number.POSITIVE_INFINITY };
    const whole = buildModel(structure, await readParts(file, structure, TESSELLATION, () => {}, inOneGo), []);
    for (const lanes of [1, 3]) {
      const told: number[] = [];
      const note = (done: number) => told.push(done);
      const inPieces = { wholeBytes: 0, pieceBytes: 20_000, lanes };
      const pieces = await readParts(file, structure, TESSELLATION, note, inPieces);
      expect(told.length).toBeGreaterThan(2);
      expect(told).toEqual([...told].sort((a, b) => a - b));
      expect(buildModel(structure, pieces, []).parts).toEqual(whole.parts);
    }
  },
);

it('keeps every part apart where many share one file, and their names', async () => {
  const bytes = replicated(await readFile(shipped('simple-basic-cube/cube.stp')), 40);
  const { file, structure, facts } = readStepText(bytes);
  expect(facts.productCount).toBe(40);
  const result = await readParts(file, structure, TESSELLATION, () => {}, { wholeBytes: 0, pieceBytes: 60_000 });
  const { parts, warnings } = buildModel(structure, result, []);
  expect(parts.map((part) => part.name)).toEqual(Array.from({ length: 40 }, (_, at) => `cube ${at}`));
  expect(parts.every((part) => part.shape.triangleCount === 12)).toBe(true);
  expect(warnings).toEqual([]);
});

it('replaces its threads where they have grown too large, and goes on', async () => {
  const { file, structure } = readStepText(await readFile(fixture('conveyor-48.step')));
  const options = { wholeBytes: 0, pieceBytes: 20_000, maxRssBytes: 1 };
  const result = await readParts(file, structure, TESSELLATION, () => {}, options);
  expect(buildModel(structure, result, []).parts).toHaveLength(7);
});

it('loses only the part on which OpenCascade runs into the ground, and names it', async () => {
  const text = replicated(await readFile(shipped('simple-basic-cube/cube.stp')), 3).toString('latin1');
  // A surface that is offset from itself, in the second cube: it recurses until the stack ends.
  const [plane, id] = [...text.matchAll(/#(\d+)=PLANE\('',#\d+\)/g)][8]!;
  const hostile = text.replace(plane, `#${id}=OFFSET_SURFACE('',#${id},1.,.F.)`);
  const { file, structure } = readStepText(Buffer.from(hostile, 'latin1'));
  const { parts, warnings } = buildModel(structure, await readParts(file, structure, TESSELLATION), []);
  expect(parts.map((part) => [part.name, part.shape.triangleCount])).toEqual([
    ['cube 0', 12],
    ['cube 2', 12],
  ]);
  expect(warnings).toEqual(['The shape of "cube 1" could not be read; the part is missing.']);
});
