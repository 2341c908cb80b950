import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { allShipped, fixture, shipped } from '../../tests/fixtures/step/cases.js';
import { Bounds } from './bounds.js';
import { buildModel } from './cadModel.js';
import { readStep } from './occtReader.js';
import { boxOf } from './partShape.js';
import { readParts } from './readParts.js';
import { readStepText } from './stepText.js';
import { IDENTITY } from './transforms.js';

const TESSELLATION = { linear: { mm: 1 }, angularRad: 1 };
const INCH = '#900003';
/** A block of 10 × 20 × 30 and a pin of 40 in an assembly, each with a context of its own, and an inch to write them in. */
const MIXED = (await readFile(fixture('instance-colours.step'), 'latin1')).replace(
  /ENDSEC;\s*END-ISO/,
  `#900001=LENGTH_MEASURE_WITH_UNIT(LENGTH_MEASURE(25.4),#900002);
#900002=( LENGTH_UNIT() NAMED_UNIT(*) SI_UNIT(.MILLI.,.METRE.) );
${INCH}=( CONVERSION_BASED_UNIT('INCH',#900001) LENGTH_UNIT() NAMED_UNIT(#900004) );
#900004=DIMENSIONAL_EXPONENTS(1.,0.,0.,0.,0.,0.,0.);
$&`,
);
/** Length units of the contexts of the assembly, its subassembly, the block and the pin. */
const [TOP, SUB, BLOCK, PIN] = ['#24', '#46', '#395', '#512'];
const withUnits = (...changes: [of: string, unit: string][]) =>
  changes.reduce((text, [of, unit]) => text.replace(`(${of},`, `(${unit}`), MIXED);
const rounded = (values: readonly number[]) => values.map((value) => Math.round(value * 100) / 100 + 0).join(' ');

/** Boxes of the objects, in millimetres, by their ids; and the warnings. */
async function boxesOf(text: string) {
  const { file, structure, facts } = readStepText(Buffer.from(text, 'latin1'));
  // Cut into pieces, as large files are.
  const result = await readParts(file, structure, TESSELLATION, () => {}, { wholeBytes: 0 });
  const model = buildModel(structure, result, facts.warnings);
  const boxes: Record<string, string> = {};
  for (const root of model.roots)
    new Bounds().of(root, IDENTITY, ({ objectId, part }, { min, max }) => {
      if (part) boxes[objectId] = rounded([...min, ...max]);
    });
  return { boxes, warnings: model.warnings };
}

it.each([
  ['a block in inch among millimetres', [[BLOCK, `${INCH},`]], '50 0 100 304 508 862', '50 0 200 304 508 962'],
  ['a subassembly in inch', [[SUB, `${INCH},`]], '1270 0 100 1280 20 130', '1270 0 200 1280 20 230'],
  ['an assembly in inch', [[TOP, `${INCH},`]], '50 0 2540 60 20 2570', '50 0 5080 60 20 5110'],
  ['a pin in inch', [[PIN, `${INCH},`]], '50 0 100 60 20 130', '50 0 200 60 20 230'],
] as [string, [string, string][], string, string][])(
  'a file of several units: %s is read each in its own',
  async (_what, changes, lower, upper) => {
    const text = withUnits(...changes);
    const { boxes, warnings } = await boxesOf(text);
    expect(warnings).toEqual([]);
    expect([boxes['Top/Sub lower/Block left'], boxes['Top/Sub upper/Block left']]).toEqual([lower, upper]);
    // OpenCascade, given the whole assembly, says the same of every instance.
    const whole = await readStep(Buffer.from(text, 'latin1'), TESSELLATION);
    const theirs = whole.roots
      .flatMap(({ bodies }) => bodies)
      .map(({ positions }) => {
        const { min, max } = boxOf([positions]);
        return rounded([...min, ...max]);
      });
    expect(Object.values(boxes).sort()).toEqual(theirs.sort());
  },
);

it('a part without a unit of its own is read as millimetres, and named', async () => {
  const { boxes, warnings } = await boxesOf(withUnits([BLOCK, ''], [PIN, `${INCH},`]));
  expect(boxes['Top/Sub lower/Block left']).toBe('50 0 100 60 20 130');
  expect(warnings).toEqual([
    'The file gives no unit of length for "Block"; millimetres are assumed, so sizes and positions may be wrong.',
  ]);
});

it('a unit that says nothing counts as none', async () => {
  const text = withUnits([BLOCK, `${INCH},`]).replace("'INCH',#900001", "'FURLONG',$");
  expect((await boxesOf(text)).warnings).toEqual([expect.stringContaining('no unit of length for "Block"')]);
});

it('two units at once are named, and one of them is used for shapes and places alike', async () => {
  const { boxes, warnings } = await boxesOf(withUnits([BLOCK, `${BLOCK},${INCH},`], [SUB, `${SUB},${INCH},`]));
  expect(boxes['Top/Sub lower/Block left']).toBe('1270 0 100 1524 508 862');
  expect(warnings).toEqual([
    expect.stringMatching(/several units of length \(millimetre, inch\) at once for ".*Block"/),
  ]);
});

it('no file that ships with the reader is doubted', async () => {
  for (const name of await allShipped()) {
    const { structure } = readStepText(await readFile(shipped(name)));
    expect(
      structure.warnings.filter((warning) => warning.includes('of length')),
      name,
    ).toEqual([]);
  }
});
