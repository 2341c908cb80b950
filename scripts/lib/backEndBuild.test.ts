import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { buildBackEnd, ENTRIES, ROOMS } from './backEndBuild.mjs';
import { PROJECT } from './packages.mjs';

/** Sources that others start or load by their own file name. */
async function loadedByName(): Promise<string[]> {
  const files = await Promise.all(
    ROOMS.map(async (room) =>
      (await readdir(path.join(PROJECT, room), { recursive: true }))
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
        .map((name) => path.join(room, name)),
    ),
  );
  const found = await Promise.all(
    files.flat().map(async (file) => {
      const source = await readFile(path.join(PROJECT, file), 'utf8');
      const targets = source.matchAll(/new URL\('(\.[^']+\.ts)', import\.meta\.url\)/g);
      return [...targets].map(([, target]) => path.join(path.dirname(file), target!));
    }),
  );
  return found.flat();
}

it('the back end is built, with all that is loaded by its own file name', async () => {
  const directory = await buildBackEnd();
  expect(await readdir(directory)).toEqual(expect.arrayContaining(Object.keys(ENTRIES).map((name) => `${name}.js`)));
  const loaded = await loadedByName();
  expect(loaded.length).toBeGreaterThan(0);
  for (const file of loaded) expect(Object.values(ENTRIES)).toContain(file);
});
