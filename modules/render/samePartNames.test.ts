import { readFile } from 'node:fs/promises';
import { NodeIO } from '@gltf-transform/core';
import sharp from 'sharp';
import { afterEach, expect, it } from 'vitest';
import { contextWithStep, fixture, type TestContext } from '../../tests/fixtures/step/cases.js';
import { paint } from '../../tests/support/boxStills.js';
import { describeWith } from '../../tests/support/tools.js';
import type { ArtifactRole } from '../artifacts.js';
import { exportGlb } from '../cad/export_glb.js';
import { extractObjects } from '../cad/extract_objects.js';
import { autoPopulate } from '../materials/auto_populate.js';
import { resolveMap } from '../materials/resolve_map.js';
import { MaterialMap, MaterialProposal } from '../shapes/materials.js';
import { ObjectTree } from '../shapes/objectTree.js';
import { blenderStill } from './blender_still.js';
import { neutralStudio } from './neutralStudio.js';

/** A block to the right of a pin, above them the same again; nothing but the shape tells one "Scheibe" from the other. */
const TWINS = (await readFile(fixture('instance-colours.step'), 'latin1'))
  .replace("PRODUCT('Block','Block'", "PRODUCT('Scheibe','Scheibe'")
  .replace("PRODUCT('Pin','Pin'", "PRODUCT('Scheibe','Scheibe'")
  .replace(/'(?:Block|Pin) left'/g, "''");
const [RED, GREEN] = ['#d01010', '#10b010'];
const SUBS = ['Top/Sub lower', 'Top/Sub upper'];

let test: TestContext;
afterEach(() => test.cleanup());

describeWith('blender', 'two different parts of one name', () => {
  const write = (role: ArtifactRole, value: unknown) =>
    test.ctx.artifacts.write({
      ...{ role, mediaType: 'application/json', fileName: `${role}.json` },
      from: { text: JSON.stringify(value) },
    });
  const ruleFor = (id: string, cadColor: string, material: string, priority: number) => ({
    ...{ id, priority, category: null, partNamePattern: 'scheibe', cadColor, material },
  });

  it('are told apart from the tree to the picture, and none is lost', async () => {
    const prepared = await contextWithStep(Buffer.from(TWINS, 'latin1'));
    test = prepared.test;
    const { step } = prepared;
    const { objects } = await extractObjects.spec.run(test.ctx, { step }, extractObjects.spec.params.parse({}));
    const { parts, roots } = ObjectTree.parse(await test.readJson(objects));
    expect(parts.map(({ partId, name, volumeMm3 }) => [partId, name, Math.round(volumeMm3 / 1000)])).toEqual([
      ['p0', 'Scheibe', 6],
      ['p1', 'Scheibe', 3],
    ]);
    const ids = roots[0]!.children.flatMap((sub) => sub.children.map((child) => child.objectId));
    expect(ids).toEqual(SUBS.flatMap((sub) => [`${sub}/Scheibe`, `${sub}/Scheibe#2`]));

    const materialLibrary = await write('material_library', {
      materials: [paint(RED), paint(GREEN)],
      rules: [ruleFor('block', '#7cda7c', `paint ${RED}`, 2), ruleFor('pin', '#bcbcbc', `paint ${GREEN}`, 1)],
    });
    const { proposal } = await autoPopulate.spec.run(test.ctx, { objects, materialLibrary }, {});
    const { proposals } = MaterialProposal.parse(await test.readJson(proposal));
    expect(proposals.map(({ partId, ruleId }) => [partId, ruleId])).toEqual([
      ['p0', 'block'],
      ['p1', 'pin'],
    ]);
    const resolved = async (params: object) => {
      const inputs = { objects, materialLibrary };
      return (await resolveMap.spec.run(test.ctx, inputs, resolveMap.spec.params.parse(params))).map;
    };
    // Who writes the name means every part that has it.
    const byName = MaterialMap.parse(
      await test.readJson(await resolved({ materials: { byPart: { Scheibe: `paint ${RED}` } } })),
    );
    expect(byName.assignments.map(({ partId, source, material }) => [partId, source, material?.baseColor])).toEqual([
      ['p0', 'override', RED],
      ['p1', 'override', RED],
    ]);
    const map = await resolved({});

    const { glb } = await exportGlb.spec.run(test.ctx, { step }, exportGlb.spec.params.parse({}));
    const document = await new NodeIO().read(test.fileOf(glb));
    const shown = document
      .getRoot()
      .listNodes()
      .filter((node) => node.getMesh());
    expect(shown.map((node) => node.getExtras())).toEqual(
      ids.map((objectId, at) => ({ objectId, partId: `p${at % 2}`, partName: 'Scheibe' })),
    );

    const size = { width: 96, height: 128 };
    const params = { resolution: size, samples: 4, transparent: true, shadow: false };
    const { still } = await blenderStill.spec.run(
      test.ctx,
      { glb, map, template: await write('render_template', neutralStudio) },
      blenderStill.spec.params.parse({ ...params, camera: { azimuthDeg: 0, elevationDeg: 0 } }),
    );
    const data = await sharp(test.fileOf(still)).ensureAlpha().raw().toBuffer();
    const columns: Record<'red' | 'green', number[]> = { red: [], green: [] };
    const rows: Record<'red' | 'green', Set<number>> = { red: new Set(), green: new Set() };
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3]! < 255) continue;
      const color = data[at]! > data[at + 1]! ? 'red' : 'green';
      columns[color].push((at / 4) % size.width);
      rows[color].add(Math.floor(at / 4 / size.width / (size.height / 2)));
    }
    // The pins stand left of the blocks, and one of each in either half of the picture.
    expect(Math.max(...columns.green)).toBeLessThan(Math.min(...columns.red));
    expect([[...rows.red].sort(), [...rows.green].sort()]).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });
});
