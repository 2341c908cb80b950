import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithSmallDisk, SmallDisk } from '../tests/support/smallDisk.js';
import { makeWritable, whyNotWritable } from './writableDirectory.mjs';

/** Why not; null: it is. */
const problem = (directory: string) =>
  makeWritable(directory).then(
    () => null,
    (error) => whyNotWritable(error),
  );

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'hartomat-writable-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

it('makes a directory with its parents, however many ask for it at once, and leaves nothing in it', async () => {
  const deep = path.join(dir, 'a', 'b', 'c');
  expect(await Promise.all(Array.from({ length: 10 }, () => problem(deep)))).toEqual(Array(10).fill(null));
  expect(await readdir(deep)).toEqual([]);
});

it('says what is in the way', async () => {
  const file = path.join(dir, 'file');
  await writeFile(file, '');
  expect(await problem(file)).toBe('there is a file in its place');
  expect(await problem(path.join(file, 'home'))).toBe('part of the path is a file');
});

it.skipIf(process.platform !== 'linux')('comes to an end where the file system takes no directories', async () => {
  expect(await problem('/proc/hartomat/home')).toBe('the file system is read-only, or takes no directories');
});

describeWithSmallDisk('a disk', () => {
  let disk: SmallDisk;
  beforeAll(async () => {
    disk = await SmallDisk.mount(1);
  });
  afterAll(() => disk?.remove());

  it('that is full is told as such', async () => {
    const home = path.join(disk.path, 'home');
    expect(await problem(home)).toBeNull();
    await disk.fill(0);
    expect(await problem(home)).toBe('the disk is full');
    await disk.free();
    expect(await problem(home)).toBeNull();
  });
});
