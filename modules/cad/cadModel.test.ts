import { readFile } from 'node:fs/promises';
import { NodeIO } from '@gltf-transform/core';
import { describe, expect, it } from 'vitest';
import { missingReference, withNoise } from '../../tests/fixtures/step/awkward.js';
import { fixture, shipped } from '../../tests/fixtures/step/cases.js';
import { Bounds } from './bounds.js';
import { buildModel, type CadModel, type CadNode } from './cadModel.js';
import { writeGlb } from './glb.js';
import { type BodyMesh, readStep } from './occtReader.js';
import { splice } from './part21Edits.js';
import { boxOf } from './partShape.js';
import { cureSphereSeams } from './sphereSeams.js';
import { readStepText } from './stepText.js';
import { IDENTITY } from './transforms.js';
import { markOf, withoutAssembly } from './withoutAssembly.js';

const TESSELLATION = { linear: { mm: 0.5 }, angularRad: 0.5 };

async function modelOf(bytes: Buffer): Promise<CadModel> {
  const { file, structure, facts } = readStepText(bytes);
  return buildModel(structure, await readStep(withoutAssembly(file, structure), TESSELLATION), facts.warnings);
}

const leaves = (node: CadNode): CadNode[] => (node.part ? [node] : node.children.flatMap(leaves));
const rounded = (values: number[]) => values.map((value) => Math.round(value * 100) / 100 + 0).join(' ');

describe('a model meshed part by part', () => {
  it.each([
    [fixture, 'pillow-block-ucp205.step'],
    [fixture, 'conveyor-48.step'],
    [shipped, 'cax-if/as1-oc-214.stp'],
    [shipped, 'cax-if/as1-tu-203.stp'],
    [shipped, 'cax-if/as1_pe_203.stp'],
    [shipped, 'cax-if/dm1-id-214.stp'],
    [shipped, 'cax-if/dm1-pe-214.stp'],
    [shipped, 'cax-if/io1-tu-203.stp'],
  ] as const)(
    'puts every instance where OpenCascade puts it when it reads the whole assembly: $1',
    async (from, name) => {
      const bytes = await readFile(from(name));
      const model = await modelOf(bytes);
      const ours: string[] = [];
      for (const root of model.roots) {
        new Bounds().of(root, IDENTITY, (node, { min, max }) => node.part && ours.push(rounded([...min, ...max])));
      }
      const { file } = readStepText(bytes);
      const whole = await readStep(splice(bytes, cureSphereSeams(file)), TESSELLATION);
      const theirs = whole.roots.flatMap((root) => root.bodies).map(({ positions }) => boxOf([positions]));
      expect(ours.sort()).toEqual(theirs.map(({ min, max }) => rounded([...min, ...max])).sort());
    },
  );

  it('gives every occurrence an id of its own, and parts in order of first appearance', async () => {
    const model = await modelOf(await readFile(shipped('cax-if/as1-oc-214.stp')));
    const nodes = model.roots.flatMap(leaves);
    expect(new Set(nodes.map((node) => node.objectId)).size).toBe(nodes.length);
    expect(nodes[0]!.objectId.startsWith('as1/')).toBe(true);
    const seen = [...new Set(nodes.map((node) => node.part!.partId))];
    expect(seen).toEqual(model.parts.map((_, index) => `p${index}`));
    expect(model.parts.map((part) => [part.name, part.instanceCount])).toEqual(
      expect.arrayContaining([
        ['nut', 8],
        ['bolt', 6],
        ['l-bracket', 2],
      ]),
    );
  });

  it('keeps what survives of a damaged file and says that something is lost', async () => {
    const noisy = Buffer.from(withNoise(await readFile(fixture('bearing-6205.step')), 200_000, 4096));
    const model = await modelOf(noisy);
    expect(model.parts.map((part) => part.name)).toContain('Outer Ring');
    expect(model.warnings.join(' ')).toMatch(/damaged records .* may be missing/);
  });

  it('names a part whose record is gone', async () => {
    const text = (await readFile(fixture('bearing-6205.step'), 'latin1')).replace(
      /#85 = MANIFOLD_SOLID_BREP\('',#86\)/,
      "#85 = MANIFOLD_SOLID_BREP('',#999999)",
    );
    const model = await modelOf(Buffer.from(text, 'latin1'));
    expect(model.parts.map((part) => part.name)).not.toContain('Outer Ring');
    expect(model.warnings).toContainEqual('The shape of "Outer Ring" could not be read; the part is missing.');
  });

  it('names a part that is in another file, beside those that are there', async () => {
    const cube = await readFile(shipped('simple-basic-cube/cube.stp'), 'latin1');
    const more = missingReference('gearbox.stp')
      .split('DATA;')[1]!
      .split('ENDSEC;')[0]!
      .replace(/#(\d+)/g, (_, id: string) => `#${Number(id) + 9000}`);
    const model = await modelOf(Buffer.from(cube.replace(/ENDSEC;\s*END-ISO/, `${more}$&`), 'latin1'));
    expect(model.parts.map((part) => part.name)).toEqual(['cube']);
    expect(model.warnings).toEqual([
      '"Gearbox" is in another file, gearbox.stp, which was not uploaded; it is missing.',
    ]);
  });

  it.each([
    ['a byte order mark', (text: string) => `\xef\xbb\xbf${text}`],
    ['blank lines before it begins', (text: string) => `\r\n\n${text}`],
    ['lines that end as on an old Mac', (text: string) => text.replace(/\r?\n/g, '\r')],
    ['comments that look like records', (text: string) => text.replace(/;\n/g, "; /* ; ' #12=X( */\n")],
  ])('reads a file with %s', async (_what, change) => {
    const cube = await readFile(shipped('simple-basic-cube/cube.stp'), 'latin1');
    const model = await modelOf(Buffer.from(change(cube), 'latin1'));
    expect(model.warnings).toEqual([]);
    expect(model.parts[0]!.shape.volumeMm3).toBeCloseTo(300 ** 3, -2);
  });

  it('keeps names nobody would choose, each occurrence with an id of its own', async () => {
    const text = (await readFile(fixture('instance-colours.step'), 'latin1'))
      .replaceAll(
        "PRODUCT('Block','Block'",
        "PRODUCT('Block','Gr\\X2\\00F600DF\\X0\\e/\\X4\\0001F529\\X0\\ ''zwei'' Geh\xe4use'",
      )
      .replaceAll("PRODUCT('Pin','Pin'", "PRODUCT('',''")
      .replace(/'Sub (?:lower|upper)'/g, "'a/b~c'")
      .replace("'Block left'", "''");
    const model = await modelOf(Buffer.from(text, 'latin1'));
    expect(model.parts.map(({ name }) => name)).toEqual(["Größe/🔩 'zwei' Gehäuse", 'Part 2']);
    expect(model.roots.flatMap(leaves).map(({ objectId }) => objectId)).toEqual(
      ['Top/a~1b~0c', 'Top/a~1b~0c#2'].flatMap((sub) => [`${sub}/Größe~1🔩 'zwei' Gehäuse`, `${sub}/Pin left`]),
    );
  });

  it('mirrors an instance where the file does', async () => {
    const text = (await readFile(fixture('instance-colours.step'), 'latin1'))
      .replace(
        "ITEM_DEFINED_TRANSFORMATION('','',#11,#15)",
        "CARTESIAN_TRANSFORMATION_OPERATOR_3D('','','',#900002,#900003,#900001,1.,#900004)",
      )
      .replace(
        /ENDSEC;\s*END-ISO/,
        `#900001=CARTESIAN_POINT('',(0.,0.,-10.));
#900002=DIRECTION('',(1.,0.,0.));
#900003=DIRECTION('',(0.,1.,0.));
#900004=DIRECTION('',(0.,0.,-1.));
$&`,
      );
    const model = await modelOf(Buffer.from(text, 'latin1'));
    const boxes: string[] = [];
    new Bounds().of(model.roots[0]!, IDENTITY, ({ name }, { min, max }) => {
      if (name === 'Block') boxes.push(rounded([...min, ...max]));
    });
    expect(boxes).toEqual(['50 0 -40 60 20 -10', '50 0 200 60 20 230']);
    const document = await new NodeIO().readBinary((await writeGlb(model, 'test')).bytes);
    const mirrored = document
      .getRoot()
      .listNodes()
      .find((node) => node.getName() === 'Sub lower')!;
    expect(mirrored.getScale().reduce((product, factor) => product * factor)).toBeCloseTo(-1);
  });

  it('keeps the precision of a part far from the origin', async () => {
    const far = (await readFile(shipped('simple-basic-cube/cube.stp'), 'latin1')).replace(
      /(CARTESIAN_POINT\('[^']*',\()([-\d.E+]+)/g,
      (_, start: string, x: string) => `${start}${Number(x) + 5_000_000_000}`,
    );
    const model = await modelOf(Buffer.from(far.replace(/(\(\d+)(,)/g, '$1.$2'), 'latin1'));
    const { shape } = model.parts[0]!;
    expect(shape.offset[0]).not.toBe(0);
    expect(shape.volumeMm3).toBeCloseTo(300 ** 3, -2);
    const box = new Bounds().of(model.roots[0]!, IDENTITY);
    expect(box.max[0] - box.min[0]).toBeCloseTo(300, 1);
  });
});

describe('what OpenCascade returns without complaint', () => {
  const cube = async () => readStepText(await readFile(shipped('simple-basic-cube/cube.stp'))).structure;
  const name = markOf(18);
  const empty: BodyMesh = {
    positions: new Float64Array(),
    normals: null,
    indices: new Uint32Array(),
    color: null,
    faces: [{ first: 0, last: -1, color: null }],
  };

  it('is refused when no body has a triangle, as after running out of its heap', async () => {
    const structure = await cube();
    const result = { success: true, log: [], roots: [{ name, bodies: [empty] }] };
    expect(() => buildModel(structure, result, [])).toThrow(expect.objectContaining({ code: 'CAD_NO_TRIANGLES' }));
  });

  it('is refused when there is no body at all', async () => {
    const structure = await cube();
    const result = { success: true, log: [], roots: [] };
    expect(() => buildModel(structure, result, [])).toThrow(expect.objectContaining({ code: 'CAD_NO_SOLIDS' }));
  });

  it('is warned of when some bodies or faces have no triangle', async () => {
    const structure = await cube();
    const whole = (await readStep(await readFile(shipped('simple-basic-cube/cube.stp')), TESSELLATION)).roots[0]!;
    const lostBody = { success: true, log: [], roots: [{ name, bodies: [...whole.bodies, empty] }] };
    expect(buildModel(structure, lostBody, []).warnings).toEqual([
      '1 of 2 bodies of "cube" could not be turned into triangles and are missing.',
    ]);
    const [body] = whole.bodies;
    const holed = { ...body!, faces: [{ first: 0, last: -1, color: null }, ...body!.faces.slice(1)] };
    const lostFace = { success: true, log: [], roots: [{ name, bodies: [holed] }] };
    expect(buildModel(structure, lostFace, []).warnings).toEqual([
      '1 of 6 faces of "cube" could not be turned into triangles and are missing.',
    ]);
  });
});
