import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { cycle, instanceBomb, missingReference, stepWith, wireOnly } from '../../tests/fixtures/step/awkward.js';
import { fixture, known, shipped } from '../../tests/fixtures/step/cases.js';
import { readStepText } from './stepText.js';

const read = (text: string) => readStepText(Buffer.from(text, 'latin1'));
const readFixture = async (name: string) => readStepText(await readFile(fixture(name)));

describe('the product structure', () => {
  it('nests as deep as the file does, with product and instance names', async () => {
    const { structure, facts } = await readFixture('pillow-block-ucp205.step');
    const [root] = structure.roots.map((id) => structure.definitions.get(id)!);
    expect(structure.roots).toHaveLength(1);
    expect(root!.name).toBe('Pillow Block UCP205');
    const bearing = root!.usages.map((usage) => structure.definitions.get(usage.child)!).find((d) => d.usages.length);
    expect(bearing!.name).toBe('Bearing 6205-2RS');
    expect(bearing!.usages.map((usage) => usage.name)).toContain('Ball.009');
    expect(bearing!.usages.every((usage) => usage.placement !== null)).toBe(true);
    expect(facts.schema).toMatch(/^AP242/);
    expect(facts.instanceCount).toBe(19);
  });

  it('tells the declared unit of every fixture', async () => {
    for (const [name, { declaredUnit }] of Object.entries(await known())) {
      if (declaredUnit) expect((await readFixture(name)).facts.declaredUnit, name).toBe(declaredUnit);
    }
  });

  it('names the files an assembly refers to', async () => {
    const { facts } = readStepText(await readFile(shipped('cax-if/s1_pe_214/s1_pe_214.stp')));
    expect(facts.externalFiles).toEqual(['mainbody_asm.stp', 'head_asm.stp', 'tail_asm.stp', 'foot_asm.stp']);
    expect(read(missingReference('gear box.stp')).facts.externalFiles).toEqual(['gear box.stp']);
  });

  it('knows curves from surfaces', () => {
    const { structure } = read(wireOnly());
    expect([...structure.definitions.values()].map((definition) => definition.ownShape)).toEqual(['wires']);
  });

  it('places a component by a mapped item where there is no other placement, in the unit of its representation', () => {
    const { structure } = read(
      stepWith(`#100=PRODUCT('top','top','',(#2));
#101=PRODUCT_DEFINITION_FORMATION('','',#100);
#102=PRODUCT_DEFINITION('','',#101,#3);
#103=PRODUCT_DEFINITION_SHAPE('','',#102);
#104=SHAPE_DEFINITION_REPRESENTATION(#103,#105);
#105=SHAPE_REPRESENTATION('',(#10,#120),#140);
#110=PRODUCT('leaf','leaf','',(#2));
#111=PRODUCT_DEFINITION_FORMATION('','',#110);
#112=PRODUCT_DEFINITION('','',#111,#3);
#113=PRODUCT_DEFINITION_SHAPE('','',#112);
#114=SHAPE_DEFINITION_REPRESENTATION(#113,#115);
#115=SHAPE_REPRESENTATION('',(#10),#8);
#120=MAPPED_ITEM('',#121,#122);
#121=REPRESENTATION_MAP(#10,#115);
#122=AXIS2_PLACEMENT_3D('',#123,#124,#125);
#123=CARTESIAN_POINT('',(1.,2.,3.));
#124=DIRECTION('',(0.,0.,1.));
#125=DIRECTION('',(0.,1.,0.));
#130=NEXT_ASSEMBLY_USAGE_OCCURRENCE('1','leaf:1','',#102,#112,$);
#140=(GEOMETRIC_REPRESENTATION_CONTEXT(3)GLOBAL_UNIT_ASSIGNED_CONTEXT((#141,#5,#6))REPRESENTATION_CONTEXT('',''));
#141=(CONVERSION_BASED_UNIT('INCH',#142)LENGTH_UNIT()NAMED_UNIT(#143));
#142=LENGTH_MEASURE_WITH_UNIT(LENGTH_MEASURE(25.4),#4);
#143=DIMENSIONAL_EXPONENTS(1.,0.,0.,0.,0.,0.,0.);
#150=STYLED_ITEM('',(#151),#120);
#151=PRESENTATION_STYLE_ASSIGNMENT((#152));
#152=SURFACE_STYLE_USAGE(.BOTH.,#153);
#153=SURFACE_SIDE_STYLE('',(#154));
#154=SURFACE_STYLE_FILL_AREA(#155);
#155=FILL_AREA_STYLE('',(#156));
#156=FILL_AREA_STYLE_COLOUR('',#157);
#157=COLOUR_RGB('',1.,0.5,0.);
`),
    );
    const [usage] = structure.definitions.get(102)!.usages;
    expect(usage!.placement!.map((value) => Math.round(value * 1000) / 1000)).toEqual(
      [0, -1, 0, 25.4, 1, 0, 0, 50.8, 0, 0, 1, 76.2].map((value) => expect.closeTo(value)),
    );
    expect(structure.records.mappedItems).toHaveLength(1);
    // Its colour is that of the instance.
    expect(structure.instances.looks.get(112)).toMatchObject([{ context: [130], color: '#ff8000', opacity: null }]);
  });

  it('refuses an instance bomb by counting, and an assembly that contains itself', () => {
    expect(() => read(instanceBomb(9, 10))).toThrow(
      expect.objectContaining({ code: 'STEP_TOO_MANY_INSTANCES', message: expect.stringContaining('1,111,111,111') }),
    );
    expect(() => read(instanceBomb(80, 1))).toThrow(expect.objectContaining({ code: 'STEP_TOO_DEEP' }));
    expect(() => read(cycle())).toThrow(expect.objectContaining({ code: 'STEP_CYCLE' }));
  });
});
