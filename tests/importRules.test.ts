import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkImports } from '../scripts/lib/importRules.js';

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'hartomat-rooms-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

it('sees the files of the project and finds nothing to object to', async () => {
  const { files, violations } = await checkImports();
  expect(files).toBeGreaterThan(100);
  expect(violations).toEqual([]);
});

it('objects to an arrow in the wrong direction and to a cycle', async () => {
  const files: Record<string, string> = {
    'modules/a.ts': "export { b } from '../runtime/b.js';",
    'runtime/b.ts': "export { c } from './c.js';",
    'runtime/c.ts': "export { b } from './b.js';\nexport const c = 1;",
  };
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(base, file, '..'), { recursive: true });
    await writeFile(join(base, file), text);
  }
  const { violations } = await checkImports(base, ['modules', 'runtime']);
  expect(violations).toContain('modules-imports: modules/a.ts → runtime/b.ts');
  expect(violations.some((line) => line.startsWith('no-cycles: runtime/b.ts'))).toBe(true);
});
