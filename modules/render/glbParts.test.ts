import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeGlb } from '../../tests/support/glb.js';
import { readGlbParts } from './glbParts.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'hm-glb-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function file(content: Uint8Array | string): Promise<string> {
  const name = path.join(dir, `${Math.random()}.glb`);
  await writeFile(name, content);
  return name;
}

it('lists every part once, whatever its name', async () => {
  const parts = [
    {
      partId: 'p0',
      partName: 'Ball',
      size: [1, 1, 1] as [number, number, number],
      at: [
        [0, 0, 0],
        [2, 0, 0],
      ] as [number, number, number][],
    },
    {
      partId: 'p1',
      partName: '"/🙂',
      size: [1, 1, 1] as [number, number, number],
      at: [[4, 0, 0]] as [number, number, number][],
    },
  ];
  expect([...(await readGlbParts(await file(await makeGlb(parts))))]).toEqual([
    ['p0', 'Ball'],
    ['p1', '"/🙂'],
  ]);
});

it('refuses a model without parts', async () => {
  await expect(readGlbParts(await file(await makeGlb([])))).rejects.toMatchObject({ code: 'GLB_WITHOUT_PARTS' });
});

it.each([
  ['an empty file', ''],
  ['something else', 'ISO-10303-21; and so on, long enough for a header'],
  ['a header with a huge chunk', `glTF${'\u0002\0\0\0'.repeat(2)}${'\xff\xff\xff\x7f'}JSON`],
  ['broken JSON', Buffer.concat([Buffer.from('glTF\x02\0\0\0\x00\0\0\0\x04\0\0\0JSON{{{{', 'latin1')])],
])('refuses %s', async (_what, content) => {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  await expect(readGlbParts(await file(bytes))).rejects.toMatchObject({ code: 'GLB_UNREADABLE' });
});
