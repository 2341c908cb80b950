import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { describeWith } from '../../tests/support/tools.js';
import { runBlender } from '../render/blender.js';
import { inspectMaterialScene } from './materialScene.js';

describeWith('blender', 'a .blend file of materials', () => {
  let test: Awaited<ReturnType<typeof createTestContext>>;
  let folder: string;
  beforeAll(async () => {
    test = await createTestContext();
    folder = path.join(test.dir, 'files');
    await mkdir(folder);
    await runBlender(test.ctx, { script: '../../../tests/fixtures/blender/make_materials.py', job: { folder } });
    // The artifact store gives files no endings.
    await copyFile(path.join(folder, 'good.blend'), path.join(folder, 'plain'));
    await writeFile(path.join(folder, 'broken.blend'), 'BLENDER-v304 and then nothing');
  });
  afterAll(() => test?.cleanup());

  const inspect = (file: string, material: string | null) =>
    inspectMaterialScene(test.ctx, path.join(folder, file), material);

  it('tells what it has, and lets a material be used that keeps to itself', async () => {
    expect(await inspect('plain', 'Packed')).toEqual({ names: ['Packed', 'Signal green'], material: 'Packed' });
  });

  it.each([
    ['good.blend', 'Carbon', 'MATERIAL_NOT_IN_FILE', '"Packed", "Signal green"'],
    ['good.blend', null, 'MATERIAL_NAME_NEEDED', '"Packed", "Signal green"'],
    ['bad.blend', 'Driven', 'MATERIAL_HAS_SCRIPTS', 'script drivers'],
    ['bad.blend', 'Nested', 'MATERIAL_HAS_SCRIPTS', 'script drivers'],
    ['bad.blend', 'Scripted', 'MATERIAL_HAS_SCRIPTS', 'OSL'],
    ['bad.blend', 'Unpacked', 'MATERIAL_IMAGE_NOT_PACKED', 'outside.png'],
    ['bad.blend', 'Borrowed', 'MATERIAL_FILE_OUTSIDE', '"Lent" of another .blend file'],
    ['bad.blend', 'Profiled', 'MATERIAL_FILE_OUTSIDE', 'light profile'],
    ['broken.blend', 'x', 'BLEND_UNREADABLE', 'cannot read'],
  ])('%s, material %s: %s', async (file, material, code, words) => {
    await expect(inspect(file, material)).rejects.toMatchObject({
      code,
      failureClass: 'input',
      message: expect.stringContaining(words),
    });
  });
});
