import { readFile } from 'node:fs/promises';
import { NodeIO, type Root } from '@gltf-transform/core';
import { describe, expect, it } from 'vitest';
import { fixture, gltfErrors } from '../../tests/fixtures/step/cases.js';
import type { ObjectNode, SurfaceLook } from '../shapes/objectTree.js';
import { buildModel, type CadModel, type CadNode } from './cadModel.js';
import { writeGlb } from './glb.js';
import { objectTreeOf } from './objectTree.js';
import { readStep } from './occtReader.js';
import { readParts } from './readParts.js';
import { readStepText } from './stepText.js';
import { markOf, withoutAssembly } from './withoutAssembly.js';

const TESSELLATION = { linear: { mm: 1 }, angularRad: 1 };

async function modelOf(text: string): Promise<CadModel> {
  const { file, structure, facts } = readStepText(Buffer.from(text, 'latin1'));
  return buildModel(structure, await readStep(withoutAssembly(file, structure), TESSELLATION), facts.warnings);
}

const BEARING = await readFile(fixture('bearing-6205.step'), 'latin1');
const nodesOf = (node: ObjectNode): ObjectNode[] => [node, ...node.children.flatMap(nodesOf)];
const leaves = (node: CadNode): CadNode[] => (node.part ? [node] : node.children.flatMap(leaves));

/** Materials of the nodes by their ids, as the GLB has them. */
async function materialsOf(model: CadModel): Promise<Record<string, string>> {
  const document = await new NodeIO().readBinary((await writeGlb(model, 'test')).bytes);
  const shown = document
    .getRoot()
    .listNodes()
    .filter((node) => node.getMesh());
  return Object.fromEntries(
    shown.map((node) => {
      const names = node
        .getMesh()!
        .listPrimitives()
        .map((primitive) => primitive.getMaterial()!.getName());
      return [String(node.getExtras().objectId), names.join()];
    }),
  );
}

describe('an assembly whose instances have colours of their own, as OpenCascade writes it', () => {
  const text = () => readFile(fixture('instance-colours.step'), 'latin1');

  it('shows each instance in its own colour, and that of an assembly before that of a component', async () => {
    const model = await modelOf(await text());
    expect(model.warnings).toEqual([]);
    expect(await materialsOf(model)).toEqual({
      'Top/Sub lower/Block left': 'cad #f3cb59',
      'Top/Sub lower/Pin left': 'cad #bcbcbc',
      'Top/Sub upper/Block left': 'cad #5959f3',
      'Top/Sub upper/Pin left': 'cad #bcbcbc',
    });
  });

  it('leaves the part its own colour, says those of the instances in the tree, and shares their geometry', async () => {
    const model = await modelOf(await text());
    const tree = objectTreeOf(model);
    expect(tree.parts.map(({ name, color }) => [name, color])).toEqual([
      ['Block', '#7cda7c'],
      ['Pin', '#bcbcbc'],
    ]);
    const [lower, upper] = tree.roots[0]!.children;
    expect([lower!.children[0]!.color, upper!.children[0]!.color]).toEqual(['#f3cb59', '#5959f3']);
    expect(lower!.children[1]!).not.toHaveProperty('color');
    const { bytes } = await writeGlb(model, 'test');
    expect(await gltfErrors(bytes)).toEqual([]);
    const root = (await new NodeIO().readBinary(bytes)).getRoot();
    expect(root.listMeshes()).toHaveLength(3);
    // Points and normals of each part, and a list of triangles.
    expect(root.listAccessors()).toHaveLength(2 * 2 + 2);
  });
});

describe('looks of instances that a file says otherwise', () => {
  // The seals' body, how it is styled, and what places the second of them; the cage's style is another colour.
  const [BODY, STYLED, PLACED, USAGE, BRONZE] = ['#5054', '#5181', '#5158', '#5161', '#5173'];
  const CONTEXT = /(#\d+) = \( GEOMETRIC_REPRESENTATION_CONTEXT\(3\)/.exec(BEARING)![1]!;
  const FACES = facesOf(BEARING, BODY);
  const bearing = (...records: string[]) => modelOf(BEARING.replace(/ENDSEC;\s*END-ISO/, `${records.join('\n')}\n$&`));
  const inContext = (id: number, item: string, context: string) =>
    `#${id}=CONTEXT_DEPENDENT_OVER_RIDING_STYLED_ITEM('',(${BRONZE}),${item},${STYLED},${context});`;
  const colored = (model: CadModel) =>
    model.roots.flatMap(leaves).flatMap(({ instanceName, look }) => (look ? [[instanceName, look.color]] : []));

  it.each([
    ['in the context of the relationship that places the instance', [inContext(900_001, BODY, `(${PLACED})`)]],
    [
      'as a style by context of the usage itself',
      [
        `#900001=PRESENTATION_STYLE_BY_CONTEXT((#5174),${USAGE});`,
        `#900002=OVER_RIDING_STYLED_ITEM('',(#900001),${BODY},${STYLED});`,
      ],
    ],
    ['of every face of the body', FACES.map((face, at) => inContext(900_001 + at, face, `(${PLACED})`))],
  ])('are read %s', async (_how, records) => {
    const model = await bearing(...records);
    expect(model.warnings).toEqual([]);
    expect(colored(model)).toEqual([['Seal:2', '#c08a3e']]);
    expect(model.parts.find(({ name }) => name === 'Seal')!.shape.color).toBe('#1e1e22');
  });

  it('hold for one occurrence deep inside only, where the file names the whole way to it', async () => {
    const text = await readFile(fixture('instance-colours.step'), 'latin1');
    const idOf = (pattern: RegExp) => pattern.exec(text)![1]!;
    const upper = idOf(/(#\d+) = NEXT_ASSEMBLY_USAGE_OCCURRENCE\('4'/);
    const pin = idOf(/(#\d+) = NEXT_ASSEMBLY_USAGE_OCCURRENCE\('2'/);
    const [, styled, body] = /(#\d+) = STYLED_ITEM\('color',\(#\d+\),(#413)\)/.exec(text)!;
    const records = [
      `#900001=SPECIFIED_HIGHER_USAGE_OCCURRENCE('','','',#5,#407,$,${upper},${pin});`,
      "#900002=DRAUGHTING_PRE_DEFINED_COLOUR('yellow');",
      "#900003=FILL_AREA_STYLE_COLOUR('',#900002);",
      "#900004=FILL_AREA_STYLE('',(#900003));",
      '#900005=SURFACE_STYLE_FILL_AREA(#900004);',
      "#900006=SURFACE_SIDE_STYLE('',(#900005));",
      '#900007=SURFACE_STYLE_USAGE(.BOTH.,#900006);',
      '#900008=PRESENTATION_STYLE_BY_CONTEXT((#900007),#900001);',
      `#900009=OVER_RIDING_STYLED_ITEM('',(#900008),${body},${styled});`,
    ];
    const materials = await materialsOf(await modelOf(text.replace(/ENDSEC;\s*END-ISO/, `${records.join('\n')}\n$&`)));
    expect(materials['Top/Sub upper/Pin left']).toBe('cad #ffff00');
    expect(materials['Top/Sub lower/Pin left']).toBe('cad #bcbcbc');
  });

  describe('of single faces', () => {
    const shown = async (model: CadModel) => {
      const { bytes } = await writeGlb(model, 'test');
      expect(await gltfErrors(bytes)).toEqual([]);
      const root = (await new NodeIO().readBinary(bytes)).getRoot();
      const seals = root.listNodes().filter((node) => node.getMesh()?.getName() === 'Seal');
      return { root, seals, triangles: trianglesByMaterial(root, 'Seal') };
    };
    /** Triangles of one face of the seal, as it is meshed. */
    const faceTriangles = async (at: number) => {
      const { file, structure } = readStepText(Buffer.from(BEARING, 'latin1'));
      const { roots } = await readStep(withoutAssembly(file, structure), TESSELLATION);
      const sealProduct = [...structure.definitions.values()].find(({ name }) => name === 'Seal')!;
      const { first, last } = roots.find(({ name }) => name === markOf(sealProduct.productId))!.bodies[0]!.faces[at]!;
      return last - first + 1;
    };

    it('show on those faces of that instance, and on no others', async () => {
      for (const at of [0, 3]) {
        const model = await bearing(inContext(900_001, FACES[at]!, `(${PLACED})`));
        expect(model.warnings).toEqual([]);
        const { triangles, seals } = await shown(model);
        const all = model.parts.find(({ name }) => name === 'Seal')!.shape.triangleCount;
        const own = await faceTriangles(at);
        expect(triangles).toEqual({
          'Seal:1': { 'cad #1e1e22': all },
          'Seal:2': { 'cad #1e1e22': all - own, 'cad #c08a3e': own },
        });
        // Points and triangles are shared with the others.
        const [first, second] = seals.map((node) => node.getMesh()!.listPrimitives());
        expect(second!.map((primitive) => primitive.getIndices())).toEqual(
          first!.map((primitive) => primitive.getIndices()),
        );
        expect(new Set([...first!, ...second!].map((primitive) => primitive.getAttribute('POSITION'))).size).toBe(1);
      }
    });

    it('stand beside a colour of the face that holds everywhere else, and one of the whole instance', async () => {
      // The face is bronze everywhere, but yellow where the second seal is; all the rest of that one is red.
      const model = await bearing(
        `#900001=STYLED_ITEM('',(${BRONZE}),${FACES[0]});`,
        `#900002=MECHANICAL_DESIGN_GEOMETRIC_PRESENTATION_REPRESENTATION('',(#900001),${CONTEXT});`,
        ...colour(900_010, 'yellow'),
        `#900020=CONTEXT_DEPENDENT_OVER_RIDING_STYLED_ITEM('',(#900015),${FACES[0]},#900001,(${PLACED}));`,
        ...colour(900_030, 'red'),
        `#900040=CONTEXT_DEPENDENT_OVER_RIDING_STYLED_ITEM('',(#900035),${BODY},${STYLED},(${PLACED}));`,
      );
      expect(model.warnings).toEqual([]);
      const { triangles } = await shown(model);
      const all = model.parts.find(({ name }) => name === 'Seal')!.shape.triangleCount;
      const own = await faceTriangles(0);
      expect(triangles).toEqual({
        'Seal:1': { 'cad #1e1e22': all - own, 'cad #c08a3e': own },
        'Seal:2': { 'cad #ff0000': all - own, 'cad #ffff00': own },
      });
      expect(model.parts.find(({ name }) => name === 'Seal')!.shape).toMatchObject({
        color: '#1e1e22',
        faceColors: ['#c08a3e'],
      });
      const tree = objectTreeOf(model);
      const looks = (of: { surfaces?: SurfaceLook[] }) =>
        of.surfaces?.map(({ color, faceCount }) => [color, faceCount]).sort() ?? null;
      expect(looks(tree.parts.find(({ name }) => name === 'Seal')!)).toEqual([
        ['#1e1e22', FACES.length - 1],
        ['#c08a3e', 1],
      ]);
      const placed = tree.roots.flatMap(nodesOf).filter(({ name }) => name === 'Seal');
      expect(placed.map(looks)).toEqual([
        null,
        [
          ['#ff0000', FACES.length - 1],
          ['#ffff00', 1],
        ],
      ]);
    });

    it('come out the same when the file is read in pieces', async () => {
      const text = BEARING.replace(/ENDSEC;\s*END-ISO/, `${inContext(900_001, FACES[0]!, `(${PLACED})`)}\n$&`);
      const { file, structure, facts } = readStepText(Buffer.from(text, 'latin1'));
      const result = await readParts(file, structure, TESSELLATION, () => {}, { wholeBytes: 0 });
      const { triangles } = await shown(buildModel(structure, result, facts.warnings));
      expect(triangles['Seal:2']!['cad #c08a3e']).toBe(await faceTriangles(0));
    });
  });

  describe('of single bodies of a part', () => {
    // The part gets another body, a copy of the seal's.
    const COPY = 1_000_000;
    const [copied, OTHER] = [copyOf(BEARING, BODY, COPY), `#${COPY + Number(BODY.slice(1))}`];
    const twoBodies = (...records: string[]) => {
      const text = BEARING.replace(/ENDSEC;\s*END-ISO/, `${[...copied, ...records].join('\n')}\n$&`);
      return text.replace(new RegExp(`(SHAPE_REPRESENTATION\\('[^']*',\\([^)]*)${BODY}\\b`), `$1${BODY},${OTHER}`);
    };
    const styledOther = [
      `#900001=STYLED_ITEM('',(${styleOf(BEARING, STYLED)}),${OTHER});`,
      `#900002=MECHANICAL_DESIGN_GEOMETRIC_PRESENTATION_REPRESENTATION('',(#900001),${CONTEXT});`,
    ];
    const trianglesOf = async (model: CadModel) => {
      const { bytes } = await writeGlb(model, 'test');
      expect(await gltfErrors(bytes)).toEqual([]);
      return trianglesByMaterial((await new NodeIO().readBinary(bytes)).getRoot(), 'Seal');
    };
    const halfOf = (model: CadModel) => model.parts.find(({ name }) => name === 'Seal')!.shape.triangleCount / 2;

    it('show on those bodies of that instance, and on no others', async () => {
      const model = await modelOf(twoBodies(...styledOther, inContext(900_003, OTHER, `(${PLACED})`)));
      expect(model.warnings).toEqual([]);
      const half = halfOf(model);
      expect(await trianglesOf(model)).toEqual({
        'Seal:1': { 'cad #1e1e22': 2 * half },
        'Seal:2': { 'cad #1e1e22': half, 'cad #c08a3e': half },
      });
      expect(model.parts.find(({ name }) => name === 'Seal')!.shape).toMatchObject({
        color: '#1e1e22',
        faceColors: [],
      });
    });

    it('stand behind those of single faces, and leave faces that have a colour of their own everywhere', async () => {
      const [red, yellow] = facesOf(BEARING, BODY).map((face) => `#${COPY + Number(face.slice(1))}`) as [
        string,
        string,
      ];
      const model = await modelOf(
        twoBodies(
          ...styledOther,
          ...colour(900_010, 'red'),
          `#900020=STYLED_ITEM('',(#900015),${red});`,
          `#900021=MECHANICAL_DESIGN_GEOMETRIC_PRESENTATION_REPRESENTATION('',(#900020),${CONTEXT});`,
          ...colour(900_030, 'yellow'),
          `#900040=CONTEXT_DEPENDENT_OVER_RIDING_STYLED_ITEM('',(#900035),${yellow},$,(${PLACED}));`,
          inContext(900_041, OTHER, `(${PLACED})`),
        ),
      );
      expect(model.warnings).toEqual([]);
      const { 'Seal:1': first, 'Seal:2': second } = await trianglesOf(model);
      const half = halfOf(model);
      const { 'cad #ff0000': ofRed = 0 } = first!;
      expect(first).toEqual({ 'cad #1e1e22': 2 * half - ofRed, 'cad #ff0000': ofRed });
      const ofYellow = second!['cad #ffff00']!;
      expect(second).toEqual({
        'cad #1e1e22': half,
        'cad #ff0000': ofRed,
        'cad #ffff00': ofYellow,
        'cad #c08a3e': half - ofRed - ofYellow,
      });
      expect([ofRed, ofYellow].every((count) => count > 0)).toBe(true);
    });
  });

  it('make one instance clear without another colour', async () => {
    const model = await bearing(
      '#900001=SURFACE_STYLE_TRANSPARENT(0.75);',
      "#900002=SURFACE_SIDE_STYLE('',(#900001));",
      '#900003=SURFACE_STYLE_USAGE(.BOTH.,#900002);',
      '#900004=PRESENTATION_STYLE_ASSIGNMENT((#900003));',
      `#900005=CONTEXT_DEPENDENT_OVER_RIDING_STYLED_ITEM('',(#900004),${BODY},${STYLED},(${PLACED}));`,
    );
    const materials = await materialsOf(model);
    const name = Object.keys(materials).find((id) => id.endsWith('Seal:2'))!;
    expect(materials[name]).toBe('cad #1e1e22 25%');
    expect(Object.values(materials).filter((material) => material.includes('%'))).toHaveLength(1);
  });

  it.each([
    ['in a context that nobody knows', BODY, '($)'],
    ['in the context of something that places nothing', BODY, '(#5174)'],
  ])('are named where they are left out: %s', async (_what, item, context) => {
    const model = await bearing(inContext(900_001, item, context));
    expect(colored(model)).toEqual([]);
    expect(model.warnings).toEqual([expect.stringContaining('looks of their own (1)')]);
    expect(model.parts.find(({ name }) => name === 'Seal')!.shape).toMatchObject({ color: '#1e1e22', faceColors: [] });
  });
});

/** A style of a colour that has a name; `id + 5` is the style. */
const colour = (id: number, name: string): string[] => [
  `#${id}=DRAUGHTING_PRE_DEFINED_COLOUR('${name}');`,
  `#${id + 1}=FILL_AREA_STYLE_COLOUR('',#${id});`,
  `#${id + 2}=FILL_AREA_STYLE('',(#${id + 1}));`,
  `#${id + 3}=SURFACE_STYLE_FILL_AREA(#${id + 2});`,
  `#${id + 4}=SURFACE_SIDE_STYLE('',(#${id + 3}));`,
  `#${id + 6}=SURFACE_STYLE_USAGE(.BOTH.,#${id + 4});`,
  `#${id + 5}=PRESENTATION_STYLE_ASSIGNMENT((#${id + 6}));`,
];

/** Triangles of the instances of a part by the names of their materials. */
function trianglesByMaterial(root: Root, partName: string): Record<string, Record<string, number>> {
  const shown = root.listNodes().filter((node) => node.getMesh()?.getName() === partName);
  const counted = shown.map((node) => {
    const counts: Record<string, number> = {};
    for (const primitive of node.getMesh()!.listPrimitives()) {
      const name = primitive.getMaterial()!.getName();
      counts[name] = (counts[name] ?? 0) + primitive.getIndices()!.getCount() / 3;
    }
    return [node.getName(), counts];
  });
  return Object.fromEntries(counted);
}

/** A record and all it refers to once more, with ids that are higher by `by`. */
function copyOf(text: string, id: string, by: number): string[] {
  const records = new Map([...text.matchAll(/^(#\d+)\s*=([^;]*);/gm)].map(([, name, rest]) => [name!, rest!]));
  const wanted = new Set([id]);
  for (const one of wanted) for (const [ref] of records.get(one)!.matchAll(/#\d+/g)) wanted.add(ref);
  const raised = (part: string) => part.replace(/#(\d+)/g, (_ref, digits) => `#${Number(digits) + by}`);
  return [...wanted].map((one) => `${raised(one)}=${raised(records.get(one)!)};`);
}

/** The style that a styled item gives. */
const styleOf = (text: string, styled: string) =>
  new RegExp(`\\n${styled} = STYLED_ITEM\\('[^']*',\\((#\\d+)`).exec(text)![1]!;

/** Faces of a body with one shell. */
function facesOf(text: string, body: string): string[] {
  const shell = new RegExp(`\\n${body} = MANIFOLD_SOLID_BREP\\('[^']*',(#\\d+)\\)`).exec(text)![1]!;
  const list = new RegExp(`\\n${shell} = CLOSED_SHELL\\('[^']*',\\(([^)]*)\\)`).exec(text)![1]!;
  return list.split(',').map((ref) => ref.trim());
}
