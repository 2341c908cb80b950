import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestPlatform, type TestPlatform } from '../../tests/support/platform.js';
import { importCadFile } from './cadFiles.js';

let test: TestPlatform;
beforeAll(async () => {
  test = await createTestPlatform();
});
afterAll(() => test.remove());

const upload = (content: string | Buffer[], name = 'part.step') =>
  importCadFile(test.platform, {
    name,
    content: Readable.from(typeof content === 'string' ? [Buffer.from(content)] : content),
  });

it('takes a STEP file in, byte for byte', async () => {
  const file = await upload(
    [Buffer.from('ISO-103'), Buffer.from('03-21;\nHEADER;'), Buffer.alloc(5_000, 32)],
    'C:\\models\\Lager 6205.step',
  );
  expect(file).toMatchObject({
    name: 'Lager 6205.step',
    artifact: { role: 'step_source', mediaType: 'model/step', byteSize: 5_021n },
  });
  expect(await test.platform.store.byteSize(file.artifact.sha256)).toBe(5_021);
});

it('accepts a byte order mark and blanks before the magic line', async () => {
  await expect(upload('\uFEFF\r\n ISO-10303-21;\n')).resolves.toMatchObject({ name: 'part.step' });
});

it.each([
  ['an empty file', '', 'FILE_EMPTY'],
  ['something else', '{"not": "step"}', 'FILE_NOT_STEP'],
  ['something else that is long', 'x'.repeat(100_000), 'FILE_NOT_STEP'],
  ['a file that only mentions the magic line', `<html>${' '.repeat(20)}ISO-10303-21;`, 'FILE_NOT_STEP'],
])('refuses %s and keeps nothing of it', async (_what, content, code) => {
  const before = await test.platform.db.cadFile.count();
  await expect(upload(content)).rejects.toMatchObject({ code, issues: [{ path: '/file' }] });
  expect(await test.platform.db.cadFile.count()).toBe(before);
  expect(await readdir(path.join(test.platform.settings.artifactDir, 'incoming'))).toEqual([]);
});
