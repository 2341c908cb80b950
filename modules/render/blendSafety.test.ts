import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeBlendStudio } from '../../tests/support/blendStudio.js';
import { createTestContext, type TestContext } from '../../tests/support/moduleContext.js';
import { describeWith } from '../../tests/support/tools.js';
import { inspectMaterialScene } from '../materials/materialScene.js';
import { runBlender } from './blender.js';
import { ResidentBlenders } from './residentBlender.js';
import { checkTemplateFile } from './templateFile.js';

let test: TestContext;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

// What renders a file with such scripts is in templateFile.test.ts.
describeWith('blender', 'a .blend file with scripts that run by themselves', () => {
  it.each(['registered text', 'script driver'] as const)('(%s) runs them where somebody lets it', async (fault) => {
    const { file, marker } = await makeBlendStudio(test.ctx, [fault]);
    expect(existsSync(marker)).toBe(false);
    await runBlender(test.ctx, { script: '../../../tests/fixtures/blender/open_with_scripts.py', job: { file } });
    expect(existsSync(marker)).toBe(true);
  });

  it.each<[string, (file: string) => Promise<unknown>]>([
    ['as a template is checked', (file) => checkTemplateFile(test.ctx, file, {}, 'product')],
    ['as a material is looked for', (file) => inspectMaterialScene(test.ctx, file, 'paint_blue')],
    ['as two runs are compared', (file) => runBlender(test.ctx, { script: 'describe_blend.py', job: { file } })],
    ['as an export is verified', (file) => runBlender(test.ctx, { script: 'verify_blend.py', job: { file } })],
  ])('runs nothing when it is opened %s', async (_how, open) => {
    const { file, marker } = await makeBlendStudio(test.ctx, ['registered text', 'script driver']);
    await open(file);
    expect(existsSync(marker)).toBe(false);
  });
});

it('every Blender is started factory-clean and told to run no scripts', async () => {
  const blender = path.join(test.dir, 'blender');
  await writeFile(blender, '#!/bin/sh\necho "$*" >> "$0.args"\nexit 1\n', { mode: 0o755 });
  const job = { script: 'facts.py', job: {}, env: { BLENDER_PATH: blender } };
  await expect(runBlender(test.ctx, job)).rejects.toMatchObject({ code: 'BLENDER_CRASHED' });
  await expect(new ResidentBlenders().run(test.ctx, job)).rejects.toThrow();
  const starts = (await readFile(`${blender}.args`, 'utf8')).trim().split('\n');
  expect(starts.length).toBeGreaterThanOrEqual(2);
  for (const args of starts) expect(args).toMatch(/^-b --factory-startup --disable-autoexec .*-P /);
});
