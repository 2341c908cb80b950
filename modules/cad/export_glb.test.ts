import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Node, NodeIO } from '@gltf-transform/core';
import { EXTMeshoptCompression, KHRDracoMeshCompression, KHRMeshQuantization } from '@gltf-transform/extensions';
import { afterEach, describe, expect, it } from 'vitest';
import { missingReference, wireOnly } from '../../tests/fixtures/step/awkward.js';
import {
  allShipped,
  contextWithStep,
  fixture,
  gltfErrors,
  shipped,
  type TestContext,
} from '../../tests/fixtures/step/cases.js';
import { ObjectTree } from '../shapes/objectTree.js';
import { exportGlb } from './export_glb.js';
import { extractObjects } from './extract_objects.js';
import { cadReaders } from './occt.js';

let test: TestContext;
afterEach(() => test.cleanup());

async function run(source: string | Uint8Array, params: object = {}) {
  const prepared = await contextWithStep(source);
  test = prepared.test;
  const parsed = exportGlb.spec.params.parse(params);
  const outputs = await exportGlb.spec.run(test.ctx, { step: prepared.step }, parsed);
  const { glb } = outputs;
  const bytes = await readFile(test.fileOf(glb));
  return { ...outputs, bytes, document: await new NodeIO().readBinary(new Uint8Array(bytes)) };
}

/** Corner points of everything a scene shows, in its own metres. */
function boundsOf(nodes: Node[]): { min: number[]; max: number[] } {
  const box = { min: [Infinity, Infinity, Infinity], max: [-Infinity, -Infinity, -Infinity] };
  for (const node of nodes) {
    const m = node.getWorldMatrix();
    for (const primitive of node.getMesh()?.listPrimitives() ?? []) {
      const position = primitive.getAttribute('POSITION')!;
      for (let index = 0; index < position.getCount(); index++) {
        const [x = 0, y = 0, z = 0]: number[] = position.getElement(index, [0, 0, 0]);
        for (let axis = 0; axis < 3; axis++) {
          const value = m[axis]! * x + m[4 + axis]! * y + m[8 + axis]! * z + m[12 + axis]!;
          box.min[axis] = Math.min(box.min[axis]!, value);
          box.max[axis] = Math.max(box.max[axis]!, value);
        }
      }
    }
  }
  return box;
}

const trianglesOf = (nodes: Node[]) =>
  nodes
    .flatMap((node) => node.getMesh()?.listPrimitives() ?? [])
    .reduce((sum, primitive) => sum + primitive.getIndices()!.getCount() / 3, 0);

async function readerOfCompressed(): Promise<NodeIO> {
  // The one of the console's viewer.
  const meshopt = new URL('../../node_modules/meshoptimizer/meshopt_decoder_reference.js', import.meta.url);
  const { createDecoderModule } = createRequire(import.meta.url)('draco3dgltf');
  return new NodeIO()
    .registerExtensions([EXTMeshoptCompression, KHRDracoMeshCompression, KHRMeshQuantization])
    .registerDependencies({
      'meshopt.decoder': (await import(meshopt.href)).MeshoptDecoder,
      'draco3d.decoder': await createDecoderModule(),
    });
}

/** The housing with its bare metal face turned to glass. */
async function clearFace(): Promise<string> {
  const housing = await readFile(fixture('housing-p205.step'), 'latin1');
  const metal = [...housing.matchAll(/#(\d+) = COLOUR_RGB\('',([\d.]+),/g)].find(([, , red]) => Number(red) > 0.7)![1]!;
  const fillColor = new RegExp(`#(\\d+) = FILL_AREA_STYLE_COLOUR\\('',#${metal}\\)`).exec(housing)![1]!;
  const fillStyle = new RegExp(`#(\\d+) = FILL_AREA_STYLE\\('',\\(#${fillColor}\\)\\)`).exec(housing)![1]!;
  const fill = new RegExp(`#(\\d+) = SURFACE_STYLE_FILL_AREA\\(#${fillStyle}\\)`).exec(housing)![1]!;
  return housing
    .replace(`SURFACE_SIDE_STYLE('',(#${fill}))`, `SURFACE_SIDE_STYLE('',(#${fill},#900000))`)
    .replace(
      /ENDSEC;\s*END-ISO/,
      `#900000=SURFACE_STYLE_RENDERING_WITH_PROPERTIES(.NORMAL_SHADING.,#${metal},(#900001));\n#900001=SURFACE_STYLE_TRANSPARENT(0.6);\nENDSEC;\nEND-ISO`,
    );
}

const stepOf = (text: string) =>
  test.ctx.artifacts.write({
    role: 'step_source',
    mediaType: 'model/step',
    fileName: 'clear.step',
    from: { bytes: Buffer.from(text, 'latin1') },
  });

describe('cad.export_glb', () => {
  it('writes metres with Y up', async () => {
    const { document, glb } = await run(fixture('pillow-block-ucp205.step'));
    const { min, max } = boundsOf(document.getRoot().listNodes());
    expect(min).toEqual([-0.07, -0.02, -0.019].map((metres) => expect.closeTo(metres, 4)));
    expect(max).toEqual([0.07, 0.071, 0.019].map((metres) => expect.closeTo(metres, 4)));
    expect(glb).toMatchObject({
      role: 'glb_model',
      mediaType: 'model/gltf-binary',
      fileName: 'pillow-block-ucp205.glb',
    });
    expect(glb.metadata).toMatchObject({ partCount: 7, instanceCount: 17, quality: 'standard', warnings: [] });
  });

  it('keeps the tree and lets all instances of a part share one mesh', async () => {
    const { document, bytes } = await run(fixture('conveyor-48.step'));
    const root = document.getRoot();
    const parts = root.listNodes().filter((node) => node.getMesh());
    expect(parts).toHaveLength(306);
    expect(
      root
        .listMeshes()
        .map((mesh) => mesh.getName())
        .sort(),
    ).toEqual(['End Cap', 'Foot', 'Leg', 'Nut M12', 'Roller Shaft', 'Roller Tube', 'Side Profile']);
    expect(bytes.length).toBeLessThan(200_000);
    const [scene] = root.listScenes();
    expect(scene!.listChildren()).toHaveLength(1);
    const rollers = scene!
      .listChildren()[0]!
      .listChildren()
      .filter((node) => node.getName().startsWith('Roller.'));
    expect(rollers).toHaveLength(48);
    expect(rollers[0]!.listChildren()).toHaveLength(6);
    for (const node of parts) {
      expect(node.getExtras()).toEqual({
        partId: expect.stringMatching(/^p\d$/),
        partName: node.getMesh()!.getName(),
        objectId: expect.stringContaining('/'),
      });
    }
  });

  it('carries colours of parts and faces as materials, each once, not metallic', async () => {
    const { document } = await run(fixture('housing-p205.step'));
    const materials = document.getRoot().listMaterials();
    expect(materials.map((material) => material.getName()).sort()).toEqual(['cad #3a7d44', 'cad #c9cdd2']);
    expect(materials.map((material) => material.getMetallicFactor())).toEqual([0, 0]);
    const green = materials.find((material) => material.getName() === 'cad #3a7d44')!;
    expect(green.getBaseColorFactor()).toEqual([0.0423, 0.2051, 0.0578, 1].map((value) => expect.closeTo(value, 3)));
    const [mesh] = document.getRoot().listMeshes();
    expect(mesh!.listPrimitives()).toHaveLength(2);
    expect(mesh!.listPrimitives()[0]!.getAttribute('POSITION')).toBe(
      mesh!.listPrimitives()[1]!.getAttribute('POSITION'),
    );
  });

  it('carries the opacity of a part that is styled transparent', async () => {
    const housing = await readFile(fixture('housing-p205.step'), 'latin1');
    const [, fill] = /#\d+ = SURFACE_SIDE_STYLE\('',\((#\d+)\)\)/.exec(housing)!;
    const [, color] = /FILL_AREA_STYLE_COLOUR\('',(#\d+)\)/.exec(housing)!;
    const glass = housing
      .replace(`SURFACE_SIDE_STYLE('',(${fill}))`, `SURFACE_SIDE_STYLE('',(${fill},#900000))`)
      .replace(
        /ENDSEC;\s*END-ISO/,
        `#900000=SURFACE_STYLE_RENDERING_WITH_PROPERTIES(.NORMAL_SHADING.,${color},(#900001));\n#900001=SURFACE_STYLE_TRANSPARENT(0.75);\nENDSEC;\nEND-ISO`,
      );
    const { document, bytes } = await run(Buffer.from(glass, 'latin1'));
    const [green] = document.getRoot().listMaterials();
    expect(green!.getAlpha()).toBe(0.25);
    expect(green!.getAlphaMode()).toBe('BLEND');
    expect(await gltfErrors(bytes)).toEqual([]);
  });

  it('carries the opacity of a face that is styled transparent, and leaves the rest of the part opaque', async () => {
    const { glb, document } = await run(Buffer.from(await clearFace(), 'latin1'));
    const alphas = document
      .getRoot()
      .listMaterials()
      .map((material) => [material.getName(), material.getAlpha()]);
    expect(Object.fromEntries(alphas)).toEqual({ 'cad #3a7d44': 1, 'cad #c9cdd2 40%': 0.4 });
    const { objects } = await extractObjects.spec.run(test.ctx, { step: await stepOf(await clearFace()) }, {});
    const { parts } = await test.ctx.artifacts.readJson(objects, ObjectTree);
    expect(parts[0]).toMatchObject({
      opacity: 1,
      surfaces: expect.arrayContaining([
        expect.objectContaining({ color: '#3a7d44', opacity: 1 }),
        expect.objectContaining({ color: '#c9cdd2', opacity: 0.4 }),
      ]),
    });
    expect(glb.role).toBe('glb_model');
  });

  it('gives the same bytes for the same file, from a new process too', async () => {
    const first = await run(fixture('housing-p205.step'));
    await test.cleanup();
    // A child that was killed from outside is replaced without the next job noticing.
    for (const pid of cadReaders.pids) process.kill(pid, 'SIGKILL');
    const second = await run(fixture('housing-p205.step'));
    expect(second.glb.sha256).toBe(first.glb.sha256);
  });

  it('follows the quality, and raw deflections above it', async () => {
    const trianglesOf = async (params: object) => {
      const { glb } = await run(fixture('flanged-shaft-inch.step'), params);
      await test.cleanup();
      return glb.metadata.triangleCount as number;
    };
    const draft = await trianglesOf({ quality: 'draft' });
    const standard = await trianglesOf({});
    const fine = await trianglesOf({ quality: 'fine' });
    expect(draft).toBeLessThan(standard);
    expect(standard).toBeLessThan(fine);
    const raw = await trianglesOf({ quality: 'draft', linearDeflectionMm: 0.002, angularDeflectionRad: 0.1 });
    expect(raw).toBeGreaterThan(fine);
  });

  it.each([
    ['meshopt', 'EXT_meshopt_compression', 0.45],
    ['draco', 'KHR_draco_mesh_compression', 0.2],
  ])(
    'writes a copy compressed with %s and levels of detail for viewers, and the same plain model beside them',
    async (compression, extension, share) => {
      const name = 'pillow-block-ucp205.step';
      const plain = await run(fixture(name), { quality: 'draft' });
      expect(plain).not.toHaveProperty('web');
      expect(plain).not.toHaveProperty('lods');
      await test.cleanup();
      const params = { quality: 'draft', compression, lodLevels: 2, lodRatio: 0.4 };
      const { glb, web, lods, document } = await run(fixture(name), params);
      expect(glb.sha256).toBe(plain.glb.sha256);
      expect(web!.byteSize).toBeLessThan(glb.byteSize * share);
      expect((web!.metadata.triangleCount as number) / (glb.metadata.triangleCount as number)).toBeCloseTo(1, 2);
      expect(lods!.map((lod) => lod.fileName)).toEqual([
        'pillow-block-ucp205.lod1.glb',
        'pillow-block-ucp205.lod2.glb',
      ]);
      const counts = [glb, ...lods!].map((model) => model.metadata.triangleCount as number);
      expect(counts[1]! / counts[0]!).toBeLessThan(0.55);
      expect(counts[2]! / counts[1]!).toBeLessThan(0.75);

      const io = await readerOfCompressed();
      const { min, max } = boundsOf(document.getRoot().listNodes());
      for (const model of [web!, ...lods!]) {
        const bytes = new Uint8Array(await readFile(test.fileOf(model)));
        expect(await gltfErrors(bytes)).toEqual([]);
        const copy = (await io.readBinary(bytes)).getRoot();
        expect(copy.listExtensionsRequired().map((used) => used.extensionName)).toContain(extension);
        expect(trianglesOf(copy.listNodes())).toBe(model.metadata.triangleCount);
        const partsOf = (nodes: Node[]) => nodes.filter((node) => node.getMesh()).map((node) => node.getExtras());
        expect(partsOf(copy.listNodes())).toEqual(partsOf(document.getRoot().listNodes()));
        const box = boundsOf(copy.listNodes());
        for (let axis = 0; axis < 3; axis++) {
          expect(Math.abs(box.min[axis]! - min[axis]!)).toBeLessThan(0.002);
          expect(Math.abs(box.max[axis]! - max[axis]!)).toBeLessThan(0.002);
        }
      }
      await test.cleanup();
      const again = await run(fixture(name), params);
      expect([again.web!, ...again.lods!].map((model) => model.sha256)).toEqual(
        [web!, ...lods!].map((model) => model.sha256),
      );
    },
  );

  it.each([
    ['CAD_ONLY_CURVES', wireOnly()],
    ['CAD_EXTERNAL_ONLY', missingReference('gearbox.stp')],
  ])('fails with %s where nothing can be shown', async (code, text) => {
    await expect(run(Buffer.from(text))).rejects.toMatchObject({ code, failureClass: 'input' });
  });

  it('passes the Khronos validator on every file that ships with OpenCascade and has a shape', async () => {
    const outcomes: Record<string, string[]> = {};
    for (const name of [...(await allShipped())]) {
      try {
        const { bytes } = await run(shipped(name), { quality: 'draft' });
        outcomes[name] = await gltfErrors(bytes);
      } catch (error) {
        outcomes[name] = [(error as { code: string }).code];
      }
      await test.cleanup();
    }
    const refused = Object.entries(outcomes).filter(([, found]) => found.length > 0);
    // These hold no shape of their own, only references to their neighbours.
    expect(Object.fromEntries(refused)).toEqual(
      Object.fromEntries(
        [
          's1-c5-214/FOOT.stp',
          's1-c5-214/HEAD.stp',
          's1-c5-214/MAINBODY.stp',
          's1-c5-214/TAIL.stp',
          's1-c5-214/s1-c5-214.stp',
          's1-tu-203/s1-tu-203.stp',
          's1_pe_214/foot_asm.stp',
          's1_pe_214/head_asm.stp',
          's1_pe_214/mainbody_asm.stp',
          's1_pe_214/s1_pe_214.stp',
          's1_pe_214/tail_asm.stp',
        ].map((name) => [`cax-if/${name}`, ['CAD_EXTERNAL_ONLY']]),
      ),
    );
    expect(Object.keys(outcomes).length).toBeGreaterThan(40);
  });

  it.each([
    'bearing-6205.step',
    'conveyor-48.step',
    'flanged-shaft-inch.step',
    'instance-colours.step',
    'pillow-block-ucp205.step',
  ])('passes the Khronos validator on %s', async (name) => {
    expect(await gltfErrors((await run(fixture(name))).bytes)).toEqual([]);
  });
});
