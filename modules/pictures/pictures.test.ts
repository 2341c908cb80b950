import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { noise } from '../../tests/support/moduleSamples.js';
import { MiB } from '../children/childPool.js';
import { Derivative } from '../output/derivatives.js';
import { Pictures } from './pictures.js';

let dir: string;
let pictures: Pictures;
const { signal } = new AbortController();
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'hartomat-pictures-'));
  pictures = new Pictures({ maxChildren: 1 });
});
afterEach(async () => {
  await pictures.close();
  await rm(dir, { recursive: true, force: true });
});

async function picture(sizePx: number): Promise<string> {
  const file = path.join(dir, `${sizePx}.png`);
  await writeFile(file, await noise(sizePx));
  return file;
}
const derive = (from: string, format: Derivative['format']) =>
  pictures.derive(
    { from, to: path.join(dir, `made.${format}`), derivative: Derivative.parse({ format, maxWidthPx: 8192 }) },
    signal,
  );

it('are read and converted by one child that stays', async () => {
  const from = await picture(64);
  expect(await pictures.read(from, signal)).toEqual({ format: 'png', widthPx: 64, heightPx: 64, hasAlpha: false });
  const [pid] = pictures.pids;
  expect(await derive(from, 'webp')).toMatchObject({ format: 'webp', widthPx: 64 });
  expect(pictures.pids).toEqual([pid]);
});

it('that need more memory than a child may have end that child, with a reason', async () => {
  const from = await picture(3000);
  pictures = new Pictures({ maxChildren: 1, maxRssBytes: 150 * MiB });
  await expect(derive(from, 'avif')).rejects.toMatchObject({
    code: 'PICTURE_OUT_OF_MEMORY',
    failureClass: 'resource',
    message:
      'Working on the picture needs more than 150 MB of memory and was stopped. Please ask for a smaller one, or for another format.',
  });
  await expect.poll(() => pictures.pids).toEqual([]);
});

it('are tried again where the child was killed', async () => {
  const from = await picture(300);
  const making = derive(from, 'avif');
  const answered = pictures.read(await picture(16), signal);
  await expect.poll(() => pictures.pids.map((pid) => process.kill(pid, 'SIGKILL'))).toEqual([true]);
  await expect(answered).resolves.toMatchObject({ widthPx: 16 });
  await expect(making).resolves.toMatchObject({ widthPx: 300 });
});

it('that are damaged say so', async () => {
  const from = await picture(64);
  await writeFile(from, (await noise(64)).subarray(0, 4000));
  expect(await pictures.read(from, signal)).toEqual({ unreadable: expect.any(String) });
  await expect(derive(from, 'jpeg')).rejects.toMatchObject({ code: 'PICTURE_UNREADABLE', failureClass: 'input' });
});

it('that would take too long end their child, with a reason', async () => {
  const side = 16_000;
  const from = path.join(dir, 'large.png');
  await sharp({ create: { width: side, height: side, channels: 3, background: '#888888' }, limitInputPixels: false })
    .png({ compressionLevel: 1 })
    .toFile(from);
  expect(await pictures.header(from, signal)).toMatchObject({ format: 'png', widthPx: side, heightPx: side });
  await pictures.close();
  pictures = new Pictures({ maxChildren: 1, timeLimitMs: 50 });
  const small = pictures.shrink({ from, to: path.join(dir, 'small.webp'), maxSidePx: 100, format: 'webp' }, signal);
  await expect(small).rejects.toMatchObject({ code: 'PICTURE_TIMEOUT', failureClass: 'timeout' });
  await expect.poll(() => pictures.pids).toEqual([]);
});

it('are made small enough for a list', async () => {
  const to = path.join(dir, 'small.webp');
  const made = await pictures.shrink({ from: await picture(300), to, maxSidePx: 100, format: 'webp' }, signal);
  expect(made).toEqual({ width: 100, height: 100 });
  expect(await sharp(to).metadata()).toMatchObject({ format: 'webp', width: 100, height: 100 });
});
