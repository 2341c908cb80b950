import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestContext } from '../../tests/support/moduleContext.js';
import type { ArtifactRole } from '../artifacts.js';
import { MaterialMap, MaterialProposal } from '../shapes/materials.js';
import { autoPopulate } from './auto_populate.js';
import { resolveMap } from './resolve_map.js';

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

const write = (role: ArtifactRole, value: unknown) =>
  test.ctx.artifacts.write({
    role,
    mediaType: 'application/json',
    fileName: `${role}.json`,
    from: { text: JSON.stringify(value) },
  });
const seed = async (name: string) =>
  JSON.parse(await readFile(new URL(`../../prisma/seed/${name}`, import.meta.url), 'utf8'));
const materialLibrary = async () =>
  write('material_library', { materials: await seed('materials.json'), rules: await seed('materialRules.json') });

const part = (partId: string, name: string) => ({
  partId,
  name,
  color: '#b8bcc2',
  faceColors: [],
  instanceCount: 1,
  triangleCount: 1,
  surfaceAreaMm2: 1,
  volumeMm3: 1,
});
const objects = () =>
  write('object_tree', {
    declaredUnit: 'millimetre',
    schema: 'AUTOMOTIVE_DESIGN',
    parts: [part('p0', 'Outer Ring'), part('p1', 'Widget')],
    roots: [],
    warnings: [],
  });

it('proposes a material with its reason, and nothing where no rule fits', async () => {
  const inputs = { objects: await objects(), materialLibrary: await materialLibrary() };
  const { proposal } = await autoPopulate.spec.run(test.ctx, inputs, {});
  const { proposals } = MaterialProposal.parse(await test.readJson(proposal));
  expect(proposals).toMatchObject([
    { partName: 'Outer Ring', material: 'steel_ground', ruleId: 'ring', confidence: 0.85 },
    { partName: 'Widget', material: null, ruleId: null, confidence: 0 },
  ]);
  expect(proposals[0]!.reason).toContain('Steel, ground');
  expect(proposal.metadata).toEqual({ partCount: 2, openCount: 1 });
  expect(test.logs).toContainEqual(
    expect.objectContaining({ level: 'warn', message: '1 of 2 parts have a proposal; none for Widget.' }),
  );
  const again = await autoPopulate.spec.run(test.ctx, inputs, {});
  expect(again.proposal.sha256).toBe(proposal.sha256);
});

it('resolves the proposal into a map that says where every material came from', async () => {
  const inputs = { objects: await objects(), materialLibrary: await materialLibrary() };
  const { proposal } = await autoPopulate.spec.run(test.ctx, inputs, {});
  const { map } = await resolveMap.spec.run(
    test.ctx,
    { ...inputs, proposal },
    resolveMap.spec.params.parse({ unmapped: 'default', defaultMaterial: 'clay' }),
  );
  const { assignments, unmapped } = MaterialMap.parse(await test.readJson(map));
  expect(assignments.map(({ partId, source, material }) => [partId, source, material?.name])).toEqual([
    ['p0', 'rule', 'steel_ground'],
    ['p1', 'default', 'clay'],
  ]);
  expect(unmapped).toEqual(['Widget']);
  expect(map.metadata).toEqual({ partCount: 2, unmappedCount: 1, sources: { rule: 1, default: 1 } });
  expect(test.logs.slice(1)).toMatchObject([{ level: 'warn', message: expect.stringContaining('Widget') }]);
});

it('offers the material lists to editors as look-ups and the override to output types', () => {
  expect(resolveMap.paramSchema).toMatchObject({
    properties: {
      materials: { 'x-invocation': true, properties: { all: { 'x-lookup': 'materials' } } },
      defaultMaterial: { 'x-lookup': 'materials', 'x-invocation': true },
      unmapped: { oneOf: [{ const: 'cad_color' }, { const: 'default' }, { const: 'fail' }] },
    },
  });
});
