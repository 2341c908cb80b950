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

it('follows the memory when it grows, which leaves the old one empty', () => {
  const bridge = new OcctBridge();
  const memory = new WebAssembly.Memory({ initial: 1 });
  const own = new Map<string, (...args: number[]) => number>();
  const named = (name: string) =>
    Object.defineProperty((...args: number[]) => own.get(name)?.(...args) ?? 0, 'name', { value: name });
  const table = ['as', 'take_value', 'get_property', 'set_property', 'incref', 'decref'].map(
    (name) => `__emval_${name}`,
  );
  const names = [...table, '__embind_register_integer', '__embind_register_float'];
  const group = Object.fromEntries(names.map((name) => [name, named(name)]));
  bridge.install({ group });
  bridge.attach({ exports: { memory } } as unknown as WebAssembly.Instance);
  const content = bridge.open(new Uint8Array(3)) as { length: number };
  own.set('__emval_get_property', () => content.length);
  const double = 7;
  group.__embind_register_float!(double, 0, 8);
  expect(group.__emval_get_property!(12, 10)).toBe(3);
  const numberAt = (offset: number) => group.__emval_as!(group.__emval_take_value!(double, offset), double, 0);
  new Float64Array(memory.buffer)[1] = 1.5;
  expect(numberAt(8)).toBe(1.5);
  memory.grow(1);
  new Float64Array(memory.buffer)[2] = 2.5;
  expect([numberAt(8), numberAt(16)]).toEqual([1.5, 2.5]);
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
