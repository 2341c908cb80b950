import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { shipped } from '../../tests/fixtures/step/cases.js';
import { OcctBridge } from './occtBridge.js';
import { readStep } from './occtReader.js';

it('hands over the same numbers as the long way round', async () => {
  const bytes = await readFile(shipped('simple-basic-cube/cube.stp'));
  const occtimportjs = createRequire(import.meta.url)('occt-import-js');
  const plain = await occtimportjs({ print: () => {}, printErr: () => {} });
  const { meshes } = plain.ReadStepFile(bytes, {
    linearUnit: 'millimeter',
    linearDeflectionType: 'absolute_value',
    linearDeflection: 0.5,
    angularDeflection: 0.5,
  });
  const { roots } = await readStep(bytes, { linear: { mm: 0.5 }, angularRad: 0.5 });
  const bodies = roots.flatMap((root) => root.bodies);
  expect(bodies).toHaveLength(meshes.length);
  for (const [at, body] of bodies.entries()) {
    expect([...body.positions]).toEqual(meshes[at].attributes.position.array);
    expect([...body.normals!]).toEqual(meshes[at].attributes.normal.array);
    expect([...body.indices]).toEqual(meshes[at].index.array);
    expect(body.faces).toEqual(meshes[at].brep_faces);
    expect(body.color).toEqual(meshes[at].color ?? null);
  }
});

it('goes on when OpenCascade needs more memory in between', async () => {
  const cube = await readFile(shipped('simple-basic-cube/cube.stp'));
  const bytes = Buffer.concat([cube, Buffer.from(`/*${' '.repeat(40_000_000)}*/`)]);
  const { roots } = await readStep(cube, { linear: { mm: 0.5 }, angularRad: 0.5 });
  expect(await readStep(bytes, { linear: { mm: 0.5 }, angularRad: 0.5 })).toMatchObject({ roots });
  expect(await readStep(cube, { linear: { mm: 0.5 }, angularRad: 0.5 })).toMatchObject({ roots });
});

it('stands aside where the module is not the one it knows', () => {
  const bridge = new OcctBridge();
  const imports = { a: { b: () => 1 } };
  const before = imports.a.b;
  bridge.install(imports);
  expect(imports.a.b).toBe(before);
  const bytes = new Uint8Array([1]);
  expect(bridge.open(bytes)).toBe(bytes);
});
