import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { contextWithStep, fixture, known, shipped, type TestContext } from '../../tests/fixtures/step/cases.js';
import { Bbox, type ObjectNode, ObjectTree } from '../shapes/objectTree.js';
import { computeBbox } from './compute_bbox.js';
import { extractObjects } from './extract_objects.js';

let test: TestContext;
afterEach(() => test.cleanup());

async function run(source: string | Uint8Array) {
  const prepared = await contextWithStep(source);
  test = prepared.test;
  const { objects } = await extractObjects.spec.run(test.ctx, { step: prepared.step }, {});
  const { bbox } = await computeBbox.spec.run(test.ctx, { step: prepared.step }, {});
  return {
    objects,
    bbox,
    tree: await test.ctx.artifacts.readJson(objects, ObjectTree),
    box: await test.ctx.artifacts.readJson(bbox, Bbox),
  };
}

const all = (nodes: ObjectNode[]): ObjectNode[] => nodes.flatMap((node) => [node, ...all(node.children)]);

describe('cad.extract_objects and cad.compute_bbox', () => {
  it.each([
    'bearing-6205.step',
    'pillow-block-ucp205.step',
    'housing-p205.step',
    'flanged-shaft-inch.step',
    'conveyor-48.step',
  ])('find in %s what it is known to hold', async (name) => {
    const expected = (await known())[name]!;
    const { tree, box, objects, bbox } = await run(fixture(name));
    expect(objects).toMatchObject({ role: 'object_tree', mediaType: 'application/json' });
    expect(bbox).toMatchObject({ role: 'bbox', mediaType: 'application/json' });
    expect(tree.declaredUnit).toBe(expected.declaredUnit);
    expect(tree.warnings).toEqual([]);

    const found = Object.fromEntries(tree.parts.map((part) => [part.name, part]));
    expect(tree.parts).toHaveLength(expected.uniqueParts);
    for (const part of expected.parts) {
      expect(found[part.name], part.name).toMatchObject({
        color: part.color,
        faceColors: part.faceColors,
        instanceCount: part.instances,
      });
      const { surfaces } = found[part.name]!;
      expect(surfaces!.map(({ color }) => color).sort()).toEqual([...new Set([part.color, ...part.faceColors])].sort());
      expect(surfaces!.reduce((sum, { areaShare }) => sum + areaShare, 0)).toBeCloseTo(1, 3);
      expect(Math.abs(found[part.name]!.volumeMm3 / part.volume_mm3 - 1), part.name).toBeLessThan(0.01);
      expect(Math.abs(found[part.name]!.surfaceAreaMm2 / part.area_mm2 - 1), part.name).toBeLessThan(0.01);
    }

    const nodes = all(tree.roots);
    expect(nodes.filter((node) => node.kind === 'part')).toHaveLength(expected.partInstances);
    expect(nodes.filter((node) => node.kind === 'assembly')).toHaveLength(expected.assemblies);
    expect(new Set(nodes.map((node) => node.objectId)).size).toBe(nodes.length);
    const tolerance = 0.002 * box.radiusMm;
    for (const corner of ['min', 'max'] as const) {
      for (let axis = 0; axis < 3; axis++) {
        expect(Math.abs(box.bboxMm[corner][axis]! - expected.bbox_mm[corner][axis]!)).toBeLessThan(tolerance);
      }
    }
    expect(tree.roots[0]!.bboxMm).toEqual(box.bboxMm);
    expect(tree.roots[0]!.volumeMm3! / expected.volume_mm3).toBeCloseTo(1, 2);
    expect(tree.roots[0]!.surfaceAreaMm2! / expected.area_mm2).toBeCloseTo(1, 2);
    for (const node of nodes.filter((candidate) => candidate.children.length > 0)) {
      const below = node.children.reduce((sum, child) => sum + child.triangleCount!, 0);
      expect(node.triangleCount).toBe(below);
    }
  });

  it('give each instance its name, its path and its own box', async () => {
    const { tree } = await run(fixture('pillow-block-ucp205.step'));
    const balls = all(tree.roots).filter((node) => node.name === 'Ball');
    expect(balls).toHaveLength(9);
    const [bearing] = all(tree.roots).filter((node) => node.children.includes(balls[0]!));
    expect(bearing!.name).toBe('Bearing 6205-2RS');
    expect(balls[2]!.instanceName).toBe('Ball.003');
    expect(balls[2]!.objectId).toBe(`${bearing!.objectId}/Ball.003`);
    expect(new Set(balls.map((node) => node.bboxMm.min.join())).size).toBe(9);
    for (const { bboxMm } of balls) expect(bboxMm.max[1] - bboxMm.min[1]).toBeCloseTo(7.94, 1);
  });

  it('keep names as they were meant, whatever they are written in', async () => {
    const cube = await readFile(shipped('simple-basic-cube/cube.stp'), 'latin1');
    const named = cube.replace(/PRODUCT\('[^']*','[^']*'/, "PRODUCT('W','W\\X2\\00E4\\X0\\lzlager 6205/2 ''RS'''");
    const { tree } = await run(Buffer.from(named, 'latin1'));
    expect(tree.parts[0]!.name).toBe("Wälzlager 6205/2 'RS'");
    expect(tree.roots[0]!.objectId).toBe("Wälzlager 6205~12 'RS'");
    await test.cleanup();
    const nameless = await run(Buffer.from(cube.replace(/PRODUCT\('[^']*','[^']*'/, "PRODUCT('',''"), 'latin1'));
    expect(nameless.tree.parts[0]!.name).toBe('Part 1');
  });

  it('list how the faces of a part look, and what share of it', async () => {
    // Two faces of a cube are blue everywhere, one is clear.
    const cube = await readFile(shipped('simple-basic-cube/cube.stp'), 'latin1');
    const records = [
      "#901=COLOUR_RGB('',0.,0.,1.);",
      "#902=FILL_AREA_STYLE_COLOUR('',#901);",
      "#903=FILL_AREA_STYLE('',(#902));",
      '#904=SURFACE_STYLE_FILL_AREA(#903);',
      "#905=SURFACE_SIDE_STYLE('',(#904));",
      '#906=SURFACE_STYLE_USAGE(.BOTH.,#905);',
      '#907=PRESENTATION_STYLE_ASSIGNMENT((#906));',
      "#908=COLOUR_RGB('',1.,0.,0.);",
      "#909=FILL_AREA_STYLE_COLOUR('',#908);",
      "#910=FILL_AREA_STYLE('',(#909));",
      '#911=SURFACE_STYLE_FILL_AREA(#910);',
      '#912=SURFACE_STYLE_TRANSPARENT(0.75);',
      '#913=SURFACE_STYLE_RENDERING_WITH_PROPERTIES(.NORMAL_SHADING.,#908,(#912));',
      "#914=SURFACE_SIDE_STYLE('',(#911,#913));",
      '#915=SURFACE_STYLE_USAGE(.BOTH.,#914);',
      '#916=PRESENTATION_STYLE_ASSIGNMENT((#915));',
      "#920=STYLED_ITEM('',(#907),#34);",
      "#921=STYLED_ITEM('',(#907),#35);",
      "#922=STYLED_ITEM('',(#916),#36);",
    ];
    const styled = cube
      .replace("RESENTATION('',(#24),#187);", "RESENTATION('',(#24,#920,#921,#922),#187);")
      .replace(/ENDSEC;\s*END-ISO/, `${records.join('\n')}\n$&`);
    const { tree } = await run(Buffer.from(styled, 'latin1'));
    expect(tree.parts[0]).toMatchObject({ color: '#ff9900', opacity: 1, faceColors: ['#0000ff', '#ff0000'] });
    expect(tree.parts[0]!.surfaces).toEqual([
      { color: '#ff9900', opacity: 1, faceCount: 3, areaShare: 0.5 },
      { color: '#0000ff', opacity: 1, faceCount: 2, areaShare: expect.closeTo(1 / 3, 3) },
      { color: '#ff0000', opacity: 0.25, faceCount: 1, areaShare: expect.closeTo(1 / 6, 3) },
    ]);
    expect(tree.roots[0]).not.toHaveProperty('surfaces');
  });

  it('name the parts of files that call every body SOLID', async () => {
    const { tree } = await run(shipped('cax-if/as1_pe_203.stp'));
    expect(tree.parts.map((part) => part.name).sort()).toEqual(['BOLT', 'L-BRACKET', 'NUT', 'PLATE', 'ROD']);
    expect(all(tree.roots).map((node) => node.instanceName ?? node.name)).not.toContain('SOLID');
  });

  it.each(['cube-mm', 'cube-m', 'cube-in'])(
    'measure in millimetres whatever the unit of the file: %s',
    async (name) => {
      const { box } = await run(shipped(`cube-units/${name}.step`));
      expect(box.sizeMm).toEqual([1000, 1000, 1000]);
    },
  );
});
